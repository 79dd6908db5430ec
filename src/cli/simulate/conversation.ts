/** Asking and judging in one: sends a request, checks the answer against what the client expects, and writes the report. */
import { AppError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../schema/json.ts';
import { checkAnswer, type Expectation, toDetail, toResources } from './check.ts';
import type { Report } from './report.ts';
import type { Wire, WireAnswer, WireRequest } from './wire.ts';

export interface Conversation {
  /** @throws AppError `unauthorized` when the token is refused, `unavailable` when nothing answers several times in a row */
  ask(request: WireRequest, expectation: Expectation): Promise<WireAnswer>;
  readonly report: Report;
}

/** Requests in a row without any answer after which a client gives up. */
const PATIENCE = 10;

export function createConversation(wire: Wire, report: Report): Conversation {
  let unanswered = 0;
  return {
    report,
    ask: async (request, expectation) => {
      const answer = await wire.send(request);
      unanswered = answer.status === 0 ? unanswered + 1 : 0;
      report.judge(answer, expectation, checkAnswer(answer, expectation));
      if (answer.status === 401)
        throw new AppError('unauthorized', `The token is refused (${toDetail(answer)}). Nothing more was sent.`);
      if (answer.status === 0 && (unanswered >= PATIENCE || report.totals.requests <= 1))
        throw new AppError(
          'unavailable',
          `Nothing answers there (${answer.fault}). Is the server running? Start it with: npm start`,
        );
      return answer;
    },
  };
}

/** The resource in an answer, if it was accepted and came with a usable id. */
export function toAccepted(answer: WireAnswer): (JsonObject & { readonly id: string }) | null {
  if (answer.status < 200 || answer.status >= 300 || !isJsonObject(answer.body)) return null;
  return hasId(answer.body) ? answer.body : null;
}

/** The first resource that a look-up found. */
export function toFound(answer: WireAnswer): (JsonObject & { readonly id: string }) | null {
  return answer.status === 200 ? (toResources(answer.body).find(hasId) ?? null) : null;
}

function hasId(resource: JsonObject): resource is JsonObject & { readonly id: string } {
  return typeof resource.id === 'string' && resource.id !== '';
}
