/** Who looks at a page, and whose organization it is about: the one place that knows how the console finds out. */
import type { Response } from 'express';
import { operatorOf, type Principal } from '../directory/principal.ts';
import { sessionOf } from './access.ts';

/** Behind `requireSession`. */
export function organizationOf(response: Response): string {
  return sessionOf(response).organizationId;
}

/** Whoever holds a setup session is the operator of the machine. */
export function askerOf(response: Response): Principal {
  return operatorOf(organizationOf(response));
}
