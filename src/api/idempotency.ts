/**
 * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): a request that is sent again under the same key by the
 * same principal gets the answer of the first and does nothing again.
 *
 * The key is claimed before the work, and the answer is kept in the transaction of the change itself, so that a process
 * that dies in between leaves either both or neither. Refusals are not kept: the request may be sent again. Answers can
 * hold secrets that are shown once, so they are sealed with a key made from the caller's own credentials, which are
 * nowhere stored: whoever reads the database cannot read them.
 */
import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import type { Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import type { AnswerClaim } from '../http/kept-answers.ts';
import type { Authenticated } from './authenticator.ts';
import type { PreparedAnswer } from './output.ts';
import { type ApiParts, nameOf } from './parts.ts';

/** Longest time that a request may be at work before another may take its key over. */
const LEASE_MS = 60_000;
const PRUNED_AT_ONCE = 20;

export type KeyedRequest =
  /** The key is ours: keep the answer in the transaction, or give the key back. */
  | { readonly kind: 'first'; keep(work: Work, answer: PreparedAnswer): Promise<void>; release(): Promise<void> }
  | { readonly kind: 'repeated'; readonly answer: PreparedAnswer };

/**
 * @param raw the body as it came
 * @throws AppError `invalid_value`, `idempotency_mismatch`, `in_flight`
 */
export async function claimKey(
  parts: ApiParts,
  { principal, secret }: Authenticated,
  request: Request,
  requestId: string,
  raw: unknown,
): Promise<KeyedRequest | undefined> {
  const key = readKey(request);
  if (key === undefined) return undefined;
  const { keptAnswers, directory, limits } = parts;
  const at = directory.now();
  const claim: AnswerClaim = {
    organizationId: principal.organizationId,
    principal: nameOf(principal),
    keyHash: hash('sha256', key, 'hex'),
    fingerprint: hash('sha256', JSON.stringify([request.method, request.originalUrl, raw]), 'hex'),
    claimedBy: requestId,
    at,
    leaseUntil: at + LEASE_MS,
    expiresAt: at + limits.idempotencyHours * 3_600_000,
  };
  const found = await directory.store.write(async (db) => {
    await keptAnswers.prune(db, at, PRUNED_AT_ONCE);
    return keptAnswers.claim(db, claim);
  });
  const seal = createAnswerSeal(secret, key);
  if (found.kind !== 'claimed') return { kind: 'repeated', answer: answerOf(found, claim, seal) };
  return {
    kind: 'first',
    async keep({ db }, answer) {
      if (await keptAnswers.keep(db, claim, seal.close(answer))) return;
      throw new AppError('in_flight', 'This took so long that a repeated request took over; ask again for its answer.');
    },
    release: () => directory.store.write((db) => keptAnswers.release(db, claim)),
  };
}

function readKey({ headers }: Request): string | undefined {
  const given = headers['idempotency-key'];
  if (given === undefined) return undefined;
  const key = String(given).trim();
  if (/^[\x21-\x7e]{8,255}$/.test(key)) return key;
  const detail = 'Give 8 to 255 visible ASCII characters without blanks, such as a UUID.';
  throw new AppError('invalid_value', `Idempotency-Key: ${detail}`, {
    fields: [{ in: 'header', at: 'Idempotency-Key', detail }],
  });
}

type Found = Exclude<Awaited<ReturnType<ApiParts['keptAnswers']['claim']>>, { kind: 'claimed' }>;

function answerOf(found: Found, claim: AnswerClaim, seal: AnswerSeal): PreparedAnswer {
  if (found.fingerprint !== claim.fingerprint) throw new AppError('idempotency_mismatch');
  if (found.kind === 'in_flight') throw new AppError('in_flight', undefined, { retryAfterSeconds: 1 });
  const answer = seal.open(found.answer);
  if (answer !== undefined) return answer;
  const text = 'This was done already, with another key of yours; its answer can be read with that key only.';
  throw new AppError('conflict', text);
}

interface AnswerSeal {
  close(answer: PreparedAnswer): string;
  /** Undefined when it was sealed with other credentials. */
  open(sealed: string): PreparedAnswer | undefined;
}

function createAnswerSeal(secret: string, idempotencyKey: string): AnswerSeal {
  const key = Buffer.from(hkdfSync('sha256', secret, idempotencyKey, 'drawbridge kept answer', 32));
  return {
    close(answer) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      const sealed = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(text) {
      const bytes = Buffer.from(text, 'base64url');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
      decipher.setAuthTag(bytes.subarray(12, 28));
      try {
        const plain = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
        return JSON.parse(plain.toString('utf8')) as PreparedAnswer;
      } catch {
        return undefined;
      }
    },
  };
}
