/** Metadata in: a file or a URL, read again when keys change. Metadata out. */
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { MetadataFault, parseMetadata } from '../../../src/signin/saml/metadata.ts';
import { createSamlConnector } from '../../../src/signin/saml/saml.ts';
import { childOf, parseXml, SAML_METADATA, within } from '../../../src/signin/saml/xml.ts';
import { createCertificate } from '../../support/certificate.ts';
import { createIdentityProvider, signedResponse } from '../../support/saml-identity-provider.ts';
import { memoryParts } from '../oidc/settings.ts';
import { openSamlRoom, STATE, samlSettings, US } from './saml-room.ts';

describe('metadata of an identity provider', () => {
  const idp = createIdentityProvider(US);
  const good = idp.metadata();

  it('says who it is, where it signs in, and by which keys', () => {
    expect(parseMetadata(good, Date.now())).toMatchObject({
      entityId: 'urn:example:idp',
      singleSignOn: 'https://idp.example.test/sso',
      wantsSignedRequests: false,
      certificates: [expect.stringContaining('BEGIN CERTIFICATE')],
    });
  });

  it('may have several keys while they are rolled over', () => {
    const next = createCertificate({ name: 'next' }).certificate;
    const both = idp.metadata({ certificates: [idp.signing.certificate, next] });
    expect(parseMetadata(both, Date.now()).certificates).toHaveLength(2);
  });

  it('may stand in a list of one', () => {
    const list = `<md:EntitiesDescriptor xmlns:md="${SAML_METADATA}">${good.replace(/<\?xml[^>]*>/, '')}</md:EntitiesDescriptor>`;
    expect(parseMetadata(list, Date.now()).entityId).toBe('urn:example:idp');
  });

  const entity = good.replace(/<\?xml[^>]*>/, '');
  it.each([
    { name: 'no XML', text: 'hello', says: /not XML/ },
    { name: 'a document type', text: `<!DOCTYPE x>${entity}`, says: /document type/ },
    { name: 'another document', text: '<html/>', says: /no identity provider/ },
    { name: 'two identity providers', text: `<l>${entity}${entity}</l>`, says: /2 identity providers/ },
    { name: 'no certificate', text: idp.metadata({ certificates: [] }), says: /no certificate/ },
    { name: 'a certificate that is none', text: idp.metadata({ certificates: ['AAAA'] }), says: /cannot be read/ },
    { name: 'no redirect binding', text: good.replace('HTTP-Redirect', 'HTTP-POST'), says: /HTTP-Redirect/ },
    { name: 'an address in the clear', text: good.replace('https://idp', 'http://idp'), says: /not https/ },
    {
      name: 'a script as an address',
      text: good.replace('https://idp.example.test/sso', 'javascript:x'),
      says: /not https/,
    },
    { name: 'a time that has passed', text: idp.metadata({ validUntil: '2020-01-01T00:00:00Z' }), says: /valid until/ },
  ])('is refused: $name', ({ text, says }) => {
    expect(() => parseMetadata(text, Date.now())).toThrow(MetadataFault);
    expect(() => parseMetadata(text, Date.now())).toThrow(says);
  });
});

describe('metadata from a file', () => {
  it('is not needed to make the connector, and named in the refusal when it is missing', async () => {
    const connector = createSamlConnector(samlSettings('/nowhere/idp.xml'), memoryParts());
    expect(await connector.start(STATE)).toMatchObject({ refusal: { code: 'provider_unreachable' } });
    expect(await connector.test()).toMatchObject({ ok: false });
  });

  it('that cannot be used is a matter of set-up', async () => {
    const room = openSamlRoom();
    writeFileSync(room.metadataFile, '<html/>');
    expect(await room.connector.start(STATE)).toMatchObject({ refusal: { code: 'provider_misconfigured' } });
    room.close();
  });

  it('is read again at once when a key is unknown, so that keys can be changed', async () => {
    let now = Date.now();
    const room = openSamlRoom({ clockToleranceSeconds: 300 }, { now: () => now });
    const next = createCertificate({ name: 'next' });
    const byNext = () => room.signIn((parts) => signedResponse(parts(), { by: next }));
    expect(await byNext()).toMatchObject({ refusal: { code: 'saml_signature_wrong' } });
    writeFileSync(room.metadataFile, room.idp.metadata({ certificates: [next.certificate] }));
    // Not for every forgery: once a minute.
    expect(await byNext()).toMatchObject({ refusal: { code: 'saml_signature_wrong' } });
    now += 61_000;
    expect(await byNext()).toMatchObject({ kind: 'identity' });
    const byOld = await room.signIn((parts) => signedResponse(parts(), { by: room.idp.signing }));
    expect(byOld).toMatchObject({ refusal: { code: 'saml_signature_wrong' } });
    room.close();
  });

  it('that is gone after it was read is lived without', async () => {
    let now = Date.now();
    const faults: string[] = [];
    const room = openSamlRoom({}, { now: () => now, onFault: (message) => faults.push(message) });
    await room.connector.start(STATE);
    rmSync(room.metadataFile);
    now += 60 * 60_000;
    expect(await room.connector.start(STATE)).toMatchObject({ kind: 'redirect' });
    expect(faults).toHaveLength(1);
    room.close();
  });
});

