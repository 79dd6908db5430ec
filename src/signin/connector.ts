/**
 * The contract of all ways to sign in. A connector starts (sends the browser away, or shows a form) and finishes with an
 * Identity, or refuses.
 *
 * Owns: the shapes between a connector and the routes. Does not own: cookies, pages, sessions, who is let in (just-in-time), and
 * keeping state between start and finish (attempts.ts). A connector throws only for faults of our own; whatever the outside
 * can cause is a Refusal.
 */
import type { ConnectorType } from './connector-type.ts';
import type { Identity } from './identity.ts';
import type { Refusal } from './refusals.ts';

/** What a start wants to find again at the finish: small, JSON, kept by attempts.ts, used once. */
export type Kept = Readonly<Record<string, string>>;

export type Outcome =
  | { readonly kind: 'identity'; readonly identity: Identity }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export type Started =
  | { readonly kind: 'redirect'; readonly url: string; readonly kept: Kept }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

interface ConnectorBase {
  readonly type: ConnectorType;
  /** For a button or a heading: `Sign in with <label>`. */
  readonly label: string;
  /** How it is set up, without secrets, for the console's settings. */
  describe(): readonly ConnectorFact[];
  /** Asks the other side, for the "test" button of the console. Never signs anyone in. */
  test(): Promise<ConnectorTest>;
  /** Stops what runs in the background. */
  close(): Promise<void>;
}

/** OIDC, SAML: the browser goes to the identity provider and comes back. */
export interface RedirectConnector extends ConnectorBase {
  readonly way: 'redirect';
  /**
   * `cross-site-post`: the answer comes as a form post from another site, to which browsers add no SameSite=Lax cookie.
   * The cookie that binds the attempt to the browser has to be SameSite=None and Secure then (Lax on http loopback).
   */
  readonly returnsBy: 'get' | 'cross-site-post';
  /** True: an answer that belongs to no attempt may be finished too, with `kept` null (SAML, IdP-initiated, switched on). */
  readonly acceptsUnsolicited: boolean;
  /** @param state opaque, of `beginAttempt`; comes back in the answer (OIDC `state`, SAML `RelayState`) */
  start(state: string): Promise<Started>;
  /** The `state` inside an answer, by which its attempt is found; null: there is none. */
  stateOf(answer: Answer): string | null;
  /** @param attempt as `takeAttempt` gave it; null: the answer has no state. Refused unless `acceptsUnsolicited` */
  finish(answer: Answer, attempt: FinishedAttempt | null): Promise<Outcome>;
  /** Where to send the browser so that the session there ends too; null: nowhere. Never throws. */
  readonly logoutUrl?: (hint: string | null, returnTo: string) => Promise<string | null>;
  /** Reads what `POST /auth/oidc/backchannel-logout` got; the caller ends the sessions it names. */
  readonly parseLogoutToken?: (token: string) => Promise<LogoutOutcome>;
  /** Our own metadata document, as `GET /auth/saml/metadata` gives it. */
  readonly metadata?: () => Promise<{ readonly contentType: string; readonly body: string }>;
}

/** LDAP: name and password on our own page. */
export interface FormConnector extends ConnectorBase {
  readonly way: 'form';
  finish(credentials: Credentials): Promise<Outcome>;
}

export type Connector = RedirectConnector | FormConnector;

/** What the browser brought back: the parameters of the address, or of the posted form. */
export type Answer =
  | { readonly kind: 'query'; readonly parameters: URLSearchParams }
  | { readonly kind: 'form'; readonly parameters: URLSearchParams };

export interface FinishedAttempt {
  readonly state: string;
  readonly kept: Kept;
}

export interface Credentials {
  readonly userName: string;
  /** Never trimmed, never logged. */
  readonly password: string;
}

/** A session of the identity provider that ended there: by its `sid`, by the subject, or both (then both must match). */
export interface LogoutNotice {
  readonly issuer: string;
  readonly subject: string | null;
  readonly sid: string | null;
}

export type LogoutOutcome =
  | { readonly kind: 'logout'; readonly notice: LogoutNotice }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface ConnectorFact {
  readonly label: string;
  readonly value: string;
}

export interface ConnectorTest {
  readonly ok: boolean;
  readonly steps: readonly ConnectorTestStep[];
}

export interface ConnectorTestStep {
  /** What was tried: `Discovery document of https://...`. */
  readonly what: string;
  readonly ok: boolean;
  /** What came of it, for an admin; no secrets. */
  readonly detail: string;
}

/** What connectors are built with; put together in app. */
export interface ConnectorParts {
  /** Origin under which browsers find us; with port 0 known only after listening. */
  readonly publicUrl: () => string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Remembers in the store that something may be used once; false: it was used before, on any node. */
  readonly useOnce: (use: OneUse) => Promise<boolean>;
  /** Faults outside of a request (metadata that could not be refreshed); the server goes on. */
  readonly onFault: (message: string, error: unknown) => void;
}

export interface OneUse {
  /** What kind of thing: `saml assertion`. */
  readonly realm: string;
  readonly value: string;
  /** Until when it could be presented again; afterwards it need not be remembered. */
  readonly until: number;
}
