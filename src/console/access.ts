/** Who may see what in the console: somebody who is signed in, as far as the policy lets them. */
import type { RequestHandler, Response } from 'express';
import { type Action, authorize } from '../directory/policy.ts';
import { visitorOf } from '../web/visitor.ts';

/** @throws AppError `forbidden`, in words */
export function requireAction(action: Action): RequestHandler {
  return (_request, response, next) => {
    authorize(visitorOf(response).principal, action);
    next();
  };
}

/** Whose organization a page is about. */
export function sessionOf(response: Response): { readonly organizationId: string } {
  return { organizationId: visitorOf(response).principal.organizationId };
}
