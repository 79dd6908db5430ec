/** What `target <verb>` does, over the core. */
import { findOrganization } from '../directory/connections/organizations.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { actorOf, operatorOf, type Principal } from '../directory/principal.ts';
import { runWork, type Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import { replayEvents, retryParked } from '../targets/again.ts';
import type { TestReport } from '../targets/contract.ts';
import { type Drift, findDrift } from '../targets/drift.ts';
import { dryRun } from '../targets/dry-run.ts';
import type { TargetParts } from '../targets/parts.ts';
import type { DryRun, DryRunQuery } from '../targets/planned.ts';
import { repairDrift } from '../targets/repair.ts';
import {
  type DeadLetter,
  deadLettersOf,
  listTargets,
  type ParkedSubject,
  parkedOf,
  pushesOf,
  statusOf,
  type TargetStatus,
} from '../targets/status.ts';
import type { PushRecord } from '../targets/store.ts';
import type { Target } from '../targets/target.ts';
import {
  changeTarget,
  createTarget,
  findTarget,
  type MadeTarget,
  type NewTarget,
  removeTarget,
  rotateSigningSecret,
  setTargetState,
} from '../targets/targets.ts';
import { testTarget } from '../targets/testing.ts';

/** A target as typed: id or name, in an organization. */
export interface TargetRef {
  readonly organization: string;
  readonly target: string;
}

export interface TargetDetails {
  readonly status: TargetStatus;
  readonly parked: readonly ParkedSubject[];
  /** Events of a webhook that were given up. */
  readonly dead: readonly DeadLetter[];
  readonly pushes: readonly PushRecord[];
}

export interface TargetServices {
  add(organization: string, input: NewTarget): Promise<MadeTarget>;
  list(organization: string): Promise<readonly TargetStatus[]>;
  show(ref: TargetRef): Promise<TargetDetails>;
  change(
    ref: TargetRef,
    given: {
      readonly settings: Readonly<Record<string, unknown>>;
      readonly secrets: Readonly<Record<string, unknown>>;
    },
  ): Promise<Target>;
  setState(ref: TargetRef, state: Target['state']): Promise<Target>;
  remove(ref: TargetRef): Promise<Target>;
  test(ref: TargetRef): Promise<TestReport>;
  dryRun(ref: TargetRef, query: DryRunQuery): Promise<DryRun>;
  drift(ref: TargetRef): Promise<Drift>;
  /** Repairs those of the drift that are named, or all of it; says how many. */
  repair(ref: TargetRef, drift: Drift, ids: readonly string[] | 'all'): Promise<number>;
  retry(ref: TargetRef, subject: string | null): Promise<number>;
  /** A new signing secret, shown once. */
  rotateSecret(ref: TargetRef, options: { readonly graceMs: number }): Promise<string>;
  replay(ref: TargetRef, position: number): Promise<void>;
}

const SHOWN = 50;

export function createTargetServices(directory: DirectoryParts, open: () => Promise<TargetParts>): TargetServices {
  const never = new AbortController().signal;
  let opened: Promise<TargetParts> | undefined;
  const parts = () => {
    opened ??= open();
    return opened;
  };

  async function place({ organization, target }: TargetRef) {
    const operator = operatorOf((await findOrganization(directory, organization)).id);
    return { parts: await parts(), operator, found: await findTarget(await parts(), operator, target) };
  }

  async function placeWithState(ref: TargetRef) {
    const at = await place(ref);
    if (at.found.kind !== 'webhook') return at;
    throw new AppError('not_implemented', 'A webhook holds nothing to compare; target replay sends its events again.');
  }

  function run<T>(operator: Principal, work: (work: Work) => Promise<T>): Promise<T> {
    const context = { organizationId: operator.organizationId, actor: actorOf(operator), exchangeId: null };
    return runWork(directory, context, work);
  }

  return {
    async add(organization, input) {
      const operator = operatorOf((await findOrganization(directory, organization)).id);
      const given = await parts();
      return run(operator, (work) => createTarget(given, work, operator, input));
    },
    async list(organization) {
      return listTargets(await parts(), operatorOf((await findOrganization(directory, organization)).id));
    },
    async show(ref) {
      const at = await place(ref);
      return {
        status: await statusOf(at.parts, at.found),
        parked: await parkedOf(at.parts, at.operator, at.found, { after: '', limit: SHOWN }),
        dead: await deadLettersOf(at.parts, at.operator, at.found, { after: 0, limit: SHOWN }),
        pushes: await pushesOf(at.parts, at.operator, at.found, { beforeId: null, limit: SHOWN }),
      };
    },
    async change(ref, given) {
      const at = await place(ref);
      return run(at.operator, (work) => changeTarget(at.parts, work, at.operator, at.found, given));
    },
    async setState(ref, state) {
      const at = await place(ref);
      return run(at.operator, (work) => setTargetState(at.parts, work, at.operator, at.found, state));
    },
    async remove(ref) {
      const at = await place(ref);
      await run(at.operator, (work) => removeTarget(at.parts, work, at.operator, at.found));
      return at.found;
    },
    async test(ref) {
      const at = await place(ref);
      return testTarget(at.parts, at.operator, at.found, never);
    },
    async dryRun(ref, query) {
      const at = await place(ref);
      return dryRun(at.parts, at.operator, at.found, query, never);
    },
    async drift(ref) {
      const at = await placeWithState(ref);
      return findDrift(at.parts, at.operator, at.found, never);
    },
    async repair(ref, { differences }, ids) {
      const at = await place(ref);
      const chosen = differences.filter(({ id }) => ids === 'all' || ids.includes(id));
      return run(at.operator, (work) => repairDrift(at.parts, work, at.operator, at.found, chosen));
    },
    async retry(ref, subject) {
      const at = await place(ref);
      return run(at.operator, (work) => retryParked(at.parts, work, at.operator, at.found, subject));
    },
    async rotateSecret(ref, options) {
      const at = await place(ref);
      return run(at.operator, (work) => rotateSigningSecret(at.parts, work, at.operator, at.found, options));
    },
    async replay(ref, position) {
      const at = await place(ref);
      await run(at.operator, (work) => replayEvents(at.parts, work, at.operator, at.found, position));
    },
  };
}
