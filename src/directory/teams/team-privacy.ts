/**
 * The six privacy switches of a team. Each can be enforced by the organization, which locks it at the strict side in every
 * team; what a team had set itself comes back when it is no longer enforced.
 */
import type { Handle } from '../../synclog/handle.ts';

export interface PrivacyRule {
  /** As the tracker words it. */
  readonly words: string;
  /** As the organization's enforcement is worded. */
  readonly enforcement: string;
  readonly initially: boolean;
  /** What it is while the organization enforces it. */
  readonly enforced: boolean;
}

export const PRIVACY = {
  hideTeam: {
    words: 'Hide this team from all non-members',
    enforcement: 'Enforce team visibility restrictions',
    initially: false,
    enforced: true,
  },
  privateProjects: {
    words: 'Make all future team projects private (public sharing not allowed)',
    enforcement: 'Enforce privacy for future projects',
    initially: false,
    enforced: true,
  },
  membersMayInvite: {
    words: 'Allow any team member to invite other members (not just admins)',
    enforcement: 'Enforce invitation control',
    initially: false,
    enforced: false,
  },
  noReportSharing: {
    words: 'Turn off public sharing to outside of team for reports in private projects',
    enforcement: 'Enforce report sharing control',
    initially: false,
    enforced: true,
  },
  matchingDomainMayJoin: {
    words: 'Allow users with matching organization email domain to join this team',
    enforcement: 'Enforce team self joining restrictions',
    initially: false,
    enforced: false,
  },
  saveCode: {
    words: 'Enable code saving by default',
    enforcement: 'Enforce default code saving restrictions',
    initially: false,
    enforced: false,
  },
} as const satisfies Readonly<Record<string, PrivacyRule>>;

export type PrivacySwitch = keyof typeof PRIVACY;

export const PRIVACY_SWITCHES = Object.keys(PRIVACY) as readonly PrivacySwitch[];

export type PrivacyChoice = Readonly<Partial<Record<PrivacySwitch, boolean>>>;

export interface PrivacyState {
  /** What holds. */
  readonly value: boolean;
  /** Locked by the organization. */
  readonly enforced: boolean;
}

export type TeamPrivacy = Readonly<Record<PrivacySwitch, PrivacyState>>;

export function effectivePrivacy(chosen: PrivacyChoice, enforced: ReadonlySet<PrivacySwitch>): TeamPrivacy {
  const entries = PRIVACY_SWITCHES.map((name): [PrivacySwitch, PrivacyState] => {
    const rule = PRIVACY[name];
    const isEnforced = enforced.has(name);
    return [name, { value: isEnforced ? rule.enforced : (chosen[name] ?? rule.initially), enforced: isEnforced }];
  });
  return Object.fromEntries(entries) as TeamPrivacy;
}

export interface EnforcedPrivacyStore {
  of(db: Handle, organizationId: string): Promise<ReadonlySet<PrivacySwitch>>;
  enforce(db: Handle, organizationId: string, name: PrivacySwitch, at: number): Promise<void>;
  release(db: Handle, organizationId: string, name: PrivacySwitch): Promise<void>;
}
