/** The first page: is everything all right, and if not, where is it put right. */

import type { RequestHandler } from 'express';
import { tellNumber } from '../../numbers.ts';
import type { Timeline } from '../../synclog/timeline.ts';
import { countOf } from '../../web/count-words.ts';
import { renderTime } from '../../web/moment.ts';
import { type Page, sendPage } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderChart } from '../chart.ts';
import type { ConsoleParts } from '../parts.ts';
import { organizationOf } from '../visitor.ts';
import { DIALECT_LABELS } from '../words.ts';
import { type Attention, type ExplainSignIn, findAttention } from './attention.ts';
import type { ConnectionFacts, OverviewFacts } from './facts.ts';

const MARKS = { bad: '✕', warn: '▲', info: '○' } as const;
const LEVEL_WORDS = { bad: 'Problem', warn: 'Warning', info: 'Note' } as const;

function renderAttention(items: readonly Attention[]): View {
  if (items.length === 0)
    return view`<p class="all-well"><span class="mark" aria-hidden="true">●</span> Nothing needs attention.</p>`;
  const rows = items.map(
    ({ level, text, address, action }) =>
      view`<li class="${level}"><span class="mark" aria-hidden="true">${MARKS[level]}</span><span class="visually-hidden">${LEVEL_WORDS[level]}:</span> <span>${text} <a href="${address}">${action}</a></span></li>`,
  );
  return view`<ul class="attention">${rows}</ul>`;
}

function ofConnection(timeline: Timeline, connectionId: string): Timeline {
  return { ...timeline, counts: timeline.counts.filter((count) => count.connectionId === connectionId) };
}

function renderConnection(facts: ConnectionFacts, { day, week, now }: OverviewFacts): View {
  const { connection, lastContactAt, users, groups } = facts;
  const { id, name, dialect, state } = connection;
  const address = (from: number, until: number): string =>
    `/admin/sync?${new URLSearchParams({ connection: id, from: toMinute(from), until: toMinute(until) })}`;
  return view`<section class="card" aria-labelledby="c-${id}"><h2 id="c-${id}"><a href="/admin/connections/${id}">${name}</a></h2>
<dl class="facts">
<div><dt>State</dt><dd>${state === 'active' ? 'Active' : 'Paused'}</dd></div>
<div><dt>Dialect</dt><dd>${DIALECT_LABELS[dialect]}</dd></div>
<div><dt>Last contact</dt><dd>${lastContactAt === null ? 'never' : renderTime(lastContactAt, now)}</dd></div>
<div><dt>Manages</dt><dd>${countOf(users, 'user', 'users')}, ${countOf(groups, 'group', 'groups')}</dd></div>
</dl>
<div class="charts">${renderChart(ofConnection(day, id), { label: `${name}, last 24 hours`, address })}
${renderChart(ofConnection(week, id), { label: `${name}, last 7 days`, address })}</div></section>`;
}

/** As the filter of the sync log takes it. */
function toMinute(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}

function renderSeats({ people: { active, seats } }: OverviewFacts): View {
  if (seats === null) return view`<p>${countOf(active, 'active person', 'active people')}; seats are not limited.</p>`;
  const used = `${tellNumber(active)} of ${tellNumber(seats)}`;
  return view`<p><label class="meter">Seats: ${used} in use<meter min="0" max="${String(seats)}" high="${String(Math.ceil(seats * 0.9))}" value="${String(active)}">${used}</meter></label></p>`;
}

function renderNoConnections(): View {
  return view`<section class="empty"><h2>No identity provider is connected yet</h2>
<p>Make a connection: it gives you the address and the token that Okta, Entra ID or another provider asks for.</p>
<p><a class="button primary" href="/admin/connections/new">Connect an identity provider</a></p></section>`;
}

export function renderOverview(facts: OverviewFacts, explainSignIn: ExplainSignIn): Page {
  const body = view`<h1>Overview</h1>
<section aria-labelledby="attention"><h2 id="attention">What needs attention</h2>${renderAttention(findAttention(facts, explainSignIn))}</section>
<section aria-labelledby="seats"><h2 id="seats">People</h2>${renderSeats(facts)}</section>
${facts.connections.length === 0 ? renderNoConnections() : facts.connections.map((one) => renderConnection(one, facts))}`;
  return { title: 'Overview', section: 'overview', body };
}

export function showOverview({ overview, explainRefusal }: ConsoleParts): RequestHandler {
  return async (_request, response) => {
    sendPage(response, 200, renderOverview(await overview.read(organizationOf(response)), explainRefusal));
  };
}
