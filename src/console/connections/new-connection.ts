/** Making a connection: which identity provider, and what to call it. */
import { DIALECTS, type Dialect } from '../../directory/connections/connection.ts';
import { formTokenField } from '../../web/form-token.ts';
import type { Page } from '../../web/page.ts';
import { view } from '../../web/view.ts';
import { renderProblem } from '../forms.ts';
import { guideOf } from './guides.ts';

export interface NewConnectionForm {
  readonly name: string;
  readonly dialect: Dialect;
  readonly problem?: string;
}

export function renderNewConnection({ name, dialect, problem }: NewConnectionForm, formToken: string): Page {
  const choices = DIALECTS.map((one) => {
    const { name: title, hint } = guideOf(one, '', undefined);
    return view`<label class="choice"><input type="radio" name="dialect" value="${one}"${one === dialect ? view` checked` : null}> <span><strong>${title}</strong><br><span class="muted">${hint}</span></span></label>`;
  });
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/connections">Back to the connections</a></nav>
<h1>Connect an identity provider</h1>
<section><form method="post" action="/admin/connections" class="stack">${formTokenField(formToken)}
${renderProblem(problem)}
<fieldset><legend>Who will send people and groups?</legend>${choices}</fieldset>
<label class="field">Name, as the sync log shall call it<input name="name" value="${name}" required maxlength="100" autocomplete="off" placeholder="Okta"></label>
<p><button class="primary" type="submit">Make the connection</button></p>
<p class="muted">Next you get the address and the token, and what to enter where.</p></form></section>`;
  return { title: 'Connect an identity provider', section: 'connections', body };
}
