/** One team, as the endpoints about teams look it up and show it. */
import { z } from 'zod';
import type { Team } from '../../directory/teams/team.ts';
import { findVisibleTeam, privacyOf } from '../../directory/teams/team-access.ts';
import { ALERT_EVENT_NAMES, ALERT_EVENTS } from '../../directory/teams/team-alert.ts';
import { PRIVACY, PRIVACY_SWITCHES, type PrivacySwitch } from '../../directory/teams/team-privacy.ts';
import { warnOfAdmins } from '../../directory/teams/team-roster.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { id, instant } from '../fields.ts';

export const teamParams = z.object({ teamId: id.meta({ description: 'Id of a team.' }) });

export const storage = z
  .object({
    provider: z.string().meta({ example: 'AWS' }),
    name: z.string().meta({ example: 'ml-team-vision' }),
    path: z.string().nullable(),
    kmsKey: z.string().nullable(),
  })
  .meta({ id: 'Bucket' });

const state = z
  .object({
    value: z.boolean().meta({ description: 'What holds.' }),
    enforced: z.boolean().meta({ description: 'Locked by the organization.' }),
  })
  .meta({ id: 'PrivacyState' });

function byName<N extends string, S extends z.ZodType>(names: readonly N[], make: (name: N) => S): Record<N, S> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<N, S>;
}

/** The six switches, each described as the tracker words it. */
export function eachSwitch<S extends z.ZodType>(make: (name: PrivacySwitch) => S) {
  return byName(PRIVACY_SWITCHES, (name) => make(name).meta({ description: PRIVACY[name].words }) as S);
}

export const recipients = z.object({
  admins: z.boolean().meta({ description: 'Every active admin of the team.' }),
  addresses: z.array(z.string()).meta({ description: 'Further addresses.' }),
});

export const teamSettings = z
  .object({
    privacy: z.object(eachSwitch(() => state)),
    alerts: z
      .object(byName(ALERT_EVENT_NAMES, (name) => recipients.optional().meta({ description: ALERT_EVENTS[name] })))
      .meta({ description: 'Who is mailed about which event; nobody about one that is left out.' }),
    version: z.int(),
  })
  .meta({ id: 'TeamSettings' });

export const team = z
  .object({
    id,
    name: z.string().meta({ example: 'vision' }),
    storage: storage.nullable().meta({ description: "Null: the instance's own bucket." }),
    archivedAt: instant.nullable().meta({ description: 'While it is set, nobody holds anything in the team.' }),
    createdAt: instant,
    updatedAt: instant,
    version: z.int(),
  })
  .meta({ id: 'Team' });

export const teamWithWarning = team
  .extend({
    admins: z.int().meta({ description: 'Active admins of the team.' }),
    warning: z.enum(['no_admin', 'one_admin']).nullable().meta({ description: 'A warning, never a block.' }),
  })
  .meta({ id: 'TeamWithWarning' });

export function toTeamValue(found: Team): ValueOf<typeof team> {
  return { ...found, version: found.updatedAt };
}

export async function toTeamWithWarning(
  { parts }: ApiContext,
  db: Handle,
  found: Team,
): Promise<ValueOf<typeof teamWithWarning>> {
  return { ...toTeamValue(found), ...(await warnOfAdmins(parts.directory, db, found.id)) };
}

export async function toSettingsValue(
  { parts }: ApiContext,
  db: Handle,
  found: Team,
): Promise<ValueOf<typeof teamSettings>> {
  const privacy = await privacyOf(parts.directory, db, found);
  return { privacy, alerts: found.settings.alerts, version: found.updatedAt };
}

export const teamVersion = ({ version }: { readonly version: number }): number => version;

/** @throws AppError `not_found`, `forbidden` */
export function findTeam({ parts, principal }: ApiContext, teamId: string): Promise<Team> {
  const { directory } = parts;
  return findVisibleTeam(directory, directory.store.reader, principal, teamId);
}

/** The team and the version that If-Match names. */
export function teamRef(context: ApiContext, teamId: string): { readonly team: string; readonly version?: number } {
  const version = context.expectedVersion();
  return version === undefined ? { team: teamId } : { team: teamId, version };
}
