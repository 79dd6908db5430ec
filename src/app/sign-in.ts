/** Ways to sign in, as they are configured: one connector for each that has settings. */
import type { Config } from '../config.ts';
import type { Logger } from '../ops/log.ts';
import { createUseOnce } from '../signin/attempts.ts';
import type { Connector } from '../signin/connector.ts';
import { createConnectors } from '../signin/connectors.ts';
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

function toSettings({ oidc, saml, ldap }: Config): Parameters<typeof createConnectors>[0] {
  return { oidc, saml, ldap };
}
