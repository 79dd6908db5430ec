/** What a handler is given beside its input: the core, who asks, and the ways to commit, to page and to compare versions. */
import { actorOf, type Principal } from '../directory/principal.ts';
import { runWork, type Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import type { Answer, AnswerValue } from './answer.ts';
import { checkIfMatch, versionIn } from './etag.ts';
import type { PageQuery } from './fields.ts';
import type { ApiParts } from './parts.ts';

export interface OpenPage {
  /** Where to go on, as `positionOf` of the last item said; '' at the beginning. */
  readonly after: string;
  /** Items of the page. Ask for one more than that, to know whether there is another page. */
  readonly limit: number;
}

/** What stands on record beside the change itself. */
export interface About {
  /** The connection that the change is about. */
  readonly connectionId?: string;
  /** Why, in the words of whoever asked. */
  readonly reason?: string | undefined;
}

export interface ApiContext<A extends Answer = Answer> {
  readonly parts: ApiParts;
  readonly principal: Principal;
  readonly organizationId: string;
  /** Request id. */
  readonly id: string;
  /** Header, in lower case; undefined when it was not sent. */
  header(name: string): string | undefined;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /**
   * Runs the use-case in one transaction, on record under the principal's name. What `run` gives is the answer: it is
   * checked, and kept under the Idempotency-Key, before the commit.
   */
  commit(run: (work: Work) => Promise<AnswerValue<A>>, about?: About): Promise<AnswerValue<A>>;
  /** The version that If-Match names, for use-cases that compare it themselves; undefined: any. */
  expectedVersion(): number | undefined;
  /** @throws AppError `precondition_failed` when If-Match came and names other versions only */
  matchVersion(version: string | number): void;
  /** @throws AppError `invalid_cursor`, `expired_cursor` */
  openPage(query: PageQuery): OpenPage;
  /** A cursor for this list that goes on at a position, where the core says itself whether there is more. */
  cursorAt(position: string): string;
  /**
   * @param items up to one more than the page holds
   * @param further where to go on although the page is not full, when not all was looked through
   */
  page<T>(
    items: readonly T[],
    open: OpenPage,
    positionOf: (item: T) => string,
    further?: string,
  ): { readonly items: T[]; readonly nextCursor: string | null };
}

export interface ContextFacts {
  readonly parts: ApiParts;
  readonly principal: Principal;
  /** Name of the person whose the request is; null for the principal's own. */
  readonly onBehalfOf: string | null;
  readonly id: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly signal: AbortSignal;
  /** Path and query of the list, without cursor and limit: cursors are good for nothing else. */
  readonly question: string;
  /** Called in the transaction with what the handler answers. */
  readonly beforeCommit: (work: Work, value: unknown) => Promise<void>;
}

export function createContext(facts: ContextFacts): ApiContext {
  const { parts, principal, onBehalfOf, id, headers, signal } = facts;
  const { organizationId } = principal;
  const question = `api ${organizationId} ${facts.question}`;
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
  return {
    ...{ parts, principal, organizationId, id, header, signal },
    commit(run, { connectionId, reason } = {}) {
      const said = reason === undefined ? {} : { reason };
      const actor = actorOf(principal);
      const name = onBehalfOf === null ? actor.name : `${actor.name} for ${onBehalfOf}`;
      const context = { organizationId, actor: { ...actor, name }, exchangeId: null, ...said };
      return runWork(
        parts.directory,
        context,
        async (work) => {
          const value = await run(work);
          await facts.beforeCommit(work, value);
          return value;
        },
        connectionId ?? null,
      );
    },
    expectedVersion: () => versionIn(header('if-match')),
    matchVersion: (version) => checkIfMatch(header('if-match'), version),
    openPage({ cursor, limit }) {
      const after = cursor === undefined ? '' : positionIn(parts, question, cursor);
      return { after, limit };
    },
    cursorAt: (position) => parts.cursors.seal(question, { afterId: position }),
    page(items, { limit }, positionOf, further) {
      const shown = items.slice(0, limit);
      const last = items.length > limit ? shown.at(-1) : undefined;
      const next = last === undefined ? further : positionOf(last);
      const nextCursor = next === undefined ? null : parts.cursors.seal(question, { afterId: next });
      return { items: shown, nextCursor };
    },
  };
}

function positionIn({ cursors }: ApiParts, question: string, cursor: string): string {
  try {
    return cursors.open(question, cursor).afterId ?? '';
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, error.message, {
      cause: error,
      fields: [{ in: 'query', at: 'cursor', detail: error.message }],
    });
  }
}
