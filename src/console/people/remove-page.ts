/** What removing somebody means, in numbers, before it is done. */
import type { PersonView } from '../../directory/people/people.ts';
import { shownRole } from '../../mapping/roles.ts';
import { formTokenField } from '../../web/form-token.ts';
import type { Page } from '../../web/page.ts';
import { view } from '../../web/view.ts';

export interface RemovePageData {
  readonly person: PersonView;
  readonly connection: string | null;
  readonly teams: readonly { readonly name: string; readonly role: string }[];
  readonly sessions: number;
  readonly keys: number;
  readonly formToken: string;
}

export function renderRemovePage({ person, connection, teams, sessions, keys, formToken }: RemovePageData): Page {
  const held = teams.map(({ name, role }) => view`<li>${shownRole(role)} in ${name}</li>`);
  const manager =
    connection === null
      ? view`<li>Nobody manages this person: they are removed for good. The user name is free again.</li>`
      : view`<li>${connection} manages this person: here they are deactivated. Take them out in ${connection} as well; else its next word brings them back.</li>`;
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/people/${person.id}">Back to ${person.name}</a></nav>
<h1>Remove ${person.name}?</h1>
<section><h2>What that means</h2><ul>
<li>They lose access at once: ${sessions} ${sessions === 1 ? 'session ends' : 'sessions end'}, ${keys} API ${keys === 1 ? 'key stops' : 'keys stop'} working.</li>
<li>They are ${shownRole(person.role)} of the organization${teams.length === 0 ? ' and in no team.' : view`, and in ${teams.length} ${teams.length === 1 ? 'team' : 'teams'}:<ul>${held}</ul>`}</li>
${manager}
<li>Their runs are kept. The ledger gets an entry with what they held, and the tracker is asked what they leave behind.</li></ul>
<form method="post" action="/admin/people/${person.id}/remove" class="stack">${formTokenField(formToken)}<label>Reason (optional, goes on record)<input name="reason" maxlength="500" autocomplete="off"></label>
<p class="inline"><button type="submit" class="danger">Remove ${person.name}</button> <a href="/admin/people/${person.id}">Leave everything as it is</a></p></form></section>`;
  return { title: `Remove ${person.name}?`, section: 'people', body };
}
