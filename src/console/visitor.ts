/** Whose organization a page is about: the one place that knows how the console finds out. */
import type { Response } from 'express';
import { sessionOf } from './access.ts';

/** Behind `requireSession`. */
export function organizationOf(response: Response): string {
  return sessionOf(response).organizationId;
}
