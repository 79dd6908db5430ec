/** What the routes of sign-in are built from; put together in app. */

import type { SessionLimits } from '../directory/entry/sessions.ts';
import type { SignInSettings } from '../directory/entry/sign-in.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import type { Exchange } from '../synclog/exchange.ts';
import type { Cookies } from '../web/cookies.ts';
import type { Place } from '../web/notice.ts';
import type { SessionFinder } from '../web/visitor.ts';
import type { Connector } from './connector.ts';

export interface SignInParts {
  readonly directory: DirectoryParts;
  /** Whom the connectors of the environment sign in to. */
  readonly organization: () => Promise<string>;
  readonly connectors: readonly Connector[];
  readonly emailLinks: EmailLinkWay;
  readonly settings: SignInSettings;
  readonly limits: SessionLimits;
  /** Whom people who are refused shall ask, in words; null: an administrator. */
  readonly contact: string | null;
  readonly place: Place;
  readonly cookies: Cookies;
  readonly sessions: SessionFinder;
  /** For refusals, which write nothing else. */
  readonly recorder: { record(exchange: Exchange): void };
  /** Bytes of claims that an exchange keeps. */
  readonly bodyMaxBytes: number;
  /** For the metrics. */
  readonly onSignIn: (event: SignInEvent) => void;
  /** A fault that a page could only apologise for; for the log. */
  readonly reportFault: (error: unknown) => void;
}

export interface SignInEvent {
  /** `oidc`, `saml`, `ldap`, `email`, `invite`, `setup` */
  readonly connector: string;
  /** `slowed`: too many tries; whoever it was is sent away for a while. */
  readonly outcome: 'signed_in' | 'linked' | 'created' | 'refused' | 'slowed';
}

export interface EmailLinkWay {
  /** Whether there is a mail server. */
  readonly isOffered: boolean;
}
