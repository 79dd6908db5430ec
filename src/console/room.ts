/** What every room of the console does the same way: who asks, what they may, one transaction, the form's token. */
import type { Request, RequestHandler, Response } from 'express';
import type { Context } from '../directory/actor.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { type Action, authorize } from '../directory/policy.ts';
import { actorOf } from '../directory/principal.ts';
import { runWork, type Work } from '../directory/work.ts';
import type { Cookies } from '../web/cookies.ts';
import { formTokenOf, requireFormToken } from '../web/form-token.ts';
import { type Ask, askFirst } from '../web/question.ts';
import { leadTo, toldHere } from '../web/told.ts';
import { askerOf } from './visitor.ts';

export interface RoomParts {
  readonly directory: DirectoryParts;
  readonly cookies: Cookies;
  /** Where browsers and identity providers find this installation. */
  readonly publicUrl: () => string;
}

export interface CommitOptions {
  /** The connection that it is about. */
  readonly connectionId?: string;
  /** Why, for the record; empty: nothing was said. */
  readonly reason?: string;
}

export interface Room {
  formTokenOf(request: Request, response: Response): string;
  contextOf(response: Response): Context;
  /** To a page that tells what came of a form. @returns false when it has to be told in the answer itself */
  leadTo(request: Request, response: Response, address: string, told: readonly string[]): boolean;
  /** What such a page was given to tell. */
  toldHere(request: Request, response: Response): readonly string[];
  /** One use-case of whoever asks, in one transaction. */
  commit<T>(response: Response, run: (work: Work) => Promise<T>, options?: CommitOptions): Promise<T>;
  /** @throws AppError `forbidden` */
  may(action: Action): RequestHandler;
  /** Stands before every handler that changes something. */
  readonly own: RequestHandler;
  /** Stands behind `own`, before every handler that takes something away: asks first. */
  asks(ask: Ask): RequestHandler;
}

export function createRoom({ directory, cookies, publicUrl }: RoomParts): Room {
  const contextOf = (response: Response): Context => {
    const asker = askerOf(response);
    return { organizationId: asker.organizationId, actor: actorOf(asker), exchangeId: null };
  };
  return {
    formTokenOf: (request, response) => formTokenOf(cookies, request, response),
    contextOf,
    leadTo: (request, response, address, told) => leadTo(cookies, request, response, address, told),
    toldHere: (request, response) => toldHere(cookies, request, response),
    commit: (response, run, { connectionId, reason = '' } = {}) => {
      const context = { ...contextOf(response), ...(reason === '' ? {} : { reason }) };
      return runWork(directory, context, run, connectionId ?? null);
    },
    may: (action) => (_request, response, next) => {
      authorize(askerOf(response), action);
      next();
    },
    own: requireFormToken(cookies, publicUrl),
    asks: (ask) => askFirst((request, response) => formTokenOf(cookies, request, response), ask),
  };
}
