/** The whole flow against real SAML identity providers, with attempts and the replay cache in the store. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSamlConnector } from '../../../src/signin/saml/saml.ts';
import { createStore, type Store } from '../../../src/store/store.ts';
import { createCertificate } from '../../support/certificate.ts';
import { createVisitor, readForm } from '../../support/cookie-jar.ts';
import { describeEachEngine } from '../../support/each-engine.ts';
import { describeWithPeer, SIMPLESAMLPHP } from '../../support/peer.ts';
import { createIdentityProvider, encode, signedResponse } from '../../support/saml-identity-provider.ts';
import { type SamlServer, startSamlServer } from '../../support/samlp-server.ts';
import { type SimpleSaml, startSimpleSaml } from '../../support/simplesamlphp.ts';
import { memoryParts } from '../oidc/settings.ts';
import { begin, finish, partsOver } from '../round.ts';
import { openSamlRoom, STATE, samlSettings, US } from './saml-room.ts';

describeEachEngine('signing in with SAML, against samlp', (open) => {
  let store: Store;
  let server: SamlServer;

  beforeAll(async () => {
    store = createStore(await open());
    server = await startSamlServer(US);
  });
  afterAll(() => server?.stop());

  const connect = () => createSamlConnector(samlSettings(server.metadataUrl), partsOver(store));

  async function visit(url: string) {
    const { action, fields } = readForm(await createVisitor().follow(url));
    return { action, answer: { kind: 'form' as const, parameters: fields } };
  }

  it('ends in an identity, posted to our address', async () => {
    const connector = connect();
    const begun = await begin(store, connector);
    const { action, answer } = await visit(begun.url);
    expect(action).toBe(US.consumer);
    expect(await finish(store, connector, answer, begun.browser)).toMatchObject({
      kind: 'identity',
      identity: { connector: 'saml', issuer: 'urn:example:samlp', subject: 'u-ann', email: 'ann@example.test' },
    });
  });

  it('refuses an answer that is posted twice', async () => {
    const connector = connect();
    const begun = await begin(store, connector);
    const { answer } = await visit(begun.url);
    await finish(store, connector, answer, begun.browser);
    expect(await finish(store, connector, answer, begun.browser)).toMatchObject({
      refusal: { code: 'attempt_unknown' },
    });
  });

  it('refuses an answer in another browser', async () => {
    const connector = connect();
    const begun = await begin(store, connector);
    const { answer } = await visit(begun.url);
    expect(await finish(store, connector, answer, null)).toMatchObject({
      refusal: { code: 'attempt_of_another_browser' },
    });
  });

  it('refuses an answer to the attempt of another browser', async () => {
    const connector = connect();
    const [ann, thief] = [await begin(store, connector), await begin(store, connector)];
    const { answer } = await visit(ann.url);
    answer.parameters.set('RelayState', thief.state);
    expect(await finish(store, connector, answer, thief.browser)).toMatchObject({
      refusal: { code: 'saml_in_response_to_wrong' },
    });
  });

  it('accepts an assertion once, whichever node it is posted to first', async () => {
    const room = openSamlRoom({ allowIdpInitiated: true }, { useOnce: partsOver(store).useOnce });
    const xml = signedResponse(room.idp.parts(), { by: room.idp.signing });
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => room.post(xml)));
    expect(outcomes.filter((outcome) => outcome.kind === 'identity')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.kind === 'refused').map((outcome) => outcome.refusal.code)).toEqual(
      Array.from({ length: 5 }, () => 'saml_replayed'),
    );
    room.close();
  });

  it('says in a test what the identity provider says', async () => {
    const { ok, steps } = await connect().test();
    expect(ok).toBe(true);
    expect(steps.map((step) => step.detail).join('\n')).toMatch(/urn:example:samlp[\s\S]*valid until/);
  });
});

describeWithPeer('signing in with SAML, against SimpleSAMLphp', SIMPLESAMLPHP, () => {
  const own = createCertificate({ name: 'bridge' });
  const peers: SimpleSaml[] = [];
  afterAll(async () => {
    for (const peer of peers) await peer.stop();
  });

  async function signIn(user: string, password: string, isEncrypted: boolean) {
    const peer = await startSimpleSaml({ ...US, ...(isEncrypted ? { encryptFor: own.certificate } : {}) });
    peers.push(peer);
    const withKey = { key: own.key, certificate: own.certificate, signRequests: true, wantEncrypted: true };
    const connector = createSamlConnector(samlSettings(peer.metadataUrl, isEncrypted ? withKey : {}), memoryParts());
    const started = await connector.start(STATE);
    if (started.kind !== 'redirect') throw new Error(JSON.stringify(started.refusal));
    const parameters = await peer.signIn(started.url, user, password);
    expect(parameters.get('RelayState')).toBe(STATE);
    return connector.finish({ kind: 'form', parameters }, { state: STATE, kept: started.kept });
  }

  it('reads a signed assertion', async () => {
    expect(await signIn('ann', 'annpw', false)).toMatchObject({
      identity: {
        subject: 'ann',
        userName: 'ann',
        email: 'ann@example.test',
        name: 'Ann Ärcher',
        groups: ['eng', 'admins'],
      },
    });
  });

  it('reads an encrypted assertion in answer to a signed request', async () => {
    expect(await signIn('bob', 'bobpw', true)).toMatchObject({
      identity: { subject: 'bob', email: 'bob@example.test', name: 'Bob & <Bond>', groups: [] },
    });
  });
});

describeEachEngine('the replay cache', (open) => {
  it('outlives a restart', async () => {
    const store = createStore(await open());
    const idp = createIdentityProvider(US);
    const xml = signedResponse(idp.parts(), { by: idp.signing });
    const parameters = new URLSearchParams({ SAMLResponse: encode(xml) });
    const room = openSamlRoom();
    writeFileSync(room.metadataFile, idp.metadata());
    const post = () =>
      createSamlConnector(samlSettings(room.metadataFile, { allowIdpInitiated: true }), partsOver(store)).finish(
        { kind: 'form', parameters },
        null,
      );
    expect(await post()).toMatchObject({ kind: 'identity' });
    expect(await post()).toMatchObject({ refusal: { code: 'saml_replayed' } });
    room.close();
  });
});
