/** Who asks, and what says so for one kind of credentials. */
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../directory/principal.ts';
import type { AppError } from '../errors.ts';

export interface Authenticated {
  readonly principal: Principal;
  /** What the request proved itself with: rates are counted and kept answers are sealed by it. Never logged. */
  readonly secret: string;
}

/** Undefined: the request carries no credentials of this kind. A refusal ends the search. */
export type Authenticator = (request: IncomingMessage) => Promise<Authenticated | AppError | undefined>;
