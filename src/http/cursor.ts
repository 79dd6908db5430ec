/**
 * Cursors of lists (SCIM: RFC 9865; the JSON API): sealed, so that they are opaque and cannot be forged, and bound to who
 * asks and to the question that they continue. They expire.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { AppError } from '../errors.ts';

export interface CursorPosition {
  /** Continue after this id (in the order of ids) ... */
  readonly afterId?: string;
  /** ... or, where the client wants another order, after so many. */
  readonly offset?: number;
}

export interface CursorSeal {
  seal(question: string, position: CursorPosition): string;
  /** @throws AppError `invalid_cursor`, `expired_cursor` */
  open(question: string, cursor: string): CursorPosition;
}

/**
 * @param key 32 bytes, hex; the same in every process of an installation
 * @param now epoch milliseconds
 */
export function createCursorSeal(key: string, ttlSeconds: number, now: () => number): CursorSeal {
  const keyBytes = Buffer.from(key, 'hex');

  function seal(question: string, position: CursorPosition): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', keyBytes, nonce);
    const plain = JSON.stringify({
      q: hash('sha256', question, 'base64url'),
      p: position,
      e: now() + ttlSeconds * 1000,
    });
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  function unseal(cursor: string): { q: string; p: CursorPosition; e: number } {
    try {
      const bytes = Buffer.from(cursor, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', keyBytes, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(12, 28));
      return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'));
    } catch (cause) {
      throw new AppError('invalid_cursor', 'cursor: this is not a cursor of ours; start again with an empty one.', {
        cause,
      });
    }
  }

  function open(question: string, cursor: string): CursorPosition {
    const { q, p, e } = unseal(cursor);
    if (q !== hash('sha256', question, 'base64url')) {
      throw new AppError(
        'invalid_cursor',
        'cursor: it belongs to another request; keep filter, sorting and connection the same while paging.',
      );
    }
    if (e < now()) throw new AppError('expired_cursor');
    return p;
  }

  return { seal, open };
}
