import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/directory/entry/identity-link.ts';
import {
  LINK_WAYS,
  type LinkWay,
  matchIdentity,
  type VouchedIdentity,
} from '../../src/directory/entry/sign-in-match.ts';
import type { User } from '../../src/directory/people/user.ts';

const IDENTITY: VouchedIdentity = {
  ...{ connector: 'oidc', issuer: 'https://idp.example', subject: 's', userName: 'ada', email: 'Ada@Example.com' },
  ...{ emailVerified: true, name: 'Ada', groups: null, externalId: null },
};

type About = Pick<Candidate, 'hasLinks' | 'isAddressVouched'> & { readonly email: string; readonly deleted: boolean };

function candidate(id: string, about: Partial<User> & Partial<About> = {}): Candidate {
  const { email = null, deleted = false, hasLinks = false, isAddressVouched = false, ...user } = about;
  const base = { organizationId: 'o', connectionId: 'c', userName: id, externalId: null, displayName: null };
  const rest = { active: true, role: 'member', attributes: '{}', version: 1, createdAt: 0, updatedAt: 0 } as const;
  return { user: { id, ...base, ...rest, ...user }, isDeleted: deleted, emailKey: email, hasLinks, isAddressVouched };
}

interface Case {
  readonly name: string;
  readonly identity?: Partial<VouchedIdentity>;
  readonly candidates: readonly Candidate[];
  readonly ways?: readonly LinkWay[];
  /** `user <id> by <way>`, `stranger`, or the code of the refusal. */
  readonly want: string;
}

const byEmail = { email: 'ada@example.com' };
const unverified = { emailVerified: false };

const CASES: readonly Case[] = [
  {
    name: 'an address that somebody only said was theirs, when the one comes who has it',
    candidates: [candidate('1', { ...byEmail, connectionId: null, hasLinks: true })],
    want: 'stranger',
  },
  {
    name: 'the same, where the user name is taken besides',
    candidates: [candidate('1', { ...byEmail, userName: 'ada', connectionId: null, hasLinks: true })],
    want: 'account_taken',
  },
  {
    name: 'the same, deactivated: removed stays removed',
    candidates: [candidate('1', { ...byEmail, connectionId: null, hasLinks: true, active: false })],
    want: 'account_taken',
  },
  {
    name: 'an address that another way to sign in vouched for',
    candidates: [candidate('1', { ...byEmail, connectionId: null, hasLinks: true, isAddressVouched: true })],
    want: 'user 1 by email',
  },
  {
    name: 'a user name under which somebody signs in already whom no connection manages',
    identity: unverified,
    candidates: [candidate('1', { userName: 'ada', connectionId: null, hasLinks: true })],
    want: 'account_taken',
  },
  { name: 'nobody fits', candidates: [], want: 'stranger' },
  { name: 'a verified address, in any letter case', candidates: [candidate('1', byEmail)], want: 'user 1 by email' },
  {
    name: 'a verified address that is somebody’s user name',
    candidates: [candidate('1', { userName: 'ADA@example.com' })],
    want: 'user 1 by email',
  },
  { name: 'a user name', candidates: [candidate('1', { userName: 'Ada' })], want: 'user 1 by user_name' },
  {
    name: 'a user name, where only addresses count',
    candidates: [candidate('1', { userName: 'ada' })],
    ways: ['email'],
    want: 'account_taken',
  },
  {
    name: 'an address, where only user names count',
    candidates: [candidate('1', byEmail)],
    ways: ['user_name'],
    want: 'account_taken',
  },
  {
    name: 'an address that is not verified',
    identity: unverified,
    candidates: [candidate('1', byEmail)],
    want: 'email_not_verified',
  },
  {
    name: 'an admin by user name',
    identity: { email: null },
    candidates: [candidate('1', { userName: 'ada', role: 'admin' })],
    want: 'account_taken',
  },
  {
    name: 'an admin by an address that is not verified',
    identity: unverified,
    candidates: [candidate('1', { ...byEmail, role: 'admin' })],
    want: 'email_not_verified',
  },
  {
    name: 'an admin by a verified address',
    candidates: [candidate('1', { ...byEmail, role: 'admin' })],
    want: 'user 1 by email',
  },
  {
    name: 'an admin by external id',
    identity: { ...unverified, externalId: 'x' },
    candidates: [candidate('1', { externalId: 'x', role: 'admin' })],
    want: 'user 1 by external_id',
  },
  {
    name: 'an external id beats an address',
    identity: { externalId: 'x' },
    candidates: [candidate('1', byEmail), candidate('2', { externalId: 'x' })],
    want: 'user 2 by external_id',
  },
  {
    name: 'the external id of two connections',
    identity: { externalId: 'x' },
    candidates: [candidate('1', { externalId: 'x' }), candidate('2', { externalId: 'x', connectionId: 'd' })],
    want: 'account_ambiguous',
  },
  {
    name: 'an external id of somebody whom no connection manages is not the identity provider’s',
    identity: { externalId: 'x', email: null, userName: 'other' },
    candidates: [candidate('1', { externalId: 'x', connectionId: null })],
    want: 'account_taken',
  },
  {
    name: 'an external id of somebody deactivated, and an address of somebody active',
    identity: { externalId: 'x' },
    candidates: [candidate('1', { externalId: 'x', active: false }), candidate('2', byEmail)],
    want: 'account_deactivated',
  },
  {
    name: 'two with one address',
    candidates: [candidate('1', byEmail), candidate('2', byEmail)],
    want: 'account_ambiguous',
  },
  {
    name: 'one by address, another by user name',
    candidates: [candidate('1', byEmail), candidate('2', { userName: 'ada' })],
    want: 'account_ambiguous',
  },
  {
    name: 'two with one address, one of them deactivated: moved from one connection to another',
    candidates: [candidate('1', { ...byEmail, active: false }), candidate('2', byEmail)],
    want: 'user 2 by email',
  },
  {
    name: 'somebody deactivated',
    candidates: [candidate('1', { ...byEmail, active: false })],
    want: 'account_deactivated',
  },
  { name: 'somebody removed', candidates: [candidate('1', { ...byEmail, deleted: true })], want: 'account_removed' },
  {
    name: 'somebody removed, by an address that is not verified',
    identity: unverified,
    candidates: [candidate('1', { ...byEmail, deleted: true })],
    want: 'account_removed',
  },
  {
    name: 'somebody removed who was provisioned again',
    candidates: [candidate('1', { ...byEmail, deleted: true }), candidate('2', byEmail)],
    want: 'user 2 by email',
  },
];

describe('whom an identity means', () => {
  it.each(CASES)('$name: $want', ({ identity = {}, candidates, ways = LINK_WAYS, want }) => {
    for (const order of [candidates, candidates.toReversed()]) {
      const match = matchIdentity({ ...IDENTITY, ...identity }, order, new Set(ways));
      const told = match.kind === 'user' ? `user ${match.candidate.user.id} by ${match.by}` : match.kind;
      expect(match.kind === 'refused' ? match.code : told).toBe(want);
    }
  });
});
