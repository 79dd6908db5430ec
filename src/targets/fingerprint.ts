/** Says whether what is wanted is what was pushed last: an unchanged subject costs no request. */
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** @param wanted JSON; the order of keys does not matter */
export function fingerprintOf(version: number, wanted: unknown): string {
  return createHash('sha256')
    .update(`${version} ${canonicalize(wanted)}`)
    .digest('base64url');
}
