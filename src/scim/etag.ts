/** Versions of resources: weak ETags (RFC 7644 section 3.14), the same in the header and in meta.version. */
import { AppError } from '../errors.ts';
import type { ScimRequest } from './scim-request.ts';

export function toEtag(version: number): string {
  return `W/"${version}"`;
}

function names(header: string, etag: string): boolean {
  const plain = (tag: string): string => tag.trim().replace(/^W\//, '');
  return header.split(',').some((tag) => plain(tag) === '*' || plain(tag) === plain(etag));
}

type Conditions = Pick<ScimRequest, 'method' | 'ifMatch' | 'ifNoneMatch'>;

/**
 * @throws AppError `precondition_failed` when If-Match names other versions only, or when If-None-Match of a write names
 * this one (RFC 9110 section 13.1.2; of a read it asks for 304)
 */
export function checkPreconditions({ method, ifMatch, ifNoneMatch }: Conditions, etag: string): void {
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead && ifNoneMatch !== undefined && names(ifNoneMatch, etag)) {
    throw new AppError(
      'precondition_failed',
      `If-None-Match names ${ifNoneMatch}, and the resource is there at ${etag}. Nothing was changed.`,
    );
  }
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
