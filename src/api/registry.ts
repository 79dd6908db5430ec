/** Everything that the API offers, in the order of the documents. To add a noun: its file, and its line here. */

import type { Endpoint } from './endpoint.ts';
import { createAboutEndpoints } from './resources/about.ts';
import { apiKeyEndpoints } from './resources/api-keys.ts';
import { attributionEndpoints } from './resources/attribution.ts';
import { authzEndpoints } from './resources/authz.ts';
import { changeEndpoints } from './resources/changes.ts';
import { connectionEndpoints } from './resources/connections.ts';
import { customRoleEndpoints } from './resources/custom-roles.ts';
import { exchangeEndpoints } from './resources/exchanges.ts';
import { explanationEndpoints } from './resources/explanations.ts';
import { groupEndpoints } from './resources/groups.ts';
import { inventoryEndpoints } from './resources/inventories.ts';
import { inviteEndpoints } from './resources/invites.ts';
import { ledgerEndpoints } from './resources/ledger.ts';
import { mappingRuleEndpoints } from './resources/mapping-rules.ts';
import { meEndpoints } from './resources/me.ts';
import { organizationEndpoints } from './resources/organization.ts';
import { peopleEndpoints } from './resources/people.ts';
import { removalChangeEndpoints } from './resources/removal-changes.ts';
import { serviceAccountEndpoints } from './resources/service-accounts.ts';
import { sessionEndpoints } from './resources/sessions.ts';
import { signInRuleEndpoints } from './resources/sign-in-rules.ts';
import { targetCheckEndpoints } from './resources/target-checks.ts';
import { targetEndpoints, targetRemoval } from './resources/targets.ts';
import { teamAvatarEndpoints } from './resources/team-avatars.ts';
import { teamInviteEndpoints } from './resources/team-invites.ts';
import { teamMemberEndpoints } from './resources/team-members.ts';
import { privacyEndpoints, teamSettingsEndpoints } from './resources/team-settings.ts';
import { teamEndpoints } from './resources/teams.ts';
import { tokenEndpoints } from './resources/tokens.ts';

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
  ...signInRuleEndpoints,
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
