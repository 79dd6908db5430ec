/** The picture of a team: a WebP that was made here, whatever was sent. */
import type { Handle } from '../synclog/handle.ts';

export interface Avatar {
  readonly teamId: string;
  /** Changes with the picture; without quotes. */
  readonly etag: string;
  readonly image: Uint8Array;
  readonly updatedAt: number;
}

export interface AvatarStore {
  find(db: Handle, organizationId: string, teamId: string): Promise<Avatar | undefined>;
  /** The ETag alone; undefined without a picture. */
  etagOf(db: Handle, teamId: string): Promise<string | undefined>;
  set(db: Handle, avatar: Avatar): Promise<void>;
  /** Says whether there was one. */
  delete(db: Handle, teamId: string): Promise<boolean>;
}

/**
 * Headers under which a picture is harmless wherever it is opened: it is what it says, runs nothing, and is embedded by
 * this site only.
 */
export function avatarHeaders({ etag }: Pick<Avatar, 'etag'>): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'image/webp',
    'Content-Disposition': 'inline; filename="avatar.webp"',
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    // Asked for again each time: whoever lost the team does not go on seeing it, and the answer is 304 otherwise.
    'Cache-Control': 'private, no-cache',
    ETag: `"${etag}"`,
  };
}
