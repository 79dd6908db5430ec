/** Secrets that are shown once: 256 random bits with a prefix that scanners can recognise; stored and looked up by hash. */
import { hash, randomBytes } from 'node:crypto';

export function newSecret(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** SHA-256, hex. A fast hash is enough: the secret has 256 bits of its own. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** What a list may show to tell secrets apart. */
export function secretHint(secret: string): string {
  return secret.slice(-4);
}
