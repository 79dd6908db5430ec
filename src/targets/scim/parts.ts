/** What the files of a SCIM target are built from. */
import type { Call } from '../contract.ts';
import type { Writer } from './bulk.ts';
import type { Provider } from './provider.ts';
import type { RemoteCatalog } from './remote-catalog.ts';
import type { ScimClient } from './scim-client.ts';
import type { ScimSettings } from './settings.ts';

export interface ScimParts {
  readonly client: ScimClient;
  /** For what changes something: several may go out together. */
  readonly writer: Writer;
  readonly provider: (call: Call) => Promise<Provider>;
  readonly catalog: RemoteCatalog;
  readonly settings: ScimSettings;
}
