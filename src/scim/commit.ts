/**
 * Runs a write: one transaction with the change, its log and its exchange; acknowledged when it is on disk.
 */
import type { Context } from '../directory/actor.ts';
import { beginWork, finishWork, type Work } from '../directory/work.ts';
import type { NewChange } from '../synclog/change.ts';
import type { Exchange } from '../synclog/exchange.ts';
import type { Answer } from './answer.ts';
import type { ScimParts } from './parts.ts';
import type { ScimRequest } from './scim-request.ts';

export interface Committed {
  readonly answer: Answer;
  readonly changes: readonly NewChange[];
}

/** Makes the exchange's record from the answer, at the moment when it is ready. */
export type MakeRecord = (answer: Answer, changes: readonly NewChange[]) => Exchange;

/**
 * @param makeRecord undefined inside a bulk request, which is recorded as one exchange
 * @throws whatever the use-case refuses with; nothing is kept then
 */
export async function commit(
  parts: ScimParts,
  request: ScimRequest,
  makeRecord: MakeRecord | undefined,
  run: (work: Work) => Promise<Answer>,
): Promise<Committed> {
  const { directory } = parts;
  const { connection } = request;
  const actor = { kind: 'connection', id: connection.id, name: connection.name } as const;
  const context: Context = { organizationId: connection.organizationId, actor, exchangeId: request.id };
  const repairsBefore = request.repairs.length;
  return directory.store.write(async (db) => {
    // A retry of the transaction starts with the same request.
    request.repairs.length = repairsBefore;
    const work = beginWork(db, context, connection.id, directory.now());
    const answer = await run(work);
    await finishWork(directory, work);
    if (work.changes.length > 0 && makeRecord !== undefined) {
      await directory.store.exchanges.insert(db, [makeRecord(answer, work.changes)]);
    }
    return { answer, changes: work.changes };
  });
}
