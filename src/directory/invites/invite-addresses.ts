/** Addresses as people paste them: separated by commas, semicolons or lines, with names around them or without. */

export interface GivenAddress {
  /** As it was written, for the answer. */
  readonly given: string;
  /** Undefined: it is not an e-mail address. */
  readonly email: string | undefined;
}

const EMAIL_MAX = 254;
const ADDRESS = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]+$/;

export function parseAddresses(text: string): readonly GivenAddress[] {
  return text
    .split(/[,;\r\n]+/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((given) => ({ given, email: emailIn(given) }));
}

function emailIn(given: string): string | undefined {
  const email = (/<([^<>]*)>\s*$/.exec(given)?.[1] ?? given).trim();
  return email.length <= EMAIL_MAX && ADDRESS.test(email) ? email : undefined;
}
