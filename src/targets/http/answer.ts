/**
 * What comes back, made fit to be worked with and kept: bounded, without the credential that was sent (a server may repeat
 * it in its refusal, and refusals are shown and stored), without the one character that a database does not take.
 */

/** Told as undici tells it. */
class AnswerTooLarge extends Error {
  readonly code = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';
}

/**
 * @param body is read no further than `maxBytes`
 * @param isStatusEnough takes what came by then in place of failing
 */
export async function readText(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, isStatusEnough }: { readonly maxBytes: number; readonly isStatusEnough: boolean },
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      if (isStatusEnough) break;
      throw new AnswerTooLarge(`more than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** @param authorization the header as it was sent */
export function withoutCredential(text: string, authorization: string | undefined): string {
  return credentialsOf(authorization).reduce((clean, each) => clean.replaceAll(each, '[secret]'), text);
}

/** Shorter ones would take words out of the text. */
const CREDENTIAL_MIN = 6;

function credentialsOf(authorization = ''): readonly string[] {
  const [scheme, credential = ''] = authorization.split(' ');
  const isBasic = scheme?.toLowerCase() === 'basic';
  const pair = isBasic ? Buffer.from(credential, 'base64').toString() : '';
  return [credential, pair.slice(pair.indexOf(':') + 1)].filter((each) => each.length >= CREDENTIAL_MIN);
}

/** Undefined: no JSON. U+0000 is left out: PostgreSQL stores no text with it. */
export function parseJson(text: string): unknown {
  if (text === '') return undefined;
  try {
    if (!text.includes('\\u0000')) return JSON.parse(text);
    return JSON.parse(text, (_key, value: unknown) =>
      typeof value === 'string' ? value.replaceAll('\u0000', '') : value,
    );
  } catch {
    return undefined;
  }
}
