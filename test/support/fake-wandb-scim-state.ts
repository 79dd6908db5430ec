/** What the stand-in for W&B keeps (see fake-wandb-scim.ts). */

export interface WandbPerson {
  readonly id: string;
  userName: string;
  displayName: string;
  email: string | null;
  active: boolean;
  organizationRole: string;
  modelsSeat: string;
  weaveRole: string;
  readonly accountType: string;
  readonly defaultTeam?: string;
  /** Team name -> role. */
  readonly teamRoles: Map<string, string>;
  version: number;
}

export interface WandbTeam {
  readonly id: string;
  readonly name: string;
  readonly members: Set<string>;
  readonly storageBucket: unknown;
}

export interface WandbRole {
  readonly id: string;
  name: string;
  description: string;
  permissions: string[];
  inheritedFrom: string;
}

export interface FakeState {
  readonly shape: 'old' | 'new';
  readonly listMax: number;
  seats: number;
  readonly users: Map<string, WandbPerson>;
  readonly teams: Map<string, WandbTeam>;
  readonly roles: Map<string, WandbRole>;
  /** `remove` on a bare `members`: empties the team. Nobody should send that. */
  bareRemovals: number;
  deletions: number;
  newId(kind: string): string;
}

/** An answer that is a refusal. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function newFakeState(options: { shape?: 'old' | 'new'; seats?: number; listMax?: number }): FakeState {
  let serial = 0;
  return {
    shape: options.shape ?? 'new',
    listMax: options.listMax ?? 9999,
    seats: options.seats ?? Number.POSITIVE_INFINITY,
    users: new Map(),
    teams: new Map(),
    roles: new Map(),
    bareRemovals: 0,
    deletions: 0,
    // As GraphQL ids look: base64 of `User:1`.
    newId: (kind) => Buffer.from(`${kind}:${++serial}`).toString('base64'),
  };
}

/** Seats are of active people only: what a deactivated one holds is not documented. */
export function takeModelsSeat(state: FakeState, person: Pick<WandbPerson, 'id'>): void {
  const taken = [...state.users.values()].filter(
    (other) => other.id !== person.id && other.active && other.modelsSeat === 'full' && other.accountType === 'USER',
  );
  // The text is documented; the status is not, so it is the one of a request that cannot be fulfilled as asked.
  if (taken.length >= state.seats) throw new Refusal(400, 'Seat limit reached');
}

/** A list as W&B gives it: one page of at most 9999, whatever is asked for. */
export function toList(state: FakeState, resources: readonly unknown[]): unknown {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    Resources: resources.slice(0, state.listMax),
    itemsPerPage: 9999,
    startIndex: 1,
    totalResults: resources.length,
  };
}

/** `name eq "value"` and nothing else. */
export function readFilter(
  filter: string | null,
  names: readonly string[],
): { name: string; value: string } | undefined {
  if (filter === null) return undefined;
  const match = /^([\w.]+) eq ("(?:[^"\\]|\\.)*")$/.exec(filter);
  if (match === null || !names.includes(match[1] ?? '')) throw new Refusal(400, `unsupported filter: ${filter}`);
  return { name: match[1] ?? '', value: JSON.parse(match[2] ?? '""') };
}

export function operationsOf(body: { Operations?: unknown } | undefined): readonly {
  op: string;
  path?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a client may send anything
  value?: any;
}[] {
  if (!Array.isArray(body?.Operations)) throw new Refusal(400, 'Operations is missing');
  return body.Operations.map((operation) => ({ ...operation, op: String(operation.op).toLowerCase() }));
}
