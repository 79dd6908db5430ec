/**
 * Secrets that have to be readable again (API keys, client secrets, signing secrets of targets), sealed with AES-256-GCM.
 * Sealed text: `v1.<key id>.<nonce>.<cipher text and tag>`. The label (where the secret belongs) is authenticated, so that
 * sealed text copied to another row does not open. docs/decisions/target-secrets.md says where keys come from.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { AppError } from '../errors.ts';

export interface SecretBox {
  seal(label: string, plain: string): string;
  /** @throws AppError `conflict` with what to do, when no known key opens it */
  open(label: string, sealed: string): string;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ANEW = 'enter its secrets anew (for a webhook: make a new signing secret)';

/** Tells which key sealed something without telling the key. */
function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('drawbridge key id').update(key).digest('hex').slice(0, 8);
}

/** @param keys 32 bytes each; the first one seals, every one opens */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const byId = new Map(keys.map((key) => [keyIdOf(key), key]));
  const [sealing] = keys;
  if (sealing === undefined) throw new Error('A secret box needs a key.');
  return {
    seal(label, plain) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(label));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return ['v1', keyIdOf(sealing), nonce.toString('base64url'), sealed.toString('base64url')].join('.');
    },
    open(label, sealed) {
      const [version, keyId = '', nonce = '', text = ''] = sealed.split('.');
      const key = version === 'v1' ? byId.get(keyId) : undefined;
      if (key === undefined) {
        const again = `Put that key into SECRETS_KEY again and restart Drawbridge, or ${ANEW}.`;
        throw new AppError('conflict', `Its secrets were sealed with another key (${keyId}). ${again}`);
      }
      const bytes = Buffer.from(text, 'base64url');
      const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url')).setAAD(Buffer.from(label));
      cipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      try {
        return cipher.update(bytes.subarray(0, -TAG_BYTES), undefined, 'utf8') + cipher.final('utf8');
      } catch (cause) {
        throw new AppError('conflict', `Its secrets do not open, since they were altered: ${ANEW}.`, { cause });
      }
    },
  };
}
