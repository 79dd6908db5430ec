/** Signature wrapping in its eight forms: refused at our door, and by the library behind it alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMetadata } from '../../../src/signin/saml/metadata.ts';
import { createSaml } from '../../../src/signin/saml/service-provider.ts';
import { encode, type ResponseParts, signElement, signedResponse } from '../../support/saml-identity-provider.ts';
import { WRAPPINGS, type Wrapping, wrapSignature } from '../../support/signature-wrapping.ts';
import { openSamlRoom, type SamlRoom, samlSettings, US } from './saml-room.ts';

const EVIL = { find: 'ann@example.test', replace: 'admin@example.test' };
let room: SamlRoom;

beforeAll(() => {
  room = openSamlRoom();
});
afterAll(() => room.close());

function write(parts: ResponseParts, signsResponse: boolean, wrap?: Wrapping['wrap']): string {
  const signing = { by: room.idp.signing };
  const xml = signedResponse(parts, signing);
  return wrapSignature(signsResponse ? signElement(xml, parts.responseId, signing) : xml, wrap, EVIL);
}

/** The library without the gates before and behind it. */
async function nameByLibrary(xml: string, parts: ResponseParts): Promise<string | undefined> {
  const idp = parseMetadata(room.idp.metadata(), Date.now());
  const request = { id: parts.inResponseTo ?? '', at: new Date().toISOString() };
  const saml = createSaml(samlSettings(room.metadataFile), US, idp, request);
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: encode(xml) });
  return profile?.nameID;
}

describe.each([
  { signed: 'the assertion', signsResponse: false },
  { signed: 'the assertion and the response', signsResponse: true },
])('signature wrapping, with $signed signed', ({ signsResponse }) => {
  const wrappings = WRAPPINGS.filter((wrapping) => signsResponse || wrapping.ofResponse === undefined);

  it('without wrapping signs in', async () => {
    const outcome = await room.signIn((parts) => write(parts(), signsResponse));
    expect(outcome).toMatchObject({ kind: 'identity', identity: { subject: 'ann@example.test' } });
  });

  it.each(wrappings)('$name', async ({ wrap }) => {
    const outcome = await room.signIn((parts) => write(parts(), signsResponse, wrap));
    expect(outcome).toMatchObject({ kind: 'refused', refusal: { code: 'saml_several_assertions' } });
  });

  it.each(wrappings)('$name, by the library alone', async ({ wrap }) => {
    const parts = room.idp.parts({ inResponseTo: '_1' });
    await expect(nameByLibrary(write(parts, signsResponse, wrap), parts)).rejects.toThrow();
  });

  it('the library alone takes it without wrapping', async () => {
    const parts = room.idp.parts({ inResponseTo: '_1' });
    expect(await nameByLibrary(write(parts, signsResponse), parts)).toBe('ann@example.test');
  });
});
