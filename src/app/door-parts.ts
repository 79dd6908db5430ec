/** What the doors that people come in by are made from. */
import type { Logger } from '../ops/log.ts';
import type { Connector } from '../signin/connector.ts';
import type { SignInParts } from '../signin/parts.ts';
import type { ExchangeRecorder } from '../synclog/recorder.ts';
import type { BrowserParts } from './browser.ts';
import type { Core } from './core.ts';
import type { Running } from './running.ts';

export interface PeopleDoors {
  readonly core: Core;
  readonly running: Running;
  readonly browser: BrowserParts;
  readonly connectors: readonly Connector[];
  readonly recorder: ExchangeRecorder;
  readonly onSignIn: SignInParts['onSignIn'];
  readonly log: Logger;
}
