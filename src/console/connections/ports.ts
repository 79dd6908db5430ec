/** What the pages of connections are built from. */
import type { DirectoryParts } from '../../directory/parts.ts';
import type { Cookies } from '../../web/cookies.ts';

export interface ConnectionPagesParts {
  readonly directory: DirectoryParts;
  readonly cookies: Cookies;
  /** Where browsers and identity providers find this installation. */
  readonly publicUrl: () => string;
  /** Where this process answers on this machine, for requests to itself. */
  readonly ownUrl: () => string;
}
