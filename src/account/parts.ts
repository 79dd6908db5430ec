/** What a person's own page is built from; put together in app. */

import type { SessionLimits } from '../directory/entry/sessions.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import type { Cookies } from '../web/cookies.ts';
import type { Place } from '../web/notice.ts';
import type { SessionFinder } from '../web/visitor.ts';

export interface AccountParts {
  readonly directory: DirectoryParts;
  readonly limits: SessionLimits;
  readonly place: Place;
  readonly cookies: Cookies;
  readonly sessions: SessionFinder;
  /** A fault that a page could only apologise for; for the log. */
  readonly reportFault: (error: unknown) => void;
}
