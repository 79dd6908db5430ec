/**
 * What a simulated client saw: requests by method and status, refusals with their reasons, violations, the slowest. Keeps
 * counts and examples, never all answers, so that a run over 100,000 users stays small.
 */
import { isJsonObject } from '../../schema/json.ts';
import { toTable } from '../output.ts';
import { type Expectation, toDetail, type Violation } from './check.ts';
import type { WireAnswer } from './wire.ts';

export interface RequestCount {
  readonly method: string;
  /** `/Users`, `/Users/{id}`, `/Groups`, ... */
  readonly resource: string;
  readonly status: number;
  readonly count: number;
}

export interface Refusal {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly scimType: string | null;
  readonly detail: string;
  /** The client made the mistake on purpose. */
  readonly onPurpose: boolean;
  readonly count: number;
}

export interface ViolationCount extends Violation {
  readonly method: string;
  readonly path: string;
  readonly count: number;
}

export interface SlowRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

export type Tally = 'users' | 'groups' | 'memberships' | 'events';

export interface ReportDocument {
  readonly client: string;
  readonly scimUrl: string;
  readonly seed: number;
  /** False: it was stopped before it was through. */
  readonly complete: boolean;
  readonly seconds: number;
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Times that the client waited because it was told 429. */
  readonly waits: number;
  readonly byMethod: readonly RequestCount[];
  readonly refused: readonly Refusal[];
  readonly violations: readonly ViolationCount[];
  readonly slowest: readonly SlowRequest[];
  /** The story, in words. */
  readonly story: readonly string[];
}

export interface Report {
  /** Every answer, also those asked for again. */
  count(answer: WireAnswer): void;
  /** A final answer with what was expected and what was wrong with it. */
  judge(answer: WireAnswer, expectation: Expectation, violations: readonly Violation[]): void;
  /** A fault that only shows across several answers. */
  accuse(violation: Violation): void;
  add(tally: Tally, by?: number): void;
  tell(words: string): void;
  readonly totals: Readonly<Record<Tally | 'requests' | 'errors', number>>;
  readonly violationCount: number;
  document(complete: boolean): ReportDocument;
}

export interface ReportParts {
  readonly client: string;
  readonly scimUrl: string;
  readonly seed: number;
  readonly now: () => number;
}

const KEPT_SLOWEST = 5;
/** Different refusals and violations kept; more of known ones are only counted. */
const KEPT_KINDS = 100;

export function createReport(parts: ReportParts): Report {
  const startedAt = parts.now();
  const totals = { users: 0, groups: 0, memberships: 0, events: 0, requests: 0, errors: 0 };
  const byMethod = createCounter<Omit<RequestCount, 'count'>>(Number.POSITIVE_INFINITY);
  const refused = createCounter<Omit<Refusal, 'count'>>(KEPT_KINDS);
  const violations = createCounter<Omit<ViolationCount, 'count'>>(KEPT_KINDS);
  const story: string[] = [];
  let slowest: SlowRequest[] = [];
  let waits = 0;
  const accuse = (violation: Violation, method: string, path: string) => {
    totals.errors += 1;
    violations.add(`${violation.rule} ${method} ${toTemplate(path)}`, { ...violation, method, path });
  };
  return {
    count: (answer) => {
      const { request, status, durationMs } = answer;
      const line = { method: request.method, resource: toTemplate(request.path), status };
      totals.requests += 1;
      if (status === 429) waits += 1;
      byMethod.add(`${line.resource} ${line.method} ${status}`, line);
      if (slowest.length < KEPT_SLOWEST || durationMs > (slowest.at(-1)?.durationMs ?? 0))
        slowest = [...slowest, { method: request.method, path: request.path, status, durationMs }]
          .sort((a, b) => b.durationMs - a.durationMs)
          .slice(0, KEPT_SLOWEST);
    },
    judge: (answer, expectation, found) => {
      const { method, path } = answer.request;
      if (answer.status >= 400) {
        const refusal = toRefusal(answer, expectation);
        refused.add(`${method} ${toTemplate(path)} ${answer.status} ${refusal.scimType} ${refusal.onPurpose}`, refusal);
      }
      for (const violation of found) accuse(violation, method, path);
    },
    accuse: (violation) => accuse(violation, '', ''),
    add: (tally, by = 1) => {
      totals[tally] += by;
    },
    tell: (words) => {
      story.push(words);
      totals.events += 1;
    },
    totals,
    get violationCount() {
      return totals.errors;
    },
    document: (complete) => {
      const seconds = Math.max(0.001, (parts.now() - startedAt) / 1000);
      const { users, groups, memberships, requests } = totals;
      return {
        client: parts.client,
        scimUrl: parts.scimUrl,
        seed: parts.seed,
        complete,
        seconds: round(seconds),
        users,
        groups,
        memberships,
        requests,
        requestsPerSecond: round(requests / seconds),
        waits,
        byMethod: byMethod.list(),
        refused: refused.list(),
        violations: violations.list(),
        slowest: slowest.map((slow) => ({ ...slow, durationMs: round(slow.durationMs) })),
        story,
      };
    },
  };
}

