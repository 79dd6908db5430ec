/** User names that W&B takes: letters, digits, `-` and `_` (its SSO documentation); given once, never changed there. */
import { TEAM_NAME_MAX_LENGTH, toSafeTeamName } from '../../mapping/team-name.ts';

/** `Ada.Byron@x.example` -> `ada-byron`. Team names and user names share their rules and one name space there. */
export function toUserName(userName: string): string {
  const local = userName.includes('@') ? userName.slice(0, userName.indexOf('@')) : userName;
  return toSafeTeamName(local === '' ? userName : local).toLowerCase();
}

/** `ada`, `ada-2`, `ada-3`, ... */
export function candidate(base: string, number: number): string {
  const suffix = number === 1 ? '' : `-${number}`;
  return base.slice(0, TEAM_NAME_MAX_LENGTH - suffix.length) + suffix;
}
