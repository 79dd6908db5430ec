/** What the console's settings show of sign-in, and its test button. No secrets: connectors leave them out themselves. */

import type { SessionLimits } from '../directory/entry/sessions.ts';
import type { SignInSettings } from '../directory/entry/sign-in.ts';
import { authorize } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import { AppError } from '../errors.ts';
import type { Connector, ConnectorFact, ConnectorTest } from './connector.ts';
import type { ConnectorType } from './connector-type.ts';

export interface SignInSetup {
  readonly connectors: readonly Connector[];
  readonly emailLinks: { readonly isOffered: boolean };
  readonly settings: SignInSettings;
  readonly limits: SessionLimits;
  readonly contact: string | null;
}

export interface ShownConnector {
  readonly type: ConnectorType;
  readonly label: string;
  readonly facts: readonly ConnectorFact[];
}

export interface ShownSetup {
  readonly connectors: readonly ShownConnector[];
  readonly offersEmailLinks: boolean;
  /** How people are let in, in words. */
  readonly facts: readonly ConnectorFact[];
}

/** @throws AppError `forbidden` */
export function showSetup(
  { connectors, emailLinks, settings, limits, contact }: SignInSetup,
  principal: Principal,
): ShownSetup {
  authorize(principal, 'connections.read');
  const ways = [...settings.linkWays].map((way) => way.replace('_', ' '));
  return {
    connectors: connectors.map((connector) => ({
      ...{ type: connector.type, label: connector.label, facts: connector.describe() },
    })),
    offersEmailLinks: emailLinks.isOffered,
    facts: [
      { label: 'Strangers', value: settings.provision ? 'are made members at their first sign-in' : 'are refused' },
      { label: 'Known people are recognised by', value: ['external id', ...ways].join(', ') },
      {
        label: 'Session',
        value: `${limits.lengthMs / 3_600_000} h, or ${limits.idleMs / 60_000} min without a request`,
      },
      { label: 'Whom to ask', value: contact ?? 'an administrator' },
    ],
  };
}

/** Asks the other side; signs nobody in. @throws AppError `forbidden`, `not_found` */
export async function testConnector(
  { connectors }: Pick<SignInSetup, 'connectors'>,
  principal: Principal,
  type: string,
): Promise<ConnectorTest> {
  authorize(principal, 'connections.change');
  const connector = connectors.find((one) => one.type === type);
  if (connector === undefined) throw new AppError('not_found', 'This way to sign in is not set up here.');
  return connector.test();
}
