/** Everything that the API offers, in the order of the documents. To add a noun: its file, and its line here. */
import { createAboutEndpoints } from './about.ts';
import { apiKeyEndpoints } from './api-keys.ts';
import { attributionEndpoints } from './attribution.ts';
import { authzEndpoints } from './authz.ts';
import { changeEndpoints } from './changes.ts';
import { connectionEndpoints } from './connections.ts';
import { customRoleEndpoints } from './custom-roles.ts';
import type { Endpoint } from './endpoint.ts';
import { exchangeEndpoints } from './exchanges.ts';
import { explanationEndpoints } from './explanations.ts';
import { groupEndpoints } from './groups.ts';
import { inventoryEndpoints } from './inventories.ts';
import { inviteEndpoints } from './invites.ts';
import { ledgerEndpoints } from './ledger.ts';
import { mappingRuleEndpoints } from './mapping-rules.ts';
import { meEndpoints } from './me.ts';
import { organizationEndpoints } from './organization.ts';
import { peopleEndpoints } from './people.ts';
import { removalChangeEndpoints } from './removal-changes.ts';
import { serviceAccountEndpoints } from './service-accounts.ts';
import { sessionEndpoints } from './sessions.ts';
import { targetCheckEndpoints } from './target-checks.ts';
import { targetEndpoints, targetRemoval } from './targets.ts';
import { teamAvatarEndpoints } from './team-avatars.ts';
import { teamInviteEndpoints } from './team-invites.ts';
import { teamMemberEndpoints } from './team-members.ts';
import { privacyEndpoints, teamSettingsEndpoints } from './team-settings.ts';
import { teamEndpoints } from './teams.ts';
import { tokenEndpoints } from './tokens.ts';

export const ENDPOINTS: readonly Endpoint[] = createAboutEndpoints([
  ...meEndpoints,
  ...organizationEndpoints,
  ...privacyEndpoints,
  ...peopleEndpoints,
  ...inviteEndpoints,
  ...apiKeyEndpoints,
  ...sessionEndpoints,
  ...customRoleEndpoints,
  ...teamEndpoints,
  ...teamSettingsEndpoints,
  ...teamAvatarEndpoints,
  ...teamMemberEndpoints,
  ...teamInviteEndpoints,
  ...serviceAccountEndpoints,
  ...authzEndpoints,
  ...attributionEndpoints,
  ...connectionEndpoints,
  ...tokenEndpoints,
  ...mappingRuleEndpoints,
  ...groupEndpoints,
  ...exchangeEndpoints,
  ...changeEndpoints,
  ...explanationEndpoints,
  ...ledgerEndpoints,
  ...removalChangeEndpoints,
  ...inventoryEndpoints,
  ...targetEndpoints,
  ...targetCheckEndpoints,
  ...targetRemoval,
]);
