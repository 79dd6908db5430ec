/** Runs that are kept in a team for people who left, in SQL: from the last inventory of each removal that is open. */
import { sql } from 'kysely';
import type { KeptRuns, KeptRunsPort } from '../directory/teams/kept-runs.ts';
import type { RecordedProject } from '../ledger/inventory/recorded.ts';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';

/** Removals that are looked at, newest first: what a page can show. */
const REMOVALS_MAX = 500;

interface Row {
  readonly userId: string;
  readonly takenAt: number;
  /** Of the inventory. */
  readonly content: string;
  /** Of the removal: who it was. */
  readonly personal: string | null;
}

export function createKeptRuns({ json }: Engine): KeptRunsPort {
  return {
    async ofTeam(db, { id, name, organizationId }) {
      const held = json.contains(json.text(sql.ref('r.held_teams')), id);
      const statement = sql<Row>`select r.user_id as "userId", r.inventory_at as "takenAt", e.content, o.personal
        from ledger_removals as r join ledger_entries as e on e.id = r.inventory_entry_id
        join ledger_entries as o on o.id = r.id
        where r.organization_id = ${organizationId} and r.state = 'left' and (r.team_id = ${id} or ${held})
        order by r.id desc limit ${REMOVALS_MAX}`;
      const { rows } = await statement.execute(databaseOf(db));
      return newestFirst(rows).flatMap((row) => toKeptRuns(row, name));
    },
  };
}

/** Whoever left the team and then the organization has two inventories: the newer one says it. */
function newestFirst(rows: readonly Row[]): readonly Row[] {
  const byUser = Map.groupBy(rows, (row) => row.userId);
  return [...byUser.values()].map((own) => own.reduce((a, b) => (b.takenAt > a.takenAt ? b : a)));
}

function toKeptRuns({ userId, takenAt, content, personal }: Row, team: string): readonly KeptRuns[] {
  const { details } = JSON.parse(content) as { readonly details: { readonly projects?: readonly RecordedProject[] } };
  const person = nameIn(personal);
  return (details.projects ?? [])
    .filter((project) => project.team === team)
    .map(({ project, runs, firstRunAt, lastRunAt }) => ({
      ...{ userId, person, project, runs, takenAt },
      firstAt: firstRunAt === null ? null : Date.parse(firstRunAt),
      lastAt: lastRunAt === null ? null : Date.parse(lastRunAt),
    }));
}

/** The name at that time, or the pseudonym in its place. */
function nameIn(personal: string | null): string {
  const { name, pseudonym } = JSON.parse(personal ?? '{}') as { readonly name?: string; readonly pseudonym?: string };
  return name ?? pseudonym ?? 'somebody';
}
