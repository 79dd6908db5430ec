/** The cost of adding one member to groups of growing size, and the memory that a large directory takes. */
import type { ServerProcess } from './process.ts';
import { createUsers, send } from './seed.ts';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const SAMPLES = 300;

export interface MembershipPlan {
  /** Members of the largest group: so many users are made. */
  readonly largest: number;
  /** How many groups of the largest size are filled, for the memory. */
  readonly groups: number;
}

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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Median milliseconds of adding one member; each sample is taken out again. */
async function costOfOne(server: ServerProcess, groupId: string, userId: string): Promise<number> {
  const add = { schemas: [PATCH], Operations: [{ op: 'add', path: 'members', value: [{ value: userId }] }] };
  const remove = { schemas: [PATCH], Operations: [{ op: 'remove', path: `members[value eq "${userId}"]` }] };
  const times: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const start = performance.now();
    await send(server, 'PATCH', `/Groups/${groupId}`, add);
    times.push(performance.now() - start);
    await send(server, 'PATCH', `/Groups/${groupId}`, remove);
  }
  return median(times);
}

export async function measureMembership(
  server: ServerProcess,
  { largest, groups }: MembershipPlan,
  residentMegabytes: (server: ServerProcess) => Promise<number>,
): Promise<string> {
  const users = await createUsers(server, largest + 1, 'member');
  const ids = users.map((user) => user.id);
  const extra = ids.pop() ?? '';
  const sizes = [10, 1000, 20_000, 100_000].filter((size) => size <= largest);
  console.log('\n| members of the group | one more, ms | ratio to the smallest | wanted |\n|---|---|---|---|');
  let smallest = Number.NaN;
  for (const size of sizes) {
    const groupId = await makeGroup(server, `size-${size}`, ids.slice(0, size));
    const cost = await costOfOne(server, groupId, extra);
    if (size === sizes[0]) smallest = cost;
    console.log(`| ${size.toLocaleString('en')} | ${cost.toFixed(2)} | ${(cost / smallest).toFixed(2)} | 1.5 |`);
  }
  for (let index = 1; index < groups; index += 1) await makeGroup(server, `large-${index}`, ids);
  const megabytes = await residentMegabytes(server);
  const memberships = sizes.reduce((sum, size) => sum + size, 0) + (groups - 1) * largest;
  return `${megabytes.toFixed(0)} MB with ${(largest + 20_001).toLocaleString('en')} users or more and ${memberships.toLocaleString('en')} memberships (wanted: below 250 MB)`;
}
