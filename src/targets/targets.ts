/**
 * Targets as admins manage them: add, change, pause, resume, remove, rotate secrets.
 *
 * Owns: the rules of these use-cases. Does not own: what a target is told to do (runner.ts). Called by the API, the
 * console and the command line.
 */
import { authorize } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import type { Work } from '../directory/work.ts';
import { AppError, isAppError } from '../errors.ts';
import type { ChangeKind } from '../synclog/change.ts';
import { openSecrets, secretLabel } from './open.ts';
import type { TargetParts } from './parts.ts';
import { type CheckedSettings, targetTypeOf } from './registry.ts';
import { queueOf, type Target, type TargetKind } from './target.ts';
import { newSigningSecret, rotateSigning, type WebhookSecrets, webhookSecrets } from './webhook/settings.ts';

export interface NewTarget {
  readonly kind: TargetKind;
  readonly name: string;
  readonly settings: unknown;
  readonly secrets: unknown;
  /** `paused`: nothing is pushed until it is resumed. Default: active. */
  readonly state?: Target['state'];
}

export interface MadeTarget {
  readonly target: Target;
  /** Shown once: what a webhook's receiver checks signatures with. */
  readonly signingSecret: string | null;
}

/** @throws AppError `invalid_value`, `uniqueness`, `forbidden` */
export async function createTarget(
  parts: TargetParts,
  work: Work,
  principal: Principal,
  input: NewTarget,
): Promise<MadeTarget> {
  authorize(principal, 'targets.change');
  const { store, box, newId } = parts;
  const { organizationId } = principal;
  const name = toName(input.name);
  const checked = targetTypeOf(input.kind).check(input.settings, input.secrets);
  if ((await store.targets.find(work.db, organizationId, name)) !== undefined) {
    throw new AppError('uniqueness', `There is a target named "${name}" already.`);
  }
  const id = newId();
  const target: Target = {
    ...{ id, organizationId, kind: input.kind, name, stateReason: null, settings: checked.settings },
    state: input.state ?? 'active',
    sealed: box.seal(secretLabel(id), JSON.stringify(checked.secrets)),
    // Whatever is not committed by now is read later, and everything else is loaded: some of it twice, which does no harm.
    cursor: await store.changeFeed.head(),
    ...{ loadedUpTo: '', createdAt: work.at, updatedAt: work.at },
  };
  await store.targets.insert(work.db, target);
  record(work, 'target.created', target);
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
 * New settings, and new secrets where some are given; what is not given stays, but no secret goes along to another host:
 * else whoever may change a target could read them there. Whatever was pushed is looked at again.
 * @throws AppError `invalid_value`; `conflict` when the secrets do not open any more and none are given
 */
export async function changeTarget(
  parts: TargetParts,
  work: Work,
  principal: Principal,
  target: Target,
  given: { readonly settings: Readonly<Record<string, unknown>>; readonly secrets?: Readonly<Record<string, unknown>> },
): Promise<Target> {
  authorize(principal, 'targets.change');
  const { store } = parts;
  const checked = checkChange(parts, target, given);
  const changed: Target = {
    ...target,
    settings: checked.settings,
    sealed: parts.box.seal(secretLabel(target.id), JSON.stringify(checked.secrets)),
    loadedUpTo: '',
    updatedAt: Math.max(work.at, target.updatedAt + 1),
  };
  await store.targets.setSettings(work.db, target.id, changed.settings, changed.sealed, changed.updatedAt);
  await store.targets.setLoadedUpTo(work.db, target.id, '');
  await store.targetFailures.clear(work.db, target.id);
  record(work, 'target.changed', changed);
  return changed;
}

function checkChange(
  parts: TargetParts,
  target: Target,
  given: { readonly settings: Readonly<Record<string, unknown>>; readonly secrets?: Readonly<Record<string, unknown>> },
): CheckedSettings {
  const type = targetTypeOf(target.kind);
  // A setting of another version does not stand in the way of changing the others.
  const known = Object.entries(target.settings).filter(([name]) => type.settingNames.includes(name));
  const settings = { ...Object.fromEntries(known), ...given.settings };
  const before = hostsIn(target.settings, type.secretsGoTo);
  const elsewhere = hostsIn(settings, type.secretsGoTo).filter((host) => !before.includes(host));
  if (elsewhere.length === 0) return type.check(settings, changedSecrets(parts, target, given.secrets));
  try {
    return type.check(settings, given.secrets);
  } catch (error) {
    if (!isAppError(error, 'invalid_value')) throw error;
    const text = `${error.message} Secrets do not go along to ${elsewhere.join(', ')}: give them anew.`;
    throw new AppError('invalid_value', text, { cause: error });
  }
}

/** Those that do not open any more are left behind once others are given. */
function changedSecrets(
  parts: TargetParts,
  target: Target,
  given: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  try {
    return { ...openSecrets(parts, target), ...given };
  } catch (error) {
    if (!isAppError(error, 'conflict') || Object.keys(given).length === 0) throw error;
    return given;
  }
}

/** With scheme and port: in the clear, or at another port, is elsewhere. */
function hostsIn(settings: Readonly<Record<string, unknown>>, names: readonly string[]): readonly string[] {
  const addresses = names.map((name) => String(settings[name] ?? '')).filter((text) => text !== '');
  return addresses.map((text) => (URL.canParse(text) ? new URL(text).origin : text));
}

/** Pausing keeps what became due; resuming goes on from there. */
export async function setTargetState(
  parts: TargetParts,
  work: Work,
  principal: Principal,
  target: Target,
  state: Target['state'],
): Promise<Target> {
  authorize(principal, 'targets.change');
  return target.state === state ? target : writeState(parts, work, target, { state, stateReason: null });
}

/** The target wants to hear nothing more. Adds nothing when somebody paused or changed it since it was asked. */
export async function pauseClosedTarget(
  parts: TargetParts,
  work: Work,
  target: Target,
  stateReason: string,
): Promise<void> {
  const current = await parts.store.targets.findById(work.db, target.id);
  if (current?.state !== 'active' || current.updatedAt !== target.updatedAt) return;
  await writeState(parts, work, current, { state: 'paused', stateReason });
}

async function writeState(
  { store }: TargetParts,
  work: Work,
  target: Target,
  state: Pick<Target, 'state' | 'stateReason'>,
): Promise<Target> {
  const changed: Target = { ...target, ...state, updatedAt: Math.max(work.at, target.updatedAt + 1) };
  await store.targets.setState(work.db, target.id, state, changed.updatedAt);
  await store.targetFailures.clear(work.db, target.id);
  record(work, state.state === 'paused' ? 'target.paused' : 'target.resumed', changed);
  return changed;
}

/** Everything that is remembered goes along; over there nothing is touched. */
export async function removeTarget(
  { store }: TargetParts,
  work: Work,
  principal: Principal,
  target: Target,
): Promise<void> {
  authorize(principal, 'targets.change');
  await store.jobs.cancelAll(work.db, queueOf(target.id));
  await store.targets.delete(work.db, target.id);
  record(work, 'target.removed', target);
}

/**
 * A new signing secret for a webhook; the one before signs along for `graceMs`.
 * @throws AppError `not_implemented` for other kinds
 */
export async function rotateSigningSecret(
  parts: TargetParts,
  work: Work,
  principal: Principal,
  target: Target,
  { graceMs }: { readonly graceMs: number },
): Promise<string> {
  authorize(principal, 'targets.change');
  if (target.kind !== 'webhook') throw new AppError('not_implemented', 'Only webhooks have a signing secret.');
  const secret = newSigningSecret();
  const rotated = rotateSigning(signingOf(parts, target), secret, work.at + graceMs, work.at);
  const sealed = parts.box.seal(secretLabel(target.id), JSON.stringify(rotated));
  const updatedAt = Math.max(work.at, target.updatedAt + 1);
  await parts.store.targets.setSettings(work.db, target.id, target.settings, sealed, updatedAt);
  record(work, 'target.secret_rotated', target);
  return secret;
}

/** None, where those that there were do not open any more. */
function signingOf(parts: TargetParts, target: Target): WebhookSecrets {
  try {
    return webhookSecrets.parse(openSecrets(parts, target));
  } catch (error) {
    if (isAppError(error, 'conflict')) return { signing: [] };
    throw error;
  }
}

/** On record with its settings; secrets are never told. */
export function record(
  work: Work,
  kind: ChangeKind,
  target: Target,
  after: Readonly<Record<string, unknown>> = { kind: target.kind, settings: withoutQueries(target.settings) },
): void {
  work.changes.push({ kind, subject: { type: 'target', id: target.id, name: target.name }, after });
}

/** A receiver may know who sends by a token in the query: neither the log nor other webhooks are told. */
function withoutQueries(settings: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const shown = (value: unknown): unknown =>
    typeof value === 'string' && URL.canParse(value) ? value.replace(/\?.*$/s, '?...') : value;
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, shown(value)]));
}
