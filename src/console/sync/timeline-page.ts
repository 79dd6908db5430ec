/** When it happened: the chart above the sync log. The log asks for it after the page is there, so that the page never waits for it. */
import type { Timeline } from '../../synclog/timeline.ts';
import type { Page } from '../../web/page.ts';
import { type View, view } from '../../web/view.ts';
import { renderChart } from '../chart.ts';
import { parseMoment, type SyncFilter, toSearch } from './sync-filter.ts';

const DAY_MS = 86_400_000;

/** The wanted span; without one the last 24 hours. */
export function spanOf({ from, until }: SyncFilter, now: number): { readonly from: number; readonly until: number } {
  const end = (until === undefined ? undefined : parseMoment(until)) ?? now;
  const begin = (from === undefined ? undefined : parseMoment(from)) ?? end - DAY_MS;
  return begin < end ? { from: begin, until: end } : { from: end - DAY_MS, until: end };
}

function narrowedTo(filter: SyncFilter, from: number, until: number): string {
  const toText = (at: number): string => new Date(at).toISOString().slice(0, 16);
  return `/admin/sync${toSearch({ ...filter, from: toText(from), until: toText(until) })}`;
}

/** Stands in the log until htmx brings the chart; without JavaScript it stays a link. */
export function renderTimelinePlace(filter: SyncFilter): View {
  const address = `/admin/sync/timeline${toSearch(filter)}`;
  return view`<div id="timeline" class="timeline" hx-get="${address}" hx-trigger="load" hx-swap="outerHTML"><a href="${address}">Show when it happened</a></div>`;
}

/** What takes the place of the link. */
export function renderTimeline(filter: SyncFilter, timeline: Timeline): View {
  const label = filter.from === undefined && filter.until === undefined ? 'Last 24 hours' : 'In the chosen time';
  const chart = renderChart(timeline, { label, address: (from, until) => narrowedTo(filter, from, until) });
  return view`<div id="timeline" class="timeline">${chart}</div>`;
}

export function renderTimelinePage(filter: SyncFilter, timeline: Timeline): Page {
  const body = view`<nav class="steps" aria-label="Back"><a href="/admin/sync${toSearch(filter)}">Back to the log</a></nav>
<h1>When it happened</h1>
${renderTimeline(filter, timeline)}`;
  return { title: 'When it happened', section: 'sync', body };
}
