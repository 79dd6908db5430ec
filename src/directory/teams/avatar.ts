/** The picture of a team: a WebP that was made here, whatever was sent. The doors serve it under headers that run nothing. */
import type { Handle } from '../../synclog/handle.ts';

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
