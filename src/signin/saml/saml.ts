/**
 * Signing in with SAML 2.0 (Web Browser SSO): request by redirect, response by post, by passport-saml's SAML.
 *
 * Owns: what is asked and what is believed of the answer. Does not own: keeping the attempt, cookies, who is let in. Called by the
 * routes through the contract in connector.ts. A response passes four gates: response.ts (shape, before the signature), the
 * library (signature, time, audience, InResponseTo), assertion.ts (issuer, recipient, bearer), and the store (once).
 */

import type { SamlSettings } from '../../config/sign-in.ts';
import type { Answer, ConnectorParts, FinishedAttempt, Outcome, RedirectConnector, Started } from '../connector.ts';
import { type Refusal, refuse } from '../refusals.ts';
import { checkAssertion, readAssertion } from './assertion.ts';
import { testIdentityProvider } from './connection-test.ts';
import { toIdentity } from './identity.ts';
import { type IdpMetadata, MetadataFault } from './metadata.ts';
import { createMetadataSource, type MetadataSource } from './metadata-source.ts';
import { inspectResponse, type SeenResponse } from './response.ts';
import { createSaml, newRequestId, type OpenRequest, type ServiceProvider, toRefusal } from './service-provider.ts';

interface Room {
  readonly settings: SamlSettings;
  readonly parts: ConnectorParts;
  readonly source: MetadataSource;
  readonly us: () => ServiceProvider;
}

export function createSamlConnector(settings: SamlSettings, parts: ConnectorParts): RedirectConnector {
  const source = createMetadataSource(settings.idpMetadata, parts);
  const us = () => ({
    entityId: settings.entityId ?? `${parts.publicUrl()}/auth/saml/metadata`,
    consumer: `${parts.publicUrl()}/auth/saml/acs`,
  });
  const room = { settings, parts, source, us };
  return {
    type: 'saml',
    way: 'redirect',
    returnsBy: 'cross-site-post',
    acceptsUnsolicited: settings.allowIdpInitiated,
    label: settings.label,
    start: (state) => start(room, state),
    // A portal sends a RelayState of its own, or none: only what looks like ours can be ours.
    stateOf: ({ parameters }) => /^[\w-]{43}$/.exec(parameters.get('RelayState') ?? '')?.[0] ?? null,
    finish: (answer, attempt) => finish(room, answer, attempt),
    metadata: async () => ({ contentType: 'application/samlmetadata+xml', body: writeMetadata(settings, us()) }),
    describe: () => [
      { label: 'Metadata of the identity provider', value: settings.idpMetadata },
      { label: 'Our entity id (audience)', value: us().entityId },
      { label: 'Our address (ACS)', value: us().consumer },
      { label: 'Requests', value: settings.signRequests ? 'signed' : 'signed if the identity provider asks for it' },
      { label: 'Assertions', value: settings.wantEncrypted ? 'signed and encrypted' : 'signed' },
      { label: 'Begun by the identity provider', value: settings.allowIdpInitiated ? 'accepted' : 'refused' },
    ],
    test: () => testIdentityProvider(source, parts.now()),
    close: async () => undefined,
  };
}

async function withMetadata<T>(source: MetadataSource, run: (idp: IdpMetadata) => Promise<T>): Promise<T | Refused> {
  let idp: IdpMetadata;
  try {
    idp = await source.current();
  } catch (error) {
    const code = error instanceof MetadataFault ? 'provider_misconfigured' : 'provider_unreachable';
    return refuse(code, `SAML metadata: ${error instanceof Error ? error.message : String(error)}`);
  }
  return run(idp);
}

type Refused = ReturnType<typeof refuse>;

function start({ settings, parts, source, us }: Room, state: string): Promise<Started> {
  return withMetadata<Started>(source, async (idp) => {
    const request = { id: newRequestId(), at: new Date(parts.now()).toISOString() };
    const url = await createSaml(settings, us(), idp, request).getAuthorizeUrlAsync(state, undefined, {});
    return { kind: 'redirect', url, kept: { requestId: request.id, at: request.at } };
  });
}

async function finish(room: Room, answer: Answer, attempt: FinishedAttempt | null): Promise<Outcome> {
  const response = await inspectResponse(answer.parameters.get('SAMLResponse'), room.settings);
  if ('code' in response) return { kind: 'refused', refusal: response };
  if (attempt === null) {
    if (response.inResponseTo !== null) return refuse('attempt_unknown', `it answers ${response.inResponseTo}`);
    if (!room.settings.allowIdpInitiated) return refuse('saml_unsolicited');
  }
  const request = attempt === null ? null : { id: attempt.kept.requestId ?? '', at: attempt.kept.at ?? '' };
  return withMetadata<Outcome>(room.source, async (idp) => {
    const outcome = await verify(room, response, idp, request);
    const isUnknownKey = outcome.kind === 'refused' && outcome.refusal.code === 'saml_signature_wrong';
    const renewed = isUnknownKey ? await room.source.renewed() : undefined;
    return renewed === undefined ? outcome : verify(room, response, renewed, request);
  });
}

async function verify(room: Room, response: SeenResponse, idp: IdpMetadata, request: OpenRequest): Promise<Outcome> {
  const { settings, parts, us } = room;
  const fault = findAddressFault(response, idp, us());
  if (fault !== undefined) return { kind: 'refused', refusal: fault };
  let xml: string | undefined;
  try {
    const saml = createSaml(settings, us(), idp, request);
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: response.encoded });
    xml = profile?.getAssertionXml?.();
  } catch (error) {
    return { kind: 'refused', refusal: toRefusal(error) };
  }
  if (xml === undefined) return refuse('saml_assertion_missing');
  const assertion = readAssertion(xml);
  const checked = checkAssertion(assertion, {
    issuer: idp.entityId,
    recipient: us().consumer,
    requestId: request?.id ?? null,
    now: parts.now(),
    toleranceMs: settings.clockToleranceSeconds * 1000,
  });
  if ('code' in checked) return { kind: 'refused', refusal: checked };
  const identity = toIdentity(assertion, settings);
  if ('code' in identity) return { kind: 'refused', refusal: identity };
  const use = { realm: 'saml assertion', value: `${idp.entityId} ${assertion.id}`, until: checked.until };
  return (await parts.useOnce(use)) ? { kind: 'identity', identity } : refuse('saml_replayed');
}

/** Of the response, which need not be signed; the assertion says both again. */
function findAddressFault(
  { issuer, destination }: SeenResponse,
  idp: IdpMetadata,
  us: ServiceProvider,
): Refusal | undefined {
  if (issuer !== null && issuer !== idp.entityId) {
    return refuse('saml_issuer_wrong', `the response is by ${JSON.stringify(issuer)}, expected "${idp.entityId}"`)
      .refusal;
  }
  if (destination !== null && destination !== '' && destination !== us.consumer) {
    return refuse('saml_recipient_wrong', `Destination is "${destination}", expected "${us.consumer}"`).refusal;
  }
  return undefined;
}

/** Needs nothing of the identity provider: its admin wants ours first. */
function writeMetadata(settings: SamlSettings, us: ServiceProvider): string {
  const stranger = { entityId: '', singleSignOn: us.consumer, certificates: ['none'], wantsSignedRequests: true };
  const certificate = settings.certificate ?? null;
  return createSaml(settings, us, stranger, null).generateServiceProviderMetadata(certificate, certificate);
}
