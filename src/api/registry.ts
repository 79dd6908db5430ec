/** Everything that the API offers, in the order of the documents. To add a noun: its file, and its line here. */
import { createAboutEndpoints } from './about.ts';
import { changeEndpoints } from './changes.ts';
import { connectionEndpoints } from './connections.ts';
import type { Endpoint } from './endpoint.ts';
import { exchangeEndpoints } from './exchanges.ts';
import { explanationEndpoints } from './explanations.ts';
import { groupEndpoints } from './groups.ts';
import { mappingRuleEndpoints } from './mapping-rules.ts';
import { organizationEndpoints } from './organization.ts';
import { tokenEndpoints } from './tokens.ts';

export const ENDPOINTS: readonly Endpoint[] = createAboutEndpoints([
  ...organizationEndpoints,
  ...connectionEndpoints,
  ...tokenEndpoints,
  ...mappingRuleEndpoints,
  ...groupEndpoints,
  ...exchangeEndpoints,
  ...changeEndpoints,
  ...explanationEndpoints,
]);
