/** Settings of a team (privacy, alerts), and the privacy that the organization enforces in every team. */
import { z } from 'zod';
import { ALERT_ADDRESSES_MAX, ALERT_EVENT_NAMES, type AlertChoice } from '../../directory/teams/team-alert.ts';
import {
  PRIVACY,
  PRIVACY_SWITCHES,
  type PrivacyChoice,
  type PrivacySwitch,
} from '../../directory/teams/team-privacy.ts';
import {
  changeTeamSettings,
  enforcedPrivacyOf,
  enforcePrivacy,
  versionOfEnforced,
} from '../../directory/teams/team-settings.ts';
import { json } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { eachSwitch, findTeam, teamParams, teamRef, teamSettings, teamVersion, toSettingsValue } from './team.ts';

const given = z.strictObject({
  privacy: z
    .strictObject(eachSwitch(() => z.boolean().optional()))
    .optional()
    .meta({ description: 'Switches that are left out stay as they are.' }),
  alerts: z
    .partialRecord(
      z.enum(ALERT_EVENT_NAMES as [string, ...string[]]),
      z.strictObject({
        admins: z.boolean().default(false),
        addresses: z.array(z.email().max(254)).max(ALERT_ADDRESSES_MAX).default([]),
      }),
    )
    .optional()
    .meta({ description: 'Events that are left out stay as they are; nobody named: no mail.' }),
});

const get = endpoint({
  id: 'team_settings.get',
  method: 'get',
  path: '/teams/{teamId}/settings',
  summary: 'Read the settings of a team',
  action: 'teams.read',
  subject: 'by use-case',
  params: teamParams,
  answer: json(teamSettings, { description: 'Its settings.', version: teamVersion }),
  example: { params: { teamId: 'TEAM' }, saves: { SETTINGS_VERSION: 'version' } },
  handle: async (context, { params }) =>
    toSettingsValue(context, context.parts.directory.store.reader, await findTeam(context, params.teamId)),
});

const change = endpoint({
  id: 'team_settings.change',
  method: 'patch',
  path: '/teams/{teamId}/settings',
  summary: 'Change the settings of a team',
  description: 'A switch that the organization enforces cannot be set.',
  action: 'teams.change_settings',
  subject: 'by use-case',
  params: teamParams,
  body: given,
  answer: json(teamSettings, { description: 'The settings as they are now.', version: teamVersion }),
  ifMatch: 'required',
  refusals: ['conflict'],
  example: {
    params: { teamId: 'TEAM' },
    body: { privacy: { membersMayInvite: true }, alerts: { noAdmin: { addresses: ['ml-platform@example.com'] } } },
    ifMatch: 'SETTINGS_VERSION',
  },
  handle: (context, { params, body }) =>
    context.commit(async (work) => {
      const { directory } = context.parts;
      const ref = teamRef(context, params.teamId);
      const wanted = {
        ...(body.privacy && { privacy: withoutGaps(body.privacy) }),
        ...(body.alerts && { alerts: body.alerts as AlertChoice }),
      };
      const changed = await changeTeamSettings(directory, work, context.principal, ref, wanted);
      return toSettingsValue(context, work.db, changed);
    }),
});

function withoutGaps(choice: Readonly<Partial<Record<PrivacySwitch, boolean | undefined>>>): PrivacyChoice {
  return Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined));
}

const enforced = z
  .object(eachSwitch((name) => z.boolean().meta({ description: PRIVACY[name].enforcement })))
  .meta({ id: 'EnforcedPrivacy', description: 'Whether the organization locks each switch, at its strict side.' });

function toEnforced(names: ReadonlySet<PrivacySwitch>) {
  return Object.fromEntries(PRIVACY_SWITCHES.map((name) => [name, names.has(name)])) as Record<PrivacySwitch, boolean>;
}

function versionOfValue(value: Readonly<Record<PrivacySwitch, boolean>>): string {
  return versionOfEnforced(new Set(PRIVACY_SWITCHES.filter((name) => value[name])));
}

const getEnforced = endpoint({
  id: 'organization.get_privacy',
  method: 'get',
  path: '/organization/privacy',
  summary: 'Read which privacy switches of teams the organization enforces',
  action: 'organization.read',
  answer: json(enforced, { description: 'What is enforced.', version: versionOfValue }),
  example: {},
  async handle({ parts: { directory }, principal }) {
    return toEnforced(await enforcedPrivacyOf(directory, directory.store.reader, principal));
  },
});

const enforce = endpoint({
  id: 'organization.change_privacy',
  method: 'patch',
  path: '/organization/privacy',
  summary: 'Enforce privacy switches in every team, or leave them to the teams again',
  description: 'What a team had set itself comes back when it is no longer enforced. What is left out stays as it is.',
  action: 'organization.change',
  body: z.strictObject(eachSwitch(() => z.boolean().optional())),
  answer: json(enforced, { description: 'What is enforced now.', version: versionOfValue }),
  ifMatch: 'optional',
  example: { body: { noReportSharing: true } },
  handle: (context, { body }) =>
    context.commit(async (work) =>
      toEnforced(
        await enforcePrivacy(context.parts.directory, work, context.principal, withoutGaps(body), context.matchVersion),
      ),
    ),
});

export const privacyEndpoints: readonly Endpoint[] = [getEnforced, enforce];
export const teamSettingsEndpoints: readonly Endpoint[] = [get, change];
