/** Somebody who is signed in, for tests of pages over memory. */
import type { OrganizationRole } from '../../src/directory/people/user.ts';
import type { Visitor } from '../../src/web/visitor.ts';

export function exampleVisitor(organizationId: string, role: OrganizationRole = 'admin'): Visitor {
  const user = {
    id: 'u-1',
    userName: 'ada',
    name: 'Ada Byron',
    email: 'ada@example.com',
    role,
    organization: 'default',
  };
  return {
    session: {
      ...{ id: 's-1', organizationId, userId: user.id, connector: 'oidc', issuer: 'https://idp.example' },
      ...{ providerSession: null, providerSubject: null, createdAt: 0, expiresAt: 1, lastSeenAt: 0 },
      ...{ userAgent: null, remoteAddress: null },
    },
    user,
    principal: {
      ...{ kind: 'user', id: user.id, name: user.name, organizationId, role },
      ...{ teams: new Map(), scopes: new Set(['everything'] as const) },
    },
    teams: [],
  };
}
