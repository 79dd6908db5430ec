/** Okta encodes blanks as %20 and always asks for a page. */
export function toOktaLookUp(endpoint: string, attribute: string, value: string): string {
  const filter = encodeURIComponent(`${attribute} eq ${JSON.stringify(value)}`);
  return `${endpoint}?filter=${filter}&startIndex=1&count=100`;
}
