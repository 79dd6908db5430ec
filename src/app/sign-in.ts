/** Ways to sign in, as they are configured: one connector for each that has settings, and who is let in. */
import type { Config } from '../config.ts';
import type { SessionLimits } from '../directory/entry/sessions.ts';
import type { Logger } from '../ops/log.ts';
import { createUseOnce } from '../signin/attempts.ts';
import type { Connector } from '../signin/connector.ts';
import { createConnectors } from '../signin/connectors.ts';
import type { SignInSetup } from '../signin/settings.ts';
import type { Core } from './core.ts';
import type { Running } from './running.ts';

export function openConnectors(
  { config, store, directory }: Core,
  running: Running,
  log: Logger,
): readonly Connector[] {
  return createConnectors(toSettings(config), {
    publicUrl: () => running.publicUrl,
    now: directory.now,
    useOnce: createUseOnce({ store, now: directory.now }),
    onFault: (message, error) => log.warn({ err: error }, message),
  });
}

/** What the door of sign-in and the console's settings have in common. */
export function signInSetup(
  { mail, provisionOnSignIn, signIn }: Config,
  connectors: readonly Connector[],
  limits: SessionLimits,
): SignInSetup {
  return {
    ...{ connectors, limits, contact: signIn.contact },
    emailLinks: { isOffered: mail !== null },
    settings: {
      provision: provisionOnSignIn,
      linkWays: new Set(signIn.linkBy),
      bootstrapAdminEmail: signIn.bootstrapAdminEmail,
    },
  };
}

function toSettings({ oidc, saml, ldap }: Config): Parameters<typeof createConnectors>[0] {
  return { oidc, saml, ldap };
}