function toRefusal({ request, status, body, ...rest }: WireAnswer, expectation: Expectation): Omit<Refusal, 'count'> {
  return {
    method: request.method,
    path: request.path,
    status,
    scimType: isJsonObject(body) && typeof body.scimType === 'string' ? body.scimType : null,
    detail: toDetail({ request, status, body, ...rest }),
    onPurpose: expectation.kind === 'refused',
  };
}

interface Counter<T> {
  add(key: string, example: T): void;
  list(): readonly (T & { readonly count: number })[];
}

function createCounter<T extends object>(limit: number): Counter<T> {
  const counts = new Map<string, { example: T; count: number }>();
  return {
    add: (key, example) => {
      const known = counts.get(key);
      if (known !== undefined) known.count += 1;
      else if (counts.size < limit) counts.set(key, { example, count: 1 });
    },
    list: () =>
      [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { example, count }]) => ({ ...example, count })),
  };
}

function toTemplate(path: string): string {
  const [pathname = ''] = path.split('?');
  return pathname.replace(/^(\/[^/]+)\/.+$/, '$1/{id}');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The report for people. */
export function toText(report: ReportDocument): string {
  const { client, users, groups, memberships, requests, seconds, requestsPerSecond, waits } = report;
  const waited = waits === 0 ? '' : ` Told to wait (429) ${waits} times.`;
  const stopped = report.complete ? '' : 'Stopped before it was through. ';
  const parts = [
    `${client}: ${stopped}${users} users, ${groups} groups, ${memberships} memberships in ${seconds} s; ${requests} requests, ${requestsPerSecond} a second.${waited}`,
    toTable(
      ['requests', 'method', 'resource', 'status'],
      report.byMethod.map((line) => [String(line.count), line.method, line.resource, toStatus(line.status)]),
      'No requests.',
    ),
  ];
  if (report.refused.length > 0) parts.push(toRefusedText(report.refused));
  parts.push(
    `Slowest:\n${report.slowest.map((slow) => `  ${slow.durationMs} ms  ${slow.method} ${slow.path} ${toStatus(slow.status)}`).join('\n')}`,
  );
  if (report.violations.length > 0) parts.push(toViolationText(report));
  else parts.push(`Nothing came back that ${client} would stop on.`);
  return parts.join('\n\n');
}

function toRefusedText(refused: readonly Refusal[]): string {
  const lines = refused.map(
    ({ count, status, scimType, method, path, detail, onPurpose }) =>
      `  ${count} x ${status}${scimType === null ? '' : ` ${scimType}`}  ${method} ${path}${onPurpose ? '  (a mistake made on purpose)' : ''}\n      ${detail}`,
  );
  return `Refused:\n${lines.join('\n')}`;
}

function toViolationText({ client, violations }: ReportDocument): string {
  const lines = violations.map(({ count, rule, method, path, detail }) =>
    `  ${count} x ${rule}  ${method} ${path}`.trimEnd().concat(`\n      ${detail}`),
  );
  return `What ${client} would stop on:\n${lines.join('\n')}`;
}

function toStatus(status: number): string {
  return status === 0 ? 'no answer' : String(status);
}
