/** Takes secrets out of what is recorded, and bounds its length. */

/** Attributes whose values are never recorded, in any case. */
const SECRET_KEYS = new Set(['password', 'token', 'secret', 'authorization', 'client_secret', 'apikey', 'api_key']);
const MASK = '[redacted]';

/** `password eq "..."`, also of a part of it, inside of a longer filter or of a value path; and JSON in a text, as Entra ID sends it. */
const SECRET_COMPARISON = new RegExp(
  `\\b(?:${[...SECRET_KEYS].join('|')})(?:\\.\\w+)?(?:\\s*\\[|\\s+(?:eq|ne|co|sw|ew|gt|ge|lt|le)\\b|"\\s*:)`,
  'i',
);

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'string') return SECRET_COMPARISON.test(value) ? MASK : value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const isSecretOperation = Object.entries(value).some(
    ([key, entry]) => PLACES.has(key.toLowerCase()) && typeof entry === 'string' && namesSecret(entry),
  );
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => {
      const secret = namesSecret(key) || (isSecretOperation && key.toLowerCase() === 'value');
      return [key, secret ? MASK : withoutSecrets(entry)];
    }),
  );
}

/** Where an operation says what it is about; clients write the keys in any letter case, and some say `name`. */
const PLACES = new Set(['path', 'name']);

/** `urn:...:User:password`, `password.value` and `password[type eq "x"]` are about the same secret. */
function namesSecret(path: string): boolean {
  const outside = path.replaceAll(/\[[^\]]*\]/g, '');
  const names = outside.slice(outside.lastIndexOf(':') + 1).split(/[^A-Za-z_]+/);
  return names.some((name) => SECRET_KEYS.has(name.toLowerCase()));
}

/** A body as it may be kept: JSON text without secrets, cut at `maxBytes` with a note. */
export function redactBody(body: unknown, maxBytes: number): string | null {
  if (body === undefined) return null;
  return bounded(JSON.stringify(withoutSecrets(body)) ?? '', maxBytes);
}

/** Text as it may be kept, cut at `maxBytes` with a note. */
export function bounded(text: string, maxBytes: number): string {
  // PostgreSQL keeps no NUL in text; what is not well-formed Unicode cannot be kept either.
  const clean = text.replaceAll('\u0000', '\\u0000').toWellFormed();
  if (clean.length <= maxBytes) return clean;
  return `${clean.slice(0, maxBytes)} [cut here: ${clean.length} characters in all]`;
}

/** Path and query as they may be kept: values of secret-looking parameters are masked. */
export function redactPath(path: string, maxLength = 4096): string {
  const masked = path.replaceAll(/([?&](?:password|token|secret|client_secret|access_token)=)[^&]*/gi, `$1${MASK}`);
  const compared = masked.replaceAll(/([?&][^=&]*=)([^&]*)/g, (whole, name: string, value: string) =>
    SECRET_COMPARISON.test(decoded(value)) ? `${name}${MASK}` : whole,
  );
  return bounded(compared, maxLength);
}

function decoded(value: string): string {
  const text = value.replaceAll('+', ' ');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
