/** The doors that people come in by: sign-in, their own page, the console. */
import type { Express } from 'express';
import { createAccount } from '../account/account.ts';
import { createConsole } from '../console/console.ts';
import type { SignInParts } from '../signin/parts.ts';
import { createSignIn } from '../signin/signin.ts';
import type { TargetParts } from '../targets/parts.ts';
import { loadAssets } from '../web/assets.ts';
import { consoleParts } from './console.ts';
import type { PeopleDoors } from './door-parts.ts';
import { signInSetup } from './sign-in.ts';

export function mountPeopleDoors(app: Express, doors: PeopleDoors, targets: TargetParts): void {
  const { core, browser, log } = doors;
  const assets = loadAssets('/admin/assets');
  const reportFault = (error: unknown): void => log.error({ err: error }, 'a page failed');
  app.use('/auth', createSignIn(signInParts(doors, reportFault), assets));
  app.use('/admin', createConsole(consoleParts(doors, targets)));
  app.use(createAccount({ ...browser, directory: core.directory, reportFault }, assets));
}

function signInParts(
  { core, browser, connectors, recorder, onSignIn }: PeopleDoors,
  reportFault: SignInParts['reportFault'],
) {
  const { config, directory } = core;
  return {
    ...browser,
    ...signInSetup(config, connectors, browser.limits),
    directory,
    recorder,
    onSignIn,
    reportFault,
    bodyMaxBytes: config.syncLog.bodyMaxBytes,
  } satisfies SignInParts;
}
