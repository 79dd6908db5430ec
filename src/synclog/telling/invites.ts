/** Changes of invites and seats, in words. */
import { type Tell, textIn } from '../told.ts';

export const inviteChanges = {
  'invite.created': ({ subject, after }) => `invited ${subject.name} as ${textIn(after, 'role', 'member')}`,
  'invite.teams_changed': ({ subject, related, after }) =>
    `changed the invite of ${subject.name}: ${textIn(after, 'role', 'nothing')} in team ${related?.name ?? ''}`,
  'invite.resent': ({ subject }) => `sent the invite of ${subject.name} again`,
  'invite.revoked': ({ subject }) => `revoked the invite of ${subject.name}`,
  'invite.accepted': ({ subject, related }) =>
    `accepted the invite of ${subject.name} as ${related?.name ?? 'somebody'}`,
  'seats.full': ({ after }) =>
    Number(after?.active) > Number(after?.seats)
      ? `found ${String(after?.active)} active people with ${String(after?.seats)} seats`
      : `took the last of ${String(after?.seats ?? 'the')} seats`,
} as const satisfies Record<string, Tell>;
