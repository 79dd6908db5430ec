/** What the pages of connections are built from. */
import type { RoomParts } from '../room.ts';

export interface ConnectionPagesParts extends RoomParts {
  /** Where this process answers on this machine, for requests to itself. */
  readonly ownUrl: () => string;
}
