/** People, invites and keys of the command line, answering from a script. */
import type { KeyLine } from '../../src/cli/people-contract.ts';
import type { CliServices } from '../../src/cli/services.ts';
import { AppError } from '../../src/errors.ts';

const key: KeyLine = {
  ...{ id: '0199', organizationId: '0196', ownerKind: 'service_account', ownerId: '0195', name: 'nightly' },
  ...{ hint: 'x7Qa', scopes: ['read'], createdAt: 0, expiresAt: 86_400_000, revokedAt: null, lastUsedAt: null },
  owner: 'automation',
};

export const scriptedPeople: Pick<CliServices, 'people' | 'invites' | 'keys'> = {
  people: {
    seats: async (organization) => ({
      ...{
        limit: 3,
        active: organization === 'crowded' ? 5 : 2,
        invited: 0,
        free: 1,
        full: false,
        invitable: 1,
        over: 0,
      },
    }),
    list: async (_organization, filter) => [
      {
        ...{
          id: '0198',
          name: 'Ada\u001b[31m',
          userName: 'ada',
          email: 'ada@example.com',
          role: filter.role ?? 'member',
        },
        ...{ status: filter.status ?? 'active', connection: 'okta', lastSeenAt: null },
      },
    ],
    setRole: async (_ref, role) => ({ wanted: role, role: 'admin', heldUpBy: [], warnings: ['okta gives more'] }),
    async remove({ person }) {
      if (person === 'last') throw new AppError('last_admin');
      return { status: 'deactivated', nextSync: 'okta still assigns them', warnings: ['one admin left'] };
    },
    reactivate: async (_ref, { againstConnection }) => ({ nextSync: againstConnection ? 'okta says otherwise' : null }),
  },
  invites: {
    send: async (_organization, { addresses, teams }) =>
      addresses.map((address) => {
        const url = `http://127.0.0.1:8080/auth/invite?key=${teams.map(({ team, role }) => `${team}.${role}`).join()}`;
        return { address, outcome: 'invited', message: null, url };
      }),
    list: async (_organization, { state = 'pending' }) => [
      {
        ...{ id: '0197', email: 'a@x.example', role: 'member', invitedBy: 'Root', createdAt: 0, expiresAt: 86_400_000 },
        ...(state === 'pending'
          ? { state: 'mail_failed', serverReply: '550 no such user' }
          : { state, serverReply: null }),
      },
    ],
    resend: async ({ invite }) => {
      const url = invite === 'mailed@x.example' ? null : 'http://127.0.0.1:8080/auth/invite?key=new';
      return { email: invite, expiresAt: 86_400_000, url };
    },
    revoke: async ({ invite }) => {
      if (invite === 'joined@x.example') throw new AppError('conflict', 'This invite was accepted.');
      return { id: '0197', email: invite };
    },
  },
  keys: {
    create: async (_organization, input) => ({
      key: { ...key, owner: input.account, name: input.name, scopes: input.scopes },
      secret: 'the-key',
    }),
    list: async (_organization, person) => (person === undefined ? [key] : []),
    revoke: async (_organization, id) => ({ ...key, id, revokedAt: 1000 }),
  },
};
