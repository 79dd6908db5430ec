/** Versions of resources: weak ETags (RFC 7644 section 3.14), the same in the header and in meta.version. */
import { AppError } from '../errors.ts';

export function toEtag(version: number): string {
  return `W/"${version}"`;
}

function names(header: string, etag: string): boolean {
  const plain = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.split(',').some((tag) => plain(tag) === '*' || plain(tag) === plain(etag));
}

/** @throws AppError `precondition_failed` when If-Match names other versions only */
export function checkIfMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || names(ifMatch, etag)) return;
  throw new AppError(
    'precondition_failed',
    `If-Match names ${ifMatch}, but the resource is at ${etag}. Read it again, then repeat the change.`,
  );
}

/** Whether the client has this version already (If-None-Match): 304. */
export function isNotModified(ifNoneMatch: string | undefined, etag: string): boolean {
  return ifNoneMatch !== undefined && names(ifNoneMatch, etag);
}
