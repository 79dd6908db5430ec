/** At a start SEATS may be lower than before. Where that leaves no seat, admins are told, and the log. */
import { countSeats, noticeLimit, tellFull } from '../directory/people/seats.ts';
import { runWork } from '../directory/work.ts';
import type { Logger } from '../ops/log.ts';
import type { Core } from './core.ts';

const ACTOR = { kind: 'system', id: null, name: 'start' } as const;

export async function noticeSeatLimit({ directory, store }: Core, log: Logger): Promise<void> {
  if (directory.seats === null) return;
  for (const { id, name } of await store.organizations.list(store.reader)) {
    const context = { organizationId: id, actor: ACTOR, exchangeId: null };
    await runWork(directory, context, (work) => noticeLimit(directory, work));
    const full = tellFull(await countSeats(directory, store.reader, id));
    if (full !== undefined) log.warn({ organization: name }, full);
  }
}
