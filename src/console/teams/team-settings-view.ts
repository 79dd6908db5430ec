/** Settings of a team: name, picture, privacy, alerts, archive. */
import type { Team } from '../../directory/teams/team.ts';
import { ALERT_EVENT_NAMES, ALERT_EVENTS } from '../../directory/teams/team-alert.ts';
import { PRIVACY, PRIVACY_SWITCHES, type TeamPrivacy } from '../../directory/teams/team-privacy.ts';
import { formTokenField } from '../../web/form-token.ts';
import { type View, view } from '../../web/view.ts';
import { renderAction } from '../forms.ts';

export interface TeamSettingsData {
  readonly team: Team;
  readonly privacy: TeamPrivacy;
  readonly hasAvatar: boolean;
  readonly formToken: string;
}

function renderPrivacy({ team, privacy, formToken }: TeamSettingsData): View {
  const switches = PRIVACY_SWITCHES.map((name) => {
    const { value, enforced } = privacy[name];
    return view`<label class="choice"><input type="checkbox" name="privacy" value="${name}"${value ? view` checked` : null}${enforced ? view` disabled` : null}> <span>${PRIVACY[name].words}${enforced ? view` <span class="muted">(the organization decides)</span>` : null}</span></label>`;
  });
  return view`<form method="post" action="/admin/teams/${team.id}/privacy">${formTokenField(formToken)}<fieldset><legend>Privacy</legend>${switches}<p><button type="submit">Save privacy</button></p></fieldset></form>`;
}

function renderAlerts({ team, formToken }: TeamSettingsData): View {
  const rows = ALERT_EVENT_NAMES.map((event) => {
    const chosen = team.settings.alerts[event];
    return view`<fieldset><legend>When ${ALERT_EVENTS[event]}</legend><label class="choice"><input type="checkbox" name="admins" value="${event}"${chosen?.admins === true ? view` checked` : null}> <span>mail the admins of the team</span></label>
<label>and these addresses<input name="addresses-${event}" value="${chosen?.addresses.join(', ')}" autocomplete="off" placeholder="none"></label></fieldset>`;
  });
  return view`<form method="post" action="/admin/teams/${team.id}/alerts">${formTokenField(formToken)}<details><summary>Alerts: who is mailed about what</summary>${rows}<p><button type="submit">Save alerts</button></p></details></form>`;
}

function renderAvatar({ team, hasAvatar, formToken }: TeamSettingsData): View {
  const address = `/admin/teams/${team.id}/avatar`;
  const picture = hasAvatar
    ? view`<img src="${address}?v=${String(team.updatedAt)}" alt="Picture of ${team.name}" width="64" height="64">`
    : null;
  return view`<fieldset><legend>Picture</legend>${picture}<form method="post" enctype="multipart/form-data" action="${address}/change" class="inline">${formTokenField(formToken)}<label>PNG, JPEG or WebP, at most 2 MB<input type="file" name="picture" accept="image/png,image/jpeg,image/webp" required></label><button type="submit">Use this picture</button></form>
${hasAvatar ? renderAction(`${address}/remove`, formToken, 'Remove the picture …') : null}</fieldset>`;
}

export function renderTeamSettings(data: TeamSettingsData): View {
  const { team, formToken } = data;
  const archive =
    team.archivedAt === null
      ? renderAction(`/admin/teams/${team.id}/archive`, formToken, 'Archive the team …')
      : renderAction(`/admin/teams/${team.id}/restore`, formToken, 'Restore the team');
  return view`<section aria-labelledby="settings"><h2 id="settings">Settings</h2>
<form method="post" action="/admin/teams/${team.id}/rename" class="inline">${formTokenField(formToken)}<label>Name<input name="name" value="${team.name}" required maxlength="64" autocomplete="off"></label><button type="submit">Rename</button></form>
${renderAvatar(data)}${renderPrivacy(data)}${renderAlerts(data)}${archive}</section>`;
}
