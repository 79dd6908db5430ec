/** An exchange as a shell command that can be tried again. The token is a placeholder: the real one is not known here. */
import type { Exchange } from '../../synclog/exchange.ts';

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function toCurl(publicUrl: string, { method, path, requestBody }: Exchange): string {
  const parts = [
    `curl --request ${quote(method)}`,
    `--url ${quote(`${publicUrl}/scim/v2${path}`)}`,
    '--header "Authorization: Bearer $SCIM_TOKEN"',
  ];
  if (requestBody !== null) {
    parts.push(`--header 'Content-Type: application/scim+json'`, `--data-raw ${quote(requestBody)}`);
  }
  return parts.join(' \\\n  ');
}
