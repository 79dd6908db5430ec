/** Records each exchange of the door: with its change when there is one, else through the batch writer. */
import type { IncomingMessage } from 'node:http';
import type { TokenMatch } from '../directory/store.ts';
import type { AppError } from '../errors.ts';
import type { NewChange } from '../synclog/change.ts';
import type { Exchange, Outcome, Repair } from '../synclog/exchange.ts';
import { bounded, redactBody, redactPath } from '../synclog/redact.ts';
import { tellChanges } from '../synclog/summary.ts';
import type { Answer } from './answer.ts';
import type { Handled } from './handler.ts';
import type { ScimParts } from './parts.ts';

/** An exchange under way. */
export interface ExchangeDraft {
  readonly id: string;
  readonly at: number;
  /** On the process's steady clock. */
  readonly startedMs: number;
  readonly method: string;
  /** Path and query below /scim/v2. */
  readonly url: string;
  readonly userAgent: string | null;
  readonly remoteAddress: string | null;
  readonly repairs: Repair[];
  operation: string;
  match: TokenMatch | undefined;
  body: unknown;
  /** Written with its change already. */
  isRecorded: boolean;
}

export interface ExchangeLog {
  /** @param url path and query below /scim/v2 */
  begin(request: IncomingMessage, url: string): ExchangeDraft;
  toExchange(draft: ExchangeDraft, answer: Answer, changes: readonly NewChange[]): Exchange;
  finish(draft: ExchangeDraft, answer: Answer, changes: readonly NewChange[]): void;
  /** @param changes what was done all the same, and stands in the record already */
  refuse(draft: ExchangeDraft, error: AppError, body: string, changes?: readonly NewChange[]): void;
  /**
   * Writes a bulk request before its answer goes out, with what became of each operation; of one that a fault broke off,
   * later where the store cannot take it now.
   */
  recordNow(draft: ExchangeDraft, handled: Handled): Promise<void>;
}

/** Whether the on-call engineer has something to do: a pause is an admin's wish, and what is not offered is no failure. */
function isOurFault({ status, code }: AppError): boolean {
  return status >= 500 && code !== 'paused' && code !== 'not_implemented';
}

export function createExchangeLog(parts: ScimParts): ExchangeLog {
  const { directory, recorder } = parts;
  const { bodyMaxBytes } = parts.log;

  function begin(request: IncomingMessage, url: string): ExchangeDraft {
    return {
      id: directory.newId(),
      at: directory.now(),
      startedMs: performance.now(),
      method: request.method ?? '',
      url,
      userAgent: request.headers['user-agent'] ?? null,
      remoteAddress: parts.addressOf(request),
      repairs: [],
      operation: 'unknown',
      match: undefined,
      body: undefined,
      isRecorded: false,
    };
  }

  function durationUs(draft: ExchangeDraft): number {
    return Math.round((performance.now() - draft.startedMs) * 1000);
  }

  function base(
    draft: ExchangeDraft,
  ): Omit<
    Exchange,
    'status' | 'outcome' | 'errorCode' | 'errorDetail' | 'subject' | 'summary' | 'responseBody' | 'changeCount'
  > {
    const connection = draft.match?.connection;
    return {
      id: draft.id,
      organizationId: connection?.organizationId ?? null,
      connectionId: connection?.id ?? null,
      tokenId: draft.match?.tokenId ?? null,
      at: draft.at,
      durationUs: durationUs(draft),
      method: draft.method,
      path: redactPath(draft.url),
      operation: draft.operation,
      repairs: draft.repairs,
      requestBody: redactBody(draft.body, bodyMaxBytes),
      userAgent: draft.userAgent === null ? null : bounded(draft.userAgent, 500),
      remoteAddress: draft.remoteAddress,
    };
  }

  function toExchange(draft: ExchangeDraft, answer: Answer, changes: readonly NewChange[]): Exchange {
    const who = draft.match?.connection.name ?? 'Somebody';
    const isRead = answer.summary !== undefined;
    const outcome: Outcome = changes.length > 0 ? 'changed' : isRead ? 'read' : 'unchanged';
    const unchanged = `${who} sent what was already so${answer.subject == null ? '' : ` for ${answer.subject.name}`}`;
    const told = changes.length > 0 ? tellChanges(who, changes) : unchanged;
    // What was already so is answered with what the log has from when it became so.
    const isWrite = !isRead && changes.length > 0 && typeof answer.body === 'string';
    return {
      ...base(draft),
      status: answer.status,
      outcome,
      errorCode: null,
      errorDetail: null,
      subject: answer.subject ?? null,
      summary: isRead ? `${who} ${answer.summary}` : told,
      responseBody: isWrite ? bounded(answer.body, bodyMaxBytes) : null,
      changeCount: changes.length,
    };
  }

  function tell(draft: ExchangeDraft, status: number, changes: readonly NewChange[], error?: AppError): void {
    parts.onExchange({
      id: draft.id,
      operation: draft.operation,
      status,
      dialect: draft.match?.connection.dialect ?? 'none',
      connection: draft.match?.connection.name ?? null,
      durationUs: durationUs(draft),
      repairs: draft.repairs.map((repair) => repair.code),
      changes: changes.map((change) => change.kind),
      errorCode: error?.code ?? null,
      isFailure: error !== undefined && isOurFault(error),
      cause: error?.cause,
    });
  }

  return {
    begin,
    toExchange,
    finish(draft, answer, changes) {
      if (!draft.isRecorded) recorder.record(toExchange(draft, answer, changes));
      tell(draft, answer.status, changes);
    },
    refuse(draft, error, body, changes = []) {
      if (draft.isRecorded) return tell(draft, error.status, changes, error);
      const who = draft.match?.connection.name ?? 'Somebody without a known token';
      const outcome = isOurFault(error) ? 'failed' : 'refused';
      recorder.record({
        ...base(draft),
        status: error.status,
        outcome,
        errorCode: error.code,
        errorDetail: bounded(error.message, 2000),
        subject: null,
        summary: bounded(`${who} was refused: ${error.message}`, 1000),
        responseBody: bounded(body, bodyMaxBytes),
        changeCount: 0,
      });
      tell(draft, error.status, [], error);
    },
    async recordNow(draft, { answer, changes, fault }) {
      const refused = answer.refused ?? [];
      const happened: Outcome = changes.length > 0 ? 'changed' : refused.length > 0 ? 'refused' : 'unchanged';
      const told = [...(fault === undefined ? [] : [fault]), ...refused].map(({ message }) => message).join(' ');
      const exchange: Exchange = {
        ...toExchange(draft, answer, changes),
        outcome: fault === undefined ? happened : 'failed',
        errorCode: fault?.code ?? refused[0]?.code ?? null,
        errorDetail: told === '' ? null : bounded(told, 2000),
        responseBody: typeof answer.body === 'string' ? bounded(answer.body, bodyMaxBytes) : null,
      };
      draft.isRecorded = true;
      try {
        await directory.store.write((db) => directory.store.exchanges.insert(db, [exchange]));
      } catch (error) {
        if (fault === undefined) {
          draft.isRecorded = false;
          throw error;
        }
        recorder.record(exchange);
      }
    },
  };
}
