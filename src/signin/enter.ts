/**
 * From an identity to a session: just-in-time, the session and the record of it in one transaction. A deactivation at the
 * same moment waits for it and ends the session, or comes first and has it refused.
 */
import { openSession } from '../directory/entry/sessions.ts';
import { signIn } from '../directory/entry/sign-in.ts';
import { beginWork, finishWork } from '../directory/work.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Visitor } from '../web/visitor.ts';
import type { Identity } from './identity.ts';
import type { SignInEvent, SignInParts } from './parts.ts';
import { type Try, tellRefused, tellSignedIn } from './record.ts';
import type { RefusalCode } from './refusals.ts';

export type Entry =
  | { readonly kind: 'signed_in'; readonly token: string }
  | { readonly kind: 'refused'; readonly code: RefusalCode };

/** Ends the session that the browser had, in the transaction of the sign-in: no session outlives a change of person. */
export async function endFormer(
  { directory: { store } }: SignInParts,
  db: Handle,
  old: Visitor | undefined,
): Promise<void> {
  if (old !== undefined) await store.sessions.end(db, old.session.userId, old.session.id);
}

/** @param before secret of the session that the browser had: a sign-in ends it, so that no session outlives a change of person */
export async function enter(
  parts: SignInParts,
  one: Try,
  identity: Identity,
  before: string | undefined,
): Promise<Entry> {
  const { directory, limits } = parts;
  const { store } = directory;
  const organizationId = await parts.organization();
  const old = before === undefined ? undefined : await parts.sessions.find(before);
  // Whoever holds a mailbox was invited or is provisioned; an address alone makes nobody a member.
  const settings = identity.connector === 'email' ? { ...parts.settings, provision: false } : parts.settings;
  const actor = { kind: 'system', id: null, name: `sign-in with ${one.label}` } as const;
  const entry = await store.write(async (db): Promise<Entry & { readonly counted: SignInEvent['outcome'] }> => {
    const work = beginWork(db, { organizationId, actor, exchangeId: one.id }, null, directory.now());
    const outcome = await signIn(directory, work, identity, settings);
    if (outcome.kind === 'refused') {
      const { code, detail, user } = outcome;
      await store.exchanges.insert(db, [tellRefused(parts, one, organizationId, identity, { code, detail }, user)]);
      return { kind: 'refused', code, counted: 'refused' };
    }
    await endFormer(parts, db, old);
    const { token } = await openSession(directory, work, limits, outcome.user, {
      ...{ connector: identity.connector, issuer: identity.issuer },
      providerSession: identity.upstream?.sid ?? null,
      providerSubject: identity.subject,
      providerHint: identity.upstream?.hint ?? null,
      ...{ userAgent: one.userAgent, remoteAddress: one.remoteAddress },
    });
    await finishWork(directory, work);
    await store.exchanges.insert(db, [tellSignedIn(parts, one, identity, outcome, work.changes)]);
    return { kind: 'signed_in', token, counted: outcome.how === 'known' ? 'signed_in' : outcome.how };
  });
  // After the commit: the transaction may run again.
  parts.onSignIn({ connector: identity.connector, outcome: entry.counted });
  return entry;
}
