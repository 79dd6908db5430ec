/** Versions of resources as strong ETags (RFC 9110 section 8.8): If-Match compares them. */
import { AppError } from '../errors.ts';

export function toEtag(version: string | number): string {
  return `"${version}"`;
}

function tagsOf(header: string): string[] {
  return header.split(',').map((tag) => tag.trim());
}

/** @throws AppError `precondition_failed` when If-Match names other versions only */
export function checkIfMatch(header: string | undefined, version: string | number): void {
  if (header === undefined) return;
  const tags = tagsOf(header);
  if (tags.includes('*') || tags.includes(toEtag(version))) return;
  throw new AppError(
    'precondition_failed',
    'If-Match names another version than the one that is there. Read it again, then repeat the change.',
    { fields: [{ in: 'header', at: 'If-Match', detail: `The resource is at ${toEtag(version)}.` }] },
  );
}

/** The one version that If-Match names; undefined where any will do. One that is no number fits nothing. */
export function versionIn(header: string | undefined): number | undefined {
  if (header === undefined || tagsOf(header).includes('*')) return undefined;
  const number = /^"(\d{1,16})"$/.exec(header.trim())?.[1];
  return number === undefined ? -1 : Number(number);
}

/** Whether the client has this already (If-None-Match, weak comparison): 304. */
export function isNotModified(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return tagsOf(header).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag);
}
