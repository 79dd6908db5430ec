/** Changes of organizations and connections, in words. */
import { type Tell, textIn } from '../told.ts';

export const installationChanges = {
  'organization.created': ({ subject }) => `created the organization ${subject.name}`,
  'organization.changed': ({ subject }) => `changed the settings of the organization ${subject.name}`,
  'connection.created': ({ subject }) => `created the connection ${subject.name}`,
  'connection.paused': ({ subject }) => `paused the connection ${subject.name}`,
  'connection.resumed': ({ subject }) => `resumed the connection ${subject.name}`,
  'connection.rules_changed': ({ subject }) => `changed the mapping rules of ${subject.name}`,
  'connection.rules_rerun': ({ subject, after }) =>
    `had the mapping rules of ${subject.name} applied again, because ${textIn(after, 'because', 'of a change')}`,
  'connection.rules_retried': ({ subject }) => `tried again to apply the mapping rules of ${subject.name}`,
  'token.created': ({ subject, after }) =>
    `made a token for ${subject.name}, ending in ${textIn(after, 'token', 'unknown')}`,
  'token.revoked': ({ subject, after }) =>
    `gave an end to the token of ${subject.name} ending in ${textIn(after, 'token', 'unknown')}`,
  'setup_link.created': () => 'made a setup link',
  'setup_link.used': ({ subject }) => `used a setup link to make ${subject.name} an admin`,
  'sign_in.rules_changed': () => 'changed the mapping rules for groups of sign-ins',
} as const satisfies Record<string, Tell>;
