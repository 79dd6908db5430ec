/** Settings of a team: its privacy and its alerts; and what an organization enforces in every team. */
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import type { Work } from '../work.ts';
import type { Team, TeamSettings } from './team.ts';
import { authorizeInTeam } from './team-access.ts';
import { ALERT_ADDRESSES_MAX, ALERT_EVENT_NAMES, type AlertChoice } from './team-alert.ts';
import { PRIVACY, PRIVACY_SWITCHES, type PrivacyChoice, type PrivacySwitch } from './team-privacy.ts';
import { laterThan, lockActiveTeam, subjectOfTeam, type TeamRef } from './teams.ts';

const recipients = z.strictObject({
  admins: z.boolean().default(false),
  addresses: z
    .array(z.email({ error: 'is no e-mail address' }).max(254))
    .max(ALERT_ADDRESSES_MAX)
    .default([])
    .transform((list) => [...new Set(list.map((address) => address.toLowerCase()))]),
});

const settingsForm = z.strictObject({
  privacy: z.partialRecord(z.enum(PRIVACY_SWITCHES), z.boolean()).optional(),
  alerts: z.partialRecord(z.enum(ALERT_EVENT_NAMES), recipients).optional(),
});

export interface SettingsChange {
  /** Switches that are left out stay as they are. */
  readonly privacy?: PrivacyChoice;
  /** Events that are left out stay as they are; nobody named: no mail. */
  readonly alerts?: AlertChoice;
}

/**
 * A switch that the organization enforces cannot be set: refused, so that nobody thinks that it did something.
 * @throws AppError `forbidden`, `not_found`, `invalid_value`, `conflict`, `precondition_failed`
 */
export async function changeTeamSettings(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  change: SettingsChange,
): Promise<Team> {
  const { store } = parts;
  const parsed = settingsForm.safeParse(change);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new AppError('invalid_value', `The settings are not valid: ${faults.join('; ')}.`);
  }
  const team = await lockActiveTeam(parts, work, principal, ref);
  await authorizeInTeam(parts, work.db, principal, 'teams.change_settings', team);
  const { privacy = {}, alerts = {} } = parsed.data;
  checkUnlocked(privacy, await store.enforcedPrivacy.of(work.db, team.organizationId));
  const before = team.settings;
  const settings = {
    privacy: { ...before.privacy, ...privacy },
    alerts: withoutSilent({ ...before.alerts, ...alerts }),
  } as TeamSettings;
  const states = differenceOf(before, settings);
  if (states === undefined) return team;
  const updated = { ...team, settings, updatedAt: laterThan(team, work) };
  await store.teams.setSettings(work.db, team.id, settings, updated.updatedAt);
  work.changes.push({ kind: 'team.settings_changed', subject: subjectOfTeam(team), ...states });
  return updated;
}

function checkUnlocked(wanted: object, enforced: ReadonlySet<PrivacySwitch>): void {
  const locked = PRIVACY_SWITCHES.filter((name) => Object.hasOwn(wanted, name) && enforced.has(name));
  if (locked.length > 0) {
    const list = locked.map((name) => `${name} ("${PRIVACY[name].enforcement}")`).join(', ');
    throw new AppError('conflict', `The organization enforces ${list}, so that a team cannot set it.`);
  }
}

function withoutSilent(alerts: AlertChoice): AlertChoice {
  return Object.fromEntries(
    Object.entries(alerts).filter(([, to]) => to !== undefined && (to.admins || to.addresses.length > 0)),
  );
}

/** The entries that differ, as `privacy.hideTeam: true`; undefined for none. */
function differenceOf(
  was: TeamSettings,
  is: TeamSettings,
): { readonly before: Record<string, unknown>; readonly after: Record<string, unknown> } | undefined {
  const [before, after] = [flat(was), flat(is)];
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => JSON.stringify(before.get(name)) !== JSON.stringify(after.get(name)),
  );
  if (names.length === 0) return undefined;
  const pick = (state: ReadonlyMap<string, unknown>) =>
    Object.fromEntries(names.map((name) => [name, state.get(name) ?? null]));
  return { before: pick(before), after: pick(after) };
}

function flat({ privacy, alerts }: TeamSettings): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    ...Object.entries(privacy).map(([name, value]): [string, unknown] => [`privacy.${name}`, value]),
    ...Object.entries(alerts).map(([name, value]): [string, unknown] => [`alerts.${name}`, value]),
  ]);
}

/**
 * Locks switches at their strict side in every team, or leaves them to the teams again.
 * @param matchVersion throws when whoever asks has seen another version
 * @throws AppError `forbidden`
 */
export async function enforcePrivacy(
  { store }: DirectoryParts,
  work: Work,
  principal: Principal,
  wanted: PrivacyChoice,
  matchVersion: (version: string) => void = () => undefined,
): Promise<ReadonlySet<PrivacySwitch>> {
  const { organizationId } = work.context;
  authorize(principal, 'organization.change', { organizationId });
  const subject = { type: 'organization', id: organizationId, name: 'organization' } as const;
  await store.organizations.lock(work.db, organizationId);
  const enforced = await store.enforcedPrivacy.of(work.db, organizationId);
  matchVersion(versionOfEnforced(enforced));
  for (const name of PRIVACY_SWITCHES) {
    if (wanted[name] === undefined || wanted[name] === enforced.has(name)) continue;
    if (wanted[name]) {
      await store.enforcedPrivacy.enforce(work.db, organizationId, name, work.at);
      work.changes.push({ kind: 'privacy.enforced', subject, after: { switch: name, value: PRIVACY[name].enforced } });
    } else {
      await store.enforcedPrivacy.release(work.db, organizationId, name);
      work.changes.push({ kind: 'privacy.released', subject, before: { switch: name, value: PRIVACY[name].enforced } });
    }
  }
  return store.enforcedPrivacy.of(work.db, organizationId);
}

/** Tells two states apart; there is no row that could count. */
export function versionOfEnforced(enforced: ReadonlySet<PrivacySwitch>): string {
  return PRIVACY_SWITCHES.filter((name) => enforced.has(name)).join('.') || 'none';
}

/** @throws AppError `forbidden` */
export async function enforcedPrivacyOf(
  { store }: DirectoryParts,
  db: Handle,
  principal: Principal,
): Promise<ReadonlySet<PrivacySwitch>> {
  authorize(principal, 'organization.read', { organizationId: principal.organizationId });
  return store.enforcedPrivacy.of(db, principal.organizationId);
}
