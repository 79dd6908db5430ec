/**
 * Exchanges over time as stacked bars, drawn on the server: every bar is a link to its span, and a table says the same in
 * numbers. No script, no style of its own: shapes are placed by SVG attributes, colours come from the style sheet.
 */
import { tellNumber } from '../numbers.ts';
import type { Outcome } from '../synclog/exchange.ts';
import type { OutcomeCount, Timeline } from '../synclog/timeline.ts';
import { exactTime } from '../web/moment.ts';
import { type View, view } from '../web/view.ts';
import { describeOutcome, OUTCOMES } from './words.ts';

export interface ChartOptions {
  /** What is shown: `Requests of Okta, last 24 hours`. */
  readonly label: string;
  /** Where a span leads; undefined: nowhere. */
  readonly address?: (from: number, until: number) => string;
}

const HEIGHT = 100;
/** From the bottom up: trouble on top, where it sticks out. */
const STACK: readonly Outcome[] = ['read', 'unchanged', 'changed', 'refused', 'failed'];

export interface Bar {
  readonly from: number;
  readonly until: number;
  readonly counts: ReadonlyMap<Outcome, number>;
  readonly total: number;
}

/** One bar per span, empty ones too, so that a silence is seen. */
export function toBars({ from, until, spanMs, counts }: Timeline): readonly Bar[] {
  const bySpan = Map.groupBy(counts, ({ at }) => at);
  return Array.from({ length: Math.ceil((until - from) / spanMs) }, (_, n) => {
    const begin = from + n * spanMs;
    return { from: begin, until: begin + spanMs, ...sumOf(bySpan.get(begin) ?? []) };
  });
}

function sumOf(counts: readonly OutcomeCount[]): Pick<Bar, 'counts' | 'total'> {
  const sums = new Map<Outcome, number>();
  for (const { outcome, count } of counts) sums.set(outcome, (sums.get(outcome) ?? 0) + count);
  return { counts: sums, total: [...sums.values()].reduce((sum, count) => sum + count, 0) };
}

/** `24 Nov 04:00–05:00 UTC: 12 changed, 1 refused` */
export function describeBar({ from, until, counts, total }: Bar): string {
  const parts = OUTCOMES.filter((outcome) => (counts.get(outcome) ?? 0) > 0).map(
    (outcome) => `${tellNumber(counts.get(outcome) ?? 0)} ${describeOutcome(outcome).label.toLowerCase()}`,
  );
  const span = `${exactTime(from).slice(0, 16)} to ${exactTime(until).slice(until - from < 86_400_000 ? 11 : 0, 16)} UTC`;
  return `${span}: ${total === 0 ? 'nothing' : parts.join(', ')}`;
}

function renderBar(bar: Bar, index: number, highest: number, address: ChartOptions['address']): View {
  let top = HEIGHT;
  const parts = STACK.flatMap((outcome) => {
    const count = bar.counts.get(outcome) ?? 0;
    if (count === 0) return [];
    // A single refusal among thousands has to be seen.
    const height = Math.max((count / highest) * HEIGHT, 2);
    top = Math.max(0, top - height);
    return [
      view`<rect class="${outcome}" x="${String(index + 0.1)}" y="${top.toFixed(2)}" width="0.8" height="${height.toFixed(2)}"></rect>`,
    ];
  });
  const words = describeBar(bar);
  const drawn = view`<title>${words}</title><rect class="span" x="${String(index)}" y="0" width="1" height="${String(HEIGHT)}"></rect>${parts}`;
  if (address === undefined || bar.total === 0) return view`<g>${drawn}</g>`;
  // Out of the way of the tab key: the table below has the same links.
  return view`<a href="${address(bar.from, bar.until)}" tabindex="-1">${drawn}</a>`;
}

function renderLegend(bars: readonly Bar[]): View {
  const shown = OUTCOMES.filter((outcome) => bars.some((bar) => (bar.counts.get(outcome) ?? 0) > 0));
  const entries = shown.map((outcome) => {
    const total = bars.reduce((sum, bar) => sum + (bar.counts.get(outcome) ?? 0), 0);
    return view`<li><span class="swatch ${outcome}" aria-hidden="true"></span>${describeOutcome(outcome).label} ${tellNumber(total)}</li>`;
  });
  return view`<ul class="legend">${entries}</ul>`;
}

function renderNumbers(bars: readonly Bar[], { label, address }: ChartOptions): View {
  const filled = bars.filter((bar) => bar.total > 0).toReversed();
  const rows = filled.map((bar) => {
    const words = describeBar(bar);
    const span = words.slice(0, words.indexOf('UTC') + 3);
    const head = address === undefined ? view`${span}` : view`<a href="${address(bar.from, bar.until)}">${span}</a>`;
    const cells = OUTCOMES.map((outcome) => view`<td class="number">${tellNumber(bar.counts.get(outcome) ?? 0)}</td>`);
    return view`<tr><th scope="row">${head}</th>${cells}</tr>`;
  });
  return view`<details class="numbers"><summary>In numbers</summary><div class="scroll" tabindex="0" role="region" aria-label="${label}, in numbers"><table class="plain">
<thead><tr><th scope="col">Span</th>${OUTCOMES.map((outcome) => view`<th scope="col" class="number">${describeOutcome(outcome).label}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div></details>`;
}

export function renderChart(timeline: Timeline, options: ChartOptions): View {
  const bars = toBars(timeline);
  const highest = Math.max(1, ...bars.map((bar) => bar.total));
  const total = bars.reduce((sum, bar) => sum + bar.total, 0);
  if (total === 0) return view`<p class="muted">${options.label}: nothing.</p>`;
  const first = exactTime(timeline.from).slice(0, 16);
  const last = exactTime(timeline.until).slice(0, 16);
  return view`<figure class="chart"><figcaption>${options.label}</figcaption>
<svg viewBox="0 0 ${String(bars.length)} ${String(HEIGHT)}" preserveAspectRatio="none" aria-hidden="true" focusable="false">${bars.map((bar, index) => renderBar(bar, index, highest, options.address))}</svg>
<p class="axis"><span>${first}</span><span>at most ${tellNumber(highest)}</span><span>${last} UTC</span></p>
${renderLegend(bars)}
${timeline.cut ? view`<p class="muted">Only the newest matches are counted; narrow the filter to see older ones.</p>` : null}
${renderNumbers(bars, options)}</figure>`;
}
