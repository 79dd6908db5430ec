/** Puts somebody into a team by hand, as an admin of the organization would. */
import { addMember } from '../../src/directory/teams/team-members.ts';
import { runWork } from '../../src/directory/work.ts';
import type { TestBridge } from './bridge.ts';

export async function putIntoTeam({ core }: TestBridge, userId: string, teamId: string, role: string): Promise<void> {
  const { directory, store } = core;
  const organizationId = (await store.organizations.find(store.reader, 'default'))?.id ?? '';
  const context = { organizationId, actor: { kind: 'cli', id: null, name: 'test' }, exchangeId: null } as const;
  await runWork(directory, context, async (work) => {
    const team = await store.teams.lock(work.db, organizationId, teamId);
    const [card] = await store.teamMembers.cards(work.db, organizationId, [userId]);
    if (team === undefined || card === undefined) throw new Error('there is no such team or person');
    await addMember(directory, work, team, card, { role, mayLetIn: false });
  });
}
