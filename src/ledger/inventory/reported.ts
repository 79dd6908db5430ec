/**
 * Inventories that the tracker, or a script, tells by itself: over the JSON API or as CSV. Nobody is asked, so there is no
 * job: what is told is recorded at once, and told again it is compared with the first.
 */
import { parse } from 'csv-parse/sync';
import { AppError } from '../../errors.ts';
import type { ProjectRuns } from './contract.ts';

export interface ReportedInventory {
  /** Id, user name, e-mail address or externalId of somebody who was removed. */
  readonly user: string;
  readonly projects: readonly ProjectRuns[];
}

/**
 * Reads CSV with a header line: `user`, `project`, and either `run_id` (one line per run) or `runs` (a number); `team`,
 * `first_run_at` and `last_run_at` (ISO 8601), or `created_at` of a run, where known.
 * @throws AppError `invalid_value` naming the line
 */
export function parseInventoryCsv(text: string): readonly ReportedInventory[] {
  const people = new Map<string, Map<string, Collected>>();
  for (const [index, row] of readRows(text).entries()) {
    const line = index + 2;
    const user = required(row, 'user', line);
    const projects = people.get(user) ?? new Map<string, Collected>();
    people.set(user, projects);
    const key = JSON.stringify([row.team ?? '', required(row, 'project', line)]);
    projects.set(key, addLine(projects.get(key), row, line));
  }
  return [...people].map(([user, projects]) => ({ user, projects: [...projects.values()].map(toProject) }));
}

/** The lines of one project so far. */
interface Collected {
  readonly team: string | null;
  readonly project: string;
  /** A run that is named twice is one run; null where a line gave a number. */
  readonly runIds: Set<string> | null;
  readonly runs: number;
  readonly times: { first: number | null; last: number | null };
}

function addLine(known: Collected | undefined, row: Row, line: number): Collected {
  const { run_id: runId = '', team = '', project = '' } = row;
  const created = toTime(row, 'created_at', line);
  const first = toTime(row, 'first_run_at', line) ?? created;
  const last = toTime(row, 'last_run_at', line) ?? created;
  if (known === undefined) {
    const own = { team: team === '' ? null : team, project, times: { first, last } };
    return runId === ''
      ? { ...own, runIds: null, runs: toCount(row, line) }
      : { ...own, runIds: new Set([runId]), runs: 0 };
  }
  if (known.runIds === null || runId === '')
    throw new AppError('invalid_value', `Line ${line} tells of a project that an earlier line has told of already.`);
  known.runIds.add(runId);
  known.times.first = known.times.first === null ? first : Math.min(known.times.first, first ?? known.times.first);
  known.times.last = known.times.last === null ? last : Math.max(known.times.last, last ?? known.times.last);
  return known;
}

function toProject({ team, project, runIds, runs, times }: Collected): ProjectRuns {
  const ids = runIds === null ? null : [...runIds];
  return { team, project, runs: ids?.length ?? runs, runIds: ids, firstRunAt: times.first, lastRunAt: times.last };
}

function toCount(row: Row, line: number): number {
  const runs = required(row, 'runs', line);
  if (!/^\d{1,9}$/.test(runs)) throw new AppError('invalid_value', `Line ${line}: runs is not a whole number.`);
  return Number(runs);
}

type Row = Readonly<Record<string, string>>;

function readRows(text: string): readonly Row[] {
  try {
    const rows = parse(text, {
      columns: (names: string[]) => names.map(toName),
      bom: true,
      skip_empty_lines: true,
      trim: true,
    });
    return rows as unknown as readonly Row[];
  } catch (cause) {
    throw new AppError('invalid_value', `This is not CSV: ${(cause as Error).message}.`, { cause });
  }
}

function toName(heading: string): string {
  return heading.trim().toLowerCase().replaceAll(/[ -]/g, '_');
}

function required(row: Row, name: string, line: number): string {
  const value = row[name];
  if (value === undefined || value === '') throw new AppError('invalid_value', `Line ${line} has no ${name}.`);
  return value;
}

function toTime(row: Row, name: string, line: number): number | null {
  const value = row[name];
  if (value === undefined || value === '') return null;
  const at = Date.parse(value);
  if (Number.isNaN(at)) throw new AppError('invalid_value', `Line ${line}: ${name} is not a time.`);
  return at;
}
