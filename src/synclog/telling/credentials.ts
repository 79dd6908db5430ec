/** Changes of API keys and service accounts, in words. */
import { type Tell, textIn } from '../told.ts';

export const credentialChanges = {
  'api_key.created': ({ subject, after }) =>
    `made the API key ${textIn(after, 'key', 'without a name')} for ${subject.name}`,
  'api_key.revoked': ({ subject, after }) =>
    `revoked the API key ${textIn(after, 'key', 'without a name')} of ${subject.name}`,
  'service_account.created': ({ subject, related }) =>
    `made the service account ${subject.name} of ${related?.name ?? 'the organization'}`,
  'service_account.removed': ({ subject }) => `removed the service account ${subject.name}`,
} as const satisfies Record<string, Tell>;
