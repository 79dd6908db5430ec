/**
 * Targets as admins manage them: add, change, pause, resume, remove, rotate secrets.
 *
 * Owns: the rules of these use-cases. Does not own: what a target is told to do (runner.ts). Called by the API, the
 * console and the command line.
 */
import { authorize } from '../directory/policy.ts';
import { actorOf, type Principal } from '../directory/principal.ts';
import { runWork, type Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import type { ChangeKind } from '../synclog/change.ts';
import { openSecrets, secretLabel } from './open.ts';
import type { TargetParts } from './parts.ts';
import { type CheckedSettings, targetTypeOf } from './registry.ts';
import { queueOf, type Target, type TargetKind } from './target.ts';
import { newSigningSecret, rotateSigning, webhookSecrets } from './webhook/settings.ts';

export interface NewTarget {
  readonly kind: TargetKind;
  readonly name: string;
  readonly settings: unknown;
  readonly secrets: unknown;
}

export interface MadeTarget {
  readonly target: Target;
  /** Shown once: what a webhook's receiver checks signatures with. */
  readonly signingSecret: string | null;
}

/** @throws AppError `invalid_value`, `uniqueness`, `forbidden` */
export async function createTarget(parts: TargetParts, principal: Principal, input: NewTarget): Promise<MadeTarget> {
  authorize(principal, 'targets.change');
  const { store, box, newId } = parts;
  const name = toName(input.name);
  const type = targetTypeOf(input.kind);
  const checked = type.check(input.settings, input.secrets);
  const id = newId();
  const sealed = box.seal(secretLabel(id), JSON.stringify(checked.secrets));
  // Before the transaction: whatever changes meanwhile is loaded or read, or both.
  const cursor = await store.changeFeed.head();
  const target = await change(parts, principal, 'target.created', async (work) => {
    if ((await store.targets.find(work.db, principal.organizationId, name)) !== undefined) {
      throw new AppError('uniqueness', `There is a target named "${name}" already.`);
    }
    const times = { createdAt: work.at, updatedAt: work.at };
    const owner = { organizationId: principal.organizationId, kind: input.kind, name, state: 'active' } as const;
    const made: Target = { id, ...owner, settings: checked.settings, sealed, cursor, loadedUpTo: '', ...times };
    await store.targets.insert(work.db, made);
    return made;
  });
  return { target, signingSecret: signingSecretOf(input.kind, checked) };
}

function signingSecretOf(kind: TargetKind, { secrets }: CheckedSettings): string | null {
  return kind === 'webhook' ? (webhookSecrets.parse(secrets).signing[0]?.secret ?? null) : null;
}

function toName(given: string): string {
  const name = given.trim();
  if (name === '' || name.length > 100)
    throw new AppError('invalid_value', 'A target needs a name of 1 to 100 characters.');
  return name;
}

/** @throws AppError `not_found`, `forbidden` */
export async function findTarget({ store }: TargetParts, principal: Principal, idOrName: string): Promise<Target> {
  authorize(principal, 'targets.read');
  const found = await store.targets.find(store.reader, principal.organizationId, idOrName);
  if (found === undefined) throw new AppError('not_found', `There is no target "${idOrName}".`);
  return found;
}

/**
 * New settings, and new secrets where some are given; what is not given stays. Whatever was pushed is looked at again.
 * @throws AppError `invalid_value`
 */
export async function changeTarget(
  parts: TargetParts,
  principal: Principal,
  target: Target,
  given: { readonly settings: Readonly<Record<string, unknown>>; readonly secrets?: Readonly<Record<string, unknown>> },
): Promise<Target> {
  authorize(principal, 'targets.change');
  const secrets = { ...openSecrets(parts, target), ...given.secrets };
  const checked = targetTypeOf(target.kind).check({ ...target.settings, ...given.settings }, secrets);
  const sealed = parts.box.seal(secretLabel(target.id), JSON.stringify(checked.secrets));
  return change(parts, principal, 'target.changed', async (work) => {
    const updatedAt = Math.max(work.at, target.updatedAt + 1);
    await parts.store.targets.setSettings(work.db, target.id, checked.settings, sealed, updatedAt);
    await parts.store.targets.setLoadedUpTo(work.db, target.id, '');
    return { ...target, settings: checked.settings, sealed, updatedAt };
  });
}

/** Pausing keeps what became due; resuming goes on from there. */
export async function setTargetState(
  parts: TargetParts,
  principal: Principal,
  target: Target,
  state: Target['state'],
): Promise<Target> {
  authorize(principal, 'targets.change');
  if (target.state === state) return target;
  return change(parts, principal, state === 'paused' ? 'target.paused' : 'target.resumed', async (work) => {
    const updatedAt = Math.max(work.at, target.updatedAt + 1);
    await parts.store.targets.setState(work.db, target.id, state, updatedAt);
    return { ...target, state, updatedAt };
  });
}

/** Everything that is remembered goes along; over there nothing is touched. */
export async function removeTarget(parts: TargetParts, principal: Principal, target: Target): Promise<void> {
  authorize(principal, 'targets.change');
  await change(parts, principal, 'target.removed', async (work) => {
    await parts.store.jobs.cancelAll(work.db, queueOf(target.id));
    await parts.store.targets.delete(work.db, target.id);
    return target;
  });
}

/**
 * A new signing secret for a webhook; the one before signs along for `graceMs`.
 * @throws AppError `not_implemented` for other kinds
 */
export async function rotateSigningSecret(
  parts: TargetParts,
  principal: Principal,
  target: Target,
  { graceMs }: { readonly graceMs: number },
): Promise<string> {
  authorize(principal, 'targets.change');
  if (target.kind !== 'webhook') throw new AppError('not_implemented', 'Only webhooks have a signing secret.');
  const secret = newSigningSecret();
  await change(parts, principal, 'target.secret_rotated', async (work) => {
    const secrets = webhookSecrets.parse(openSecrets(parts, target));
    const rotated = rotateSigning(secrets, secret, work.at + graceMs, work.at);
    const sealed = parts.box.seal(secretLabel(target.id), JSON.stringify(rotated));
    const updatedAt = Math.max(work.at, target.updatedAt + 1);
    await parts.store.targets.setSettings(work.db, target.id, target.settings, sealed, updatedAt);
    return { ...target, sealed, updatedAt };
  });
  return secret;
}

/** One transaction with its change on record; settings are told, secrets never. */
export function change(
  parts: TargetParts,
  principal: Principal,
  kind: ChangeKind,
  run: (work: Work) => Promise<Target>,
  after?: Readonly<Record<string, unknown>>,
): Promise<Target> {
  const context = { organizationId: principal.organizationId, actor: actorOf(principal), exchangeId: null };
  return runWork(parts.directory, context, async (work) => {
    const target = await run(work);
    const subject = { type: 'target', id: target.id, name: target.name } as const;
    const told = after ?? { kind: target.kind, settings: target.settings };
    work.changes.push({ kind, subject, after: told });
    return target;
  });
}
