/** A SAML connector with an identity provider that a test holds in its hands. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SamlSettings } from '../../../src/config/sign-in.ts';
import type { ConnectorParts, Outcome, RedirectConnector } from '../../../src/signin/connector.ts';
import { createSamlConnector } from '../../../src/signin/saml/saml.ts';
import {
  createIdentityProvider,
  encode,
  type ResponseParts,
  type SamlIdentityProvider,
} from '../../support/saml-identity-provider.ts';
import { memoryParts } from '../oidc/settings.ts';

export const US = {
  entityId: 'http://127.0.0.1:9/auth/saml/metadata',
  consumer: 'http://127.0.0.1:9/auth/saml/acs',
} as const;
export const STATE = 'a'.repeat(43);

export function samlSettings(idpMetadata: string, change: Partial<SamlSettings> = {}): SamlSettings {
  return {
    idpMetadata,
    entityId: undefined,
    label: 'Example',
    key: undefined,
    certificate: undefined,
    signRequests: false,
    wantEncrypted: false,
    allowIdpInitiated: false,
    clockToleranceSeconds: 5,
    nameIdFormat: 'any',
    attributes: {
      subject: undefined,
      userName: undefined,
      email: undefined,
      name: undefined,
      groups: 'groups',
      link: undefined,
    },
    trustEmail: false,
    ...change,
  };
}

export interface SamlRoom {
  readonly idp: SamlIdentityProvider;
  readonly connector: RedirectConnector;
  readonly metadataFile: string;
  /** Begins a sign-in, has `make` write the response to it, and finishes. */
  signIn(
    make: (parts: (change?: Partial<ResponseParts>) => ResponseParts) => Promise<string> | string,
  ): Promise<Outcome>;
  /** Posts a response that answers to nothing. */
  post(xml: string): Promise<Outcome>;
  close(): void;
}

export function openSamlRoom(change: Partial<SamlSettings> = {}, parts: Partial<ConnectorParts> = {}): SamlRoom {
  const idp = createIdentityProvider(US);
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-saml-'));
  const metadataFile = join(folder, 'idp.xml');
  writeFileSync(metadataFile, idp.metadata());
  const connector = createSamlConnector(samlSettings(metadataFile, change), memoryParts(parts));
  const toAnswer = (xml: string, state?: string) => ({
    kind: 'form' as const,
    parameters: new URLSearchParams({
      SAMLResponse: encode(xml),
      ...(state === undefined ? {} : { RelayState: state }),
    }),
  });
  return {
    idp,
    connector,
    metadataFile,
    async signIn(make) {
      const started = await connector.start(STATE);
      if (started.kind !== 'redirect') throw new Error(JSON.stringify(started.refusal));
      const inResponseTo = started.kept.requestId ?? '';
      const xml = await make((bent) => idp.parts({ inResponseTo, subjectInResponseTo: inResponseTo, ...bent }));
      return connector.finish(toAnswer(xml, STATE), { state: STATE, kept: started.kept });
    },
    post: (xml) => connector.finish(toAnswer(xml), null),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
