/** The picture of a team: set, remove, look at. */
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Principal } from '../principal.ts';
import type { Work } from '../work.ts';
import type { Avatar } from './avatar.ts';
import type { AvatarImage } from './avatar-image.ts';
import { authorizeInTeam, findVisibleTeam } from './team-access.ts';
import { lockActiveTeam, subjectOfTeam, type TeamRef } from './teams.ts';

/**
 * @param drawn by `DrawAvatar`, outside of the transaction
 * @throws AppError `forbidden`, `not_found`, `conflict`
 */
export async function setAvatar(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  { etag, image }: AvatarImage,
): Promise<Avatar> {
  const { avatars } = parts.store;
  const team = await lockActiveTeam(parts, work, principal, ref);
  await authorizeInTeam(parts, work.db, principal, 'teams.change_settings', team);
  const before = (await avatars.etagOf(work.db, team.id)) ?? null;
  const avatar: Avatar = { teamId: team.id, etag, image, updatedAt: work.at };
  if (before === etag) return avatar;
  await avatars.set(work.db, avatar);
  const states = { before: { avatar: before }, after: { avatar: etag } };
  work.changes.push({ kind: 'team.avatar_changed', subject: subjectOfTeam(team), ...states });
  return avatar;
}

/** @throws AppError `forbidden`, `not_found`, `conflict` */
export async function removeAvatar(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
): Promise<void> {
  const team = await lockActiveTeam(parts, work, principal, ref);
  await authorizeInTeam(parts, work.db, principal, 'teams.change_settings', team);
  const { avatars } = parts.store;
  const before = (await avatars.etagOf(work.db, team.id)) ?? null;
  if (!(await avatars.delete(work.db, team.id))) return;
  const states = { before: { avatar: before }, after: { avatar: null } };
  work.changes.push({ kind: 'team.avatar_changed', subject: subjectOfTeam(team), ...states });
}

/** Undefined where the team has none. @throws AppError `not_found`, `forbidden` */
export async function findAvatar(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  idOrName: string,
): Promise<Avatar | undefined> {
  const team = await findVisibleTeam(parts, db, principal, idOrName);
  return parts.store.avatars.find(db, team.organizationId, team.id);
}
