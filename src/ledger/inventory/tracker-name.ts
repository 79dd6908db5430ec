/** The name that a tracker knows a person by, where it cannot be asked for it. */
import type { RunOwner } from './contract.ts';

/** `user_name`: the SCIM userName; `email`: the e-mail address; `email_local_part`: what stands before its @. */
export const TRACKER_USER_NAMES = ['user_name', 'email', 'email_local_part'] as const;
export type TrackerUserName = (typeof TRACKER_USER_NAMES)[number];

/** Null where the person has no such name. */
export function trackerNameOf({ userName, email }: RunOwner, form: TrackerUserName): string | null {
  if (form === 'user_name') return userName;
  if (form === 'email') return email;
  return email?.split('@')[0] ?? null;
}
