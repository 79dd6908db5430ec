/** The targets of the organization, and how far behind they are; making one. */
import type { FailureKind } from '../../targets/failing.ts';
import type { TargetStatus } from '../../targets/status.ts';
import type { TargetKind } from '../../targets/target.ts';
import { tellLag, tellTrouble } from '../../targets/words.ts';
import { formTokenField } from '../../web/form-token.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderProblem } from '../forms.ts';

export const KINDS: Readonly<Record<TargetKind, { readonly title: string; readonly hint: string }>> = {
  wandb: { title: 'Weights & Biases Server', hint: 'People, seats, roles and teams by its SCIM API' },
  scim: { title: 'SCIM 2.0 server', hint: 'People as Users, teams as Groups' },
  webhook: { title: 'Webhook', hint: 'Every change as a signed event (Standard Webhooks)' },
};

function renderBadge(outcome: 'failed' | 'refused' | 'changed', text: string): View {
  const mark = { failed: '✕', refused: '▲', changed: '●' }[outcome];
  return view`<span class="badge ${outcome}"><span class="mark" aria-hidden="true">${mark}</span>${text}</span>`;
}

const FAILING: Readonly<Record<FailureKind, string>> = {
  ...{ unavailable: 'Failing', forbidden: 'Address not allowed', unopened: 'Not usable' },
};

export function renderState({ target, parked, deliveries, failing }: TargetStatus): View {
  const givenUp = parked + deliveries.dead;
  const badges = [
    ...(failing === null ? [] : [renderBadge('failed', FAILING[failing.kind])]),
    ...(givenUp === 0 ? [] : [renderBadge('failed', `${givenUp} given up`)]),
  ];
  if (badges.length > 0) return view`${badges}`;
  return target.state === 'paused' ? renderBadge('refused', 'Paused') : renderBadge('changed', 'Active');
}

function renderRow(status: TargetStatus, now: number): View {
  const { id, name, kind } = status.target;
  const trouble = tellTrouble(status, now);
  const why = trouble === null ? null : view` <span class="muted">${trouble}</span>`;
  return view`<tr role="row"><td role="cell" class="what" data-label="Name"><a href="/admin/targets/${id}">${name}</a></td><td role="cell" data-label="Kind">${KINDS[kind].title}</td><td role="cell" class="wraps" data-label="State">${renderState(status)}${why}</td><td role="cell" class="wraps" data-label="In step">${tellLag(status)}</td></tr>`;
}

export function renderTargetList(all: readonly TargetStatus[], mayChange: boolean, now: number): Page {
  const heads = ['Name', 'Kind', 'State', 'In step'].map(
    (name) => view`<th role="columnheader" scope="col">${name}</th>`,
  );
  const table = view`<table role="table" class="log"><caption class="visually-hidden">Targets</caption><thead role="rowgroup"><tr role="row">${heads}</tr></thead><tbody role="rowgroup">${all.map((status) => renderRow(status, now))}</tbody></table>`;
  const body = view`<div class="bar"><h1>Targets</h1>${mayChange ? view`<a class="button primary" href="/admin/targets/new">Add a target</a>` : null}</div>
<p class="muted">Systems that are kept in step with this organization: what the identity provider says reaches them by itself.</p>
${all.length === 0 ? view`<section class="empty"><p>There are none: people and teams are kept here, and the tracker is not told.</p></section>` : table}`;
  return { title: 'Targets', section: 'targets', body };
}

export interface NewTargetForm {
  readonly kind: string;
  readonly name: string;
  readonly url: string;
  readonly problem?: string;
}

export function renderNewTarget({ kind, name, url, problem }: NewTargetForm, formToken: string): Page {
  const kinds = Object.entries(KINDS).map(
    ([value, { title, hint }]) =>
      view`<label class="choice"><input type="radio" name="kind" value="${value}"${value === kind ? view` checked` : null}> <span><strong>${title}</strong><br><span class="muted">${hint}</span></span></label>`,
  );
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/targets">Back to the targets</a></nav>
<h1>Add a target</h1>
<section><form method="post" action="/admin/targets" class="stack">${formTokenField(formToken)}${renderProblem(problem)}
<fieldset><legend>What is it?</legend>${kinds}</fieldset>
<label>Name<input name="name" value="${name}" required maxlength="100" autocomplete="off"></label>
<label>Address<input name="url" type="url" value="${url}" required autocomplete="off" placeholder="https://wandb.example.com"></label>
<label>API key or bearer token (not for a webhook, which gets a signing secret)<input name="secret" type="password" autocomplete="off"></label>
<p class="muted">Secrets are kept sealed and never shown again. Everything else can be set afterwards; everybody and every team is pushed from then on. “Test” and “What would be sent” say what would happen.</p>
<p><button class="primary" type="submit" name="start" value="paused">Add it, paused</button> <button type="submit" name="start" value="active">Add it and start</button></p></form></section>`;
  return { title: 'Add a target', section: 'targets', body };
}
