/** Who asks at a door that people and machines use (API, console, command line): what they are, and what they hold. */
import type { Actor } from './actor.ts';
import type { OrganizationRole } from './people/user.ts';

/** What a key may be used for; `everything` is what a session has. */
export const SCOPES = ['read', 'people', 'teams', 'connections', 'ledger', 'everything'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Principal {
  /** `operator`: whoever can use the command line on the machine itself. */
  readonly kind: 'user' | 'service_account' | 'operator';
  /** Id of the user or service account; null for the operator. */
  readonly id: string | null;
  readonly name: string;
  readonly organizationId: string;
  /** `service`: a service account of the organization; `none`: one of a team, which holds nothing outside of it. */
  readonly role: OrganizationRole | 'service' | 'none';
  /** Team id -> effective role. */
  readonly teams: ReadonlyMap<string, string>;
  readonly scopes: ReadonlySet<Scope>;
}

/** How a principal is named in changes. */
export function actorOf({ kind, id, name }: Principal): Actor {
  return { kind: kind === 'operator' ? 'cli' : kind, id, name };
}

/** The operator of the machine: may do everything in one organization. */
export function operatorOf(organizationId: string): Principal {
  return {
    kind: 'operator',
    id: null,
    name: 'command line',
    organizationId,
    role: 'admin',
    teams: new Map(),
    scopes: new Set(['everything']),
  };
}
