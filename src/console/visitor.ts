/** Who looks at a page, and whose organization it is about: the one place that knows how the console finds out. */
import type { Response } from 'express';
import type { Principal } from '../directory/principal.ts';
import { visitorOf } from '../web/visitor.ts';

export function organizationOf(response: Response): string {
  return askerOf(response).organizationId;
}

export function askerOf(response: Response): Principal {
  return visitorOf(response).principal;
}
