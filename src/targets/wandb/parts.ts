/** What the files of a W&B target are built from. */
import type { RemoteCatalog } from '../scim/remote-catalog.ts';
import type { ScimClient } from '../scim/scim-client.ts';
import type { WandbSettings } from './settings.ts';

export interface WandbParts {
  readonly client: ScimClient;
  readonly settings: WandbSettings;
  readonly catalog: RemoteCatalog;
}
