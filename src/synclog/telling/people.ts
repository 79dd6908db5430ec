/** Changes of users and of what they may do, in words. */
import { type Tell, type Told, textIn } from '../told.ts';

function keysOf({ before = {}, after = {} }: Told): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => (name.startsWith('urn:') ? 'enterprise attributes' : name));
}

function roleOf({ after }: Told): string {
  const grant = after?.grant as { role?: unknown } | undefined;
  return `the role ${String(grant?.role ?? '')}`;
}

const WAYS: Readonly<Record<string, string>> = {
  oidc: 'OpenID Connect ',
  saml: 'SAML ',
  ldap: 'LDAP ',
  email: 'e-mail ',
};

function wayIn(after: Told['after']): string {
  const connector = textIn(after, 'connector', '');
  return WAYS[connector] ?? (connector === '' ? '' : `${connector} `);
}

export const peopleChanges = {
  'user.created': ({ subject }) => `created ${subject.name}`,
  'user.updated': (told) => `changed ${told.subject.name} (${keysOf(told).join(', ')})`,
  'user.adopted': ({ subject }) => `took over ${subject.name}, whom nobody managed`,
  'user.adoption_approved': ({ subject, related }) =>
    `allowed ${related?.name ?? 'a connection'} to take over ${subject.name}`,
  'user.deactivated': ({ subject }) => `deactivated ${subject.name}`,
  'user.reactivated': ({ subject }) => `reactivated ${subject.name}`,
  'user.role_changed': ({ subject, after }) =>
    `made ${subject.name} ${textIn(after, 'organizationRole', 'member')} of the organization`,
  'user.linked': ({ subject, after }) =>
    `linked the ${wayIn(after)}sign-in of ${subject.name} by ${textIn(after, 'by', 'what was known')}`,
  'sessions.ended': ({ subject, after }) =>
    after?.count === 1
      ? `ended a session of ${subject.name}`
      : `ended ${String(after?.count)} sessions of ${subject.name}`,
  'user.deleted': ({ subject }) => `deleted ${subject.name}`,
  'user.erased': ({ subject }) => `erased the personal data of ${subject.name}`,
  'grant.added': (told) => `gave ${told.subject.name} ${roleOf(told)} in ${told.related?.name ?? ''}`,
  'grant.removed': (told) => `took ${roleOf(told)} in ${told.related?.name ?? ''} from ${told.subject.name}`,
} as const satisfies Record<string, Tell>;
