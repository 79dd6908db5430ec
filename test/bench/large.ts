/** A large directory: the cost of adding one member to groups of growing size, and the memory that the server takes. */
import type { ServerProcess } from './process.ts';
import { median, tableHead, tableRow } from './report.ts';
import { createUsers, send } from './seed.ts';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const SIZES = [10, 1000, 20_000, 100_000];
const WARM_UP = 50;
const SAMPLES = 400;

async function makeGroup(server: ServerProcess, name: string, ids: readonly string[]): Promise<string> {
  const { id } = (await send(server, 'POST', '/Groups', { schemas: [GROUP], displayName: name })) as { id: string };
  for (let start = 0; start < ids.length; start += 1000) {
    const value = ids.slice(start, start + 1000).map((member) => ({ value: member }));
    await send(server, 'PATCH', `/Groups/${id}`, {
      schemas: [PATCH],
      Operations: [{ op: 'add', path: 'members', value }],
    });
  }
  return id;
}

/** Milliseconds of adding one member, who is taken out again. */
async function addOne(server: ServerProcess, groupId: string, userId: string): Promise<number> {
  const add = { schemas: [PATCH], Operations: [{ op: 'add', path: 'members', value: [{ value: userId }] }] };
  const remove = { schemas: [PATCH], Operations: [{ op: 'remove', path: `members[value eq "${userId}"]` }] };
  const start = performance.now();
  await send(server, 'PATCH', `/Groups/${groupId}`, add);
  const took = performance.now() - start;
  await send(server, 'PATCH', `/Groups/${groupId}`, remove);
  return took;
}

/** The groups take turns, so that what disturbs one disturbs all, and each is as warm as the others. */
async function compareSizes(
  server: ServerProcess,
  groups: readonly { readonly size: number; readonly id: string }[],
  userId: string,
): Promise<void> {
  const times = new Map(groups.map(({ size }) => [size, [] as number[]]));
  for (let sample = 0; sample < WARM_UP + SAMPLES; sample += 1) {
    for (const { size, id } of groups) {
      const took = await addOne(server, id, userId);
      if (sample >= WARM_UP) times.get(size)?.push(took);
    }
  }
  console.log(`\n${tableHead('members of the group', 'one more, ms', 'ratio to the smallest', 'wanted')}`);
  const smallest = median(times.get(groups[0]?.size ?? 0) ?? []);
  for (const [size, taken] of times) {
    const cost = median(taken);
    console.log(tableRow(size.toLocaleString('en'), cost.toFixed(2), (cost / smallest).toFixed(2), 'at most 1.5'));
  }
}

export async function measureLarge(
  server: ServerProcess,
  { users: count, memberships }: { readonly users: number; readonly memberships: number },
): Promise<void> {
  console.log(`\nMaking ${count.toLocaleString('en')} users and ${memberships.toLocaleString('en')} memberships ...`);
  const users = await createUsers(server, count + 1, 'member');
  const ids = users.map((user) => user.id);
  const extra = ids.pop() ?? '';
  const afterUsers = await server.residentMegabytes();
  const groups: { size: number; id: string }[] = [];
  let made = 0;
  for (const size of SIZES.filter((wanted) => wanted <= count)) {
    groups.push({ size, id: await makeGroup(server, `size-${size}`, ids.slice(0, size)) });
    made += size;
  }
  await compareSizes(server, groups, extra);
  for (let index = 0; made < memberships; index += 1) {
    await makeGroup(server, `large-${index}`, ids);
    made += ids.length;
  }
  const resident = await server.residentMegabytes();
  console.log(
    `\nMemory: ${afterUsers.toFixed(0)} MB resident after making ${count.toLocaleString('en')} users, ${resident.toFixed(0)} MB`,
  );
  console.log(`with ${made.toLocaleString('en')} memberships as well (wanted: below 250 MB).`);
}
