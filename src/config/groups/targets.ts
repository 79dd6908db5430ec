/** Targets: the key of their secrets, and which addresses they may have. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parsed } from '../variable.ts';

/** 32 bytes each. */
function readKeys(given: string): readonly Buffer[] | undefined {
  const keys = given.split(',').map((text) => readKey(text.trim()));
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function readKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  return Buffer.from(text, 'base64');
}

function readNetworks(given: string): readonly string[] | undefined {
  const networks = given.split(',').map((text) => text.trim());
  const isNetwork = (text: string) => ipaddr.isValidCIDR(text) || (isIP(text) !== 0 && ipaddr.isValid(text));
  return networks.every(isNetwork) ? networks : undefined;
}

export const targets = {
  SECRETS_KEY: parsed({
    fallback: undefined,
    wanted: '32 bytes as base64 or hex; several separated by commas, the first one seals',
    read: readKeys,
    secret: true,
    meaning:
      'Key that seals the secrets of targets (API keys, signing secrets) in the database. Without it a key is made and kept in the same database. Make one with `openssl rand -base64 32`.',
  }),
  TARGET_NETWORKS: parsed({
    fallback: undefined,
    wanted: 'addresses and subnets separated by commas',
    read: readNetworks,
    meaning:
      'Networks that targets may have although they are not public: webhooks reach public addresses only, `wandb` and `scim` private ones too; loopback and link-local addresses nobody, unless they are listed here.',
  }),
};
