/**
 * Where a team keeps its data: the instance's bucket, or one of its own. Checked for form only (whether it can be reached
 * is the tracker's to say), stored, and handed to targets when they make the team. A tracker fixes it when a team is made,
 * so it does not change afterwards.
 */
import { z } from 'zod';
import { AppError } from '../../errors.ts';

export const STORAGE_PROVIDERS = ['AWS', 'GCP', 'AZURE', 'COREWEAVE', 'MINIO'] as const;
export type StorageProvider = (typeof STORAGE_PROVIDERS)[number];

export interface Bucket {
  readonly provider: StorageProvider;
  readonly name: string;
  /** Folder in the bucket; null for its root. */
  readonly path: string | null;
  readonly kmsKey: string | null;
}

const bucketForm = z.strictObject({
  provider: z.enum(STORAGE_PROVIDERS, { error: `use one of ${STORAGE_PROVIDERS.join(', ')}` }),
  name: z.string().trim(),
  path: z.string().trim().nullish(),
  kmsKey: z.string().trim().nullish(),
});

interface ProviderRule {
  readonly name: (text: string) => string | undefined;
  /** Undefined: the provider takes no key. */
  readonly kmsKey: { readonly pattern: RegExp; readonly want: string } | undefined;
}

const IP_ADDRESS = /^\d{1,3}(\.\d{1,3}){3}$/;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function faultOfS3Name(name: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    return 'use 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends';
  }
  if (name.includes('..') || IP_ADDRESS.test(name)) return 'use no two dots in a row and no IP address';
  if (/^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3)$/.test(name)) return 'AWS reserves this form of name';
  return undefined;
}

/** https://cloud.google.com/storage/docs/buckets#naming */
function faultOfGcpName(name: string): string | undefined {
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name) || name.split('.').some((part) => part.length > 63)) {
    return 'use 3 to 63 lower-case letters, digits, dots, hyphens and underscores, with a letter or digit at both ends';
  }
  if (name.startsWith('goog') || name.includes('google') || IP_ADDRESS.test(name)) return 'Google reserves this name';
  return undefined;
}

/** `account/container`: a container alone does not say where it is. */
function faultOfAzureName(name: string): string | undefined {
  return /^[a-z0-9]{3,24}\/(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
    ? undefined
    : 'write account/container: 3 to 24 lower-case letters and digits, then 3 to 63 with single hyphens between';
}

function faultOfCoreweaveName(name: string): string | undefined {
  return /^(cw|vip)-/.test(name) ? 'CoreWeave reserves names that begin with cw- or vip-' : faultOfS3Name(name);
}

const RULES: Readonly<Record<StorageProvider, ProviderRule>> = {
  AWS: {
    name: faultOfS3Name,
    kmsKey: {
      pattern: /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[A-Za-z0-9/_-]+|[0-9a-f-]{36}|mrk-[0-9a-f]{32})$/,
      want: 'an ARN of AWS KMS or the id of a key',
    },
  },
  GCP: {
    name: faultOfGcpName,
    kmsKey: {
      pattern: /^projects\/[^/\s]+\/locations\/[^/\s]+\/keyRings\/[^/\s]+\/cryptoKeys\/[^/\s]+$/,
      want: 'projects/.../locations/.../keyRings/.../cryptoKeys/...',
    },
  },
  AZURE: {
    name: faultOfAzureName,
    kmsKey: {
      pattern: /^https:\/\/[a-z0-9-]+\.(vault|managedhsm)\.azure\.net\/keys\/[A-Za-z0-9-]+(\/[0-9a-f]{32})?$/,
      want: 'the address of a key in Azure Key Vault',
    },
  },
  COREWEAVE: { name: faultOfCoreweaveName, kmsKey: undefined },
  MINIO: { name: faultOfS3Name, kmsKey: { pattern: /^[A-Za-z0-9._-]{1,128}$/, want: 'the name of a key of its KMS' } },
};

function faultOfPath(path: string): string | undefined {
  if (path.length > 512 || !/^[A-Za-z0-9!_.*'()/=+@ -]+$/.test(path)) return 'use at most 512 plain characters';
  const parts = path.split('/');
  return parts.some((part) => part === '' || part === '.' || part === '..')
    ? 'write folders with one / between, none at the ends, and without . or ..'
    : undefined;
}

/** @throws AppError `invalid_value` with every fault */
export function parseBucket(input: unknown): Bucket {
  const form = bucketForm.safeParse(input);
  if (!form.success) {
    const faults = form.error.issues.map(({ path, message }) => `storage.${path.join('.')}: ${message}`);
    throw new AppError('invalid_value', `The storage is not valid: ${faults.join('; ')}.`);
  }
  const { provider, name } = form.data;
  const path = form.data.path || null;
  const kmsKey = form.data.kmsKey || null;
  const rule = RULES[provider];
  const faults = [
    ['name', rule.name(name)],
    ['path', path === null ? undefined : faultOfPath(path)],
    ['kmsKey', kmsKey === null ? undefined : faultOfKey(rule, provider, kmsKey)],
  ].flatMap(([field, fault]) => (fault === undefined ? [] : [`storage.${field}: ${fault}`]));
  if (faults.length > 0) throw new AppError('invalid_value', `The storage is not valid: ${faults.join('; ')}.`);
  return { provider, name, path, kmsKey };
}

function faultOfKey({ kmsKey }: ProviderRule, provider: StorageProvider, text: string): string | undefined {
  if (kmsKey === undefined) return `${provider} takes no KMS key`;
  return kmsKey.pattern.test(text) ? undefined : `give ${kmsKey.want}`;
}
