/** A long chain, written straight into the database: what it takes to verify one is measured, not what it takes to write. */
import { sql } from 'kysely';
import { chainEntry, GENESIS_HASH, type LedgerEntry } from '../../src/ledger/entry.ts';
import type { Engine } from '../../src/store/engine.ts';

/** Rows in one statement: below every engine's limit of parameters. */
const CHUNK = 500;

function entryAt(organizationId: string, position: number, previousHash: string): LedgerEntry {
  const id = `01900000-0000-7000-8000-${position.toString(16).padStart(12, '0')}`;
  const teams = [{ id: `team-${position % 50}`, name: `team ${position % 50}`, role: 'member' }];
  return chainEntry(
    {
      ...{
        kind: 'removed',
        scope: 'organization',
        team: null,
        userId: `user-${position}`,
        cause: 'deleted',
        reason: null,
      },
      ...{
        actor: { kind: 'connection', id: 'connection-1', name: 'Okta' },
        held: { organizationRole: 'member', teams },
      },
      person: {
        ...{ userName: `person.${position}@long.example`, name: `Person ${position}`, externalId: `${position}` },
        email: `person.${position}@long.example`,
      },
    },
    { organizationId, position, previousHash, id, removalId: id, at: 1_700_000_000_000 + position, exchangeId: null },
  );
}

export async function fillLedger(engine: Engine, organizationId: string, count: number): Promise<void> {
  let previousHash = GENESIS_HASH;
  for (let start = 1; start <= count; start += CHUNK) {
    const entries: LedgerEntry[] = [];
    for (let position = start; position < Math.min(start + CHUNK, count + 1); position += 1) {
      const entry = entryAt(organizationId, position, previousHash);
      previousHash = entry.hash;
      entries.push(entry);
    }
    const rows = entries.map(
      (e) => sql`(${e.organizationId}, ${e.position}, ${e.id}, ${e.hash}, ${e.previousHash}, ${e.kind}, ${e.scope},
        ${e.teamId}, ${e.userId}, ${e.removalId}, ${e.at}, ${e.content}, ${e.actor}, ${e.actorUserId}, ${e.personal},
        ${e.exchangeId})`,
    );
    const insert = sql`insert into ledger_entries (organization_id, position, id, hash, previous_hash, kind, scope, team_id,
      user_id, removal_id, at, content, actor, actor_user_id, personal, exchange_id) values ${sql.join(rows)}`;
    await engine.write((tx) => insert.execute(tx));
  }
}