describe('metadata from a URL', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.closeAllConnections();
  });

  async function serve(answer: () => { status: number; body: string }): Promise<string> {
    const server = createServer((_request, response) => {
      const { status, body } = answer();
      response.writeHead(status, { connection: 'close' }).end(body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.unref();
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`;
  }

  it('is read, and again after an hour', async () => {
    const idp = createIdentityProvider(US);
    let sso = 'https://idp.example.test/sso';
    let now = Date.now();
    const url = await serve(() => ({ status: 200, body: idp.metadata().replace('https://idp.example.test/sso', sso) }));
    const connector = createSamlConnector(samlSettings(url), memoryParts({ now: () => now }));
    expect(await connector.start(STATE)).toMatchObject({
      url: expect.stringContaining('https://idp.example.test/sso?'),
    });
    sso = 'https://idp.example.test/new';
    now += 60 * 60_000;
    expect(await connector.start(STATE)).toMatchObject({
      url: expect.stringContaining('https://idp.example.test/new?'),
    });
  });

  it('does not go where it is pointed to', async () => {
    const server = createServer((_request, response) =>
      response.writeHead(302, { location: 'http://evil.test/' }).end(),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`;
    const connector = createSamlConnector(samlSettings(url), memoryParts());
    expect(await connector.start(STATE)).toMatchObject({
      refusal: { code: 'provider_misconfigured', detail: expect.stringContaining('http://evil.test/') },
    });
  });

  it.each([
    { name: 'a fault', status: 500, body: '', code: 'provider_unreachable' },
    { name: 'something else', status: 200, body: '<html/>', code: 'provider_misconfigured' },
  ])('refuses $name', async ({ status, body, code }) => {
    const connector = createSamlConnector(samlSettings(await serve(() => ({ status, body }))), memoryParts());
    expect(await connector.start(STATE)).toMatchObject({ refusal: { code } });
  });
});

describe('our metadata', () => {
  const own = createCertificate({ name: 'bridge' });
  const read = async (change: Parameters<typeof samlSettings>[1]) => {
    const document = await createSamlConnector(samlSettings('/nowhere', change), memoryParts()).metadata?.();
    return parseXml(document?.body.replace(/<\?xml[^>]*>/, '') ?? '');
  };

  it('names entity id, address and that assertions have to be signed, before there is any identity provider', async () => {
    const root = await read({});
    const role = childOf(root, SAML_METADATA, 'SPSSODescriptor');
    expect(root.getAttribute('entityID')).toBe(US.entityId);
    expect(role?.getAttribute('WantAssertionsSigned')).toBe('true');
    const [consumer] = within(root, SAML_METADATA, 'AssertionConsumerService');
    expect(consumer?.getAttribute('Location')).toBe(US.consumer);
    expect(consumer?.getAttribute('Binding')).toBe('urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST');
    expect(within(root, SAML_METADATA, 'KeyDescriptor')).toHaveLength(0);
  });

  it('has our key for both uses, and the entity id that was set', async () => {
    const root = await read({ key: own.key, certificate: own.certificate, entityId: 'urn:our:own' });
    expect(root.getAttribute('entityID')).toBe('urn:our:own');
    expect(within(root, SAML_METADATA, 'KeyDescriptor').map((key) => key.getAttribute('use'))).toEqual([
      'signing',
      'encryption',
    ]);
  });
});
