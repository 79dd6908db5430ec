/** What an admin types into which field of the identity provider; docs/idp/ says the rest. */
import type { Dialect } from '../../directory/connections/connection.ts';

export interface GuideField {
  readonly label: string;
  /** A value to copy, or what to choose there. */
  readonly value: string;
  readonly copy: boolean;
}

export interface Guide {
  readonly name: string;
  /** For the choice when a connection is made. */
  readonly hint: string;
  readonly where: string;
  readonly fields: readonly GuideField[];
  readonly afterwards: readonly string[];
}

/** Stands where the token goes when it is not known any more. */
export const TOKEN_PLACE = 'the token that was shown when it was made';

export function guideOf(dialect: Dialect, scimUrl: string, token: string | undefined): Guide {
  const url = (label: string): GuideField => ({ label, value: scimUrl, copy: true });
  const secret = (label: string): GuideField =>
    token === undefined ? { label, value: TOKEN_PLACE, copy: false } : { label, value: token, copy: true };
  const choose = (label: string, value: string): GuideField => ({ label, value, copy: false });
  switch (dialect) {
    case 'okta':
      return {
        name: 'Okta',
        hint: 'Apps made with the App Integration Wizard, and catalogue apps',
        where:
          'Applications › your app › General › App Settings › Edit › Provisioning: SCIM. Then Provisioning › Integration › Edit:',
        fields: [
          url('SCIM connector base URL'),
          choose('Unique identifier field for users', 'userName'),
          choose('Supported provisioning actions', 'Push New Users, Push Profile Updates, Push Groups'),
          choose('Authentication Mode', 'HTTP Header'),
          secret('HTTP Header › Authorization'),
        ],
        afterwards: [
          'Press “Test Connector Configuration”, then Save: both requests of the test appear in the sync log.',
          'Provisioning › To App › Edit: enable Create Users, Update User Attributes and Deactivate Users.',
          'Assign people; under Push Groups, push the groups whose members shall be in a team.',
        ],
      };
    case 'entra':
      return {
        name: 'Microsoft Entra ID',
        hint: 'Enterprise applications, with and without aadOptscim062020',
        where: 'Entra admin center › Enterprise applications › your application › Provisioning › New configuration:',
        fields: [choose('Provisioning Mode', 'Automatic'), url('Tenant URL'), secret('Secret Token')],
        afterwards: [
          'Press “Test Connection”, then Save: the look-ups of the test appear in the sync log.',
          'Settings › Scope: assigned users and groups. Provisioning Status: On. A cycle runs every 20 to 40 minutes; “Provision on demand” sends one person at once.',
        ],
      };
    case 'generic':
      return {
        name: 'Another identity provider',
        hint: 'OneLogin, JumpCloud, PingOne, Google Workspace, authentik, Keycloak and others: known oddities are repaired',
        where: 'In the SCIM or provisioning settings of the application:',
        fields: [url('SCIM address (base URL, tenant URL)'), secret('Bearer token'), choose('SCIM version', '2.0')],
        afterwards: [
          'Use the test button of the identity provider if it has one; what it sends appears in the sync log.',
        ],
      };
    case 'strict':
      return {
        name: 'Strict SCIM 2.0',
        hint: 'For clients that follow RFC 7643 and 7644 to the letter: nothing is repaired',
        where: 'In the client:',
        fields: [url('SCIM address'), secret('Bearer token')],
        afterwards: ['What does not follow the standard is refused, and the sync log says why.'],
      };
    default:
      return dialect satisfies never;
  }
}
