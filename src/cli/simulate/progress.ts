/** How far a simulation is: one line that keeps changing on a terminal, elsewhere a line now and then. */
import type { Output } from '../output.ts';
import type { Report } from './report.ts';

export interface Progress {
  update(report: Report): void;
  /** A sentence for people, above the changing line. */
  say(words: string): void;
  /** Takes the changing line away. */
  end(): void;
}

const TERMINAL_MS = 100;
const PLAIN_MS = 10_000;
const CLEAR_LINE = '\r\u001b[2K';

export function createProgress(output: Output, now: () => number): Progress {
  const isLive = output.isTerminal && !output.json;
  const startedAt = now();
  let shownAt = startedAt;
  let line = '';
  return {
    update: (report) => {
      if (now() - shownAt < (isLive ? TERMINAL_MS : PLAIN_MS)) return;
      shownAt = now();
      line = toLine(report, (shownAt - startedAt) / 1000);
      if (isLive) output.write(`${CLEAR_LINE}${line}`);
      else output.note(line);
    },
    say: (words) => {
      if (isLive) output.write(`${CLEAR_LINE}${words}\n${line}`);
      else output.note(words);
    },
    end: () => {
      if (isLive) output.write(CLEAR_LINE);
    },
  };
}

function toLine({ totals }: Report, seconds: number): string {
  const rate = Math.round(totals.requests / Math.max(0.001, seconds));
  const { users, groups, memberships, errors } = totals;
  return `${users} users, ${groups} groups, ${memberships} memberships; ${rate} requests/s; ${errors} errors`;
}
