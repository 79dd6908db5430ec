/** What the pages of settings show; app/ gathers it. Nothing here is a secret. */
import type { Principal } from '../../directory/principal.ts';
import type { RoomParts } from '../room.ts';

export interface Fact {
  readonly label: string;
  readonly value: string;
}

export interface TestStep {
  readonly what: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface TestResult {
  readonly ok: boolean;
  readonly steps: readonly TestStep[];
}

/** Signing in, as it is configured. */
export interface ShownSignIn {
  readonly connectors: readonly { readonly type: string; readonly label: string; readonly facts: readonly Fact[] }[];
  /** How people are let in, in words. */
  readonly facts: readonly Fact[];
}

export interface SignInPort {
  /** @throws AppError `forbidden` */
  show(asker: Principal): ShownSignIn;
  /** Asks the other side; signs nobody in. @throws AppError `forbidden`, `not_found` */
  test(asker: Principal, type: string): Promise<TestResult>;
}

export interface SettingsPagesParts extends RoomParts {
  readonly signIn: SignInPort;
  /** False: DISABLE_SSO_PROVISIONING is true, whatever is set here. */
  readonly environmentProvisions: boolean;
  /** Null: no mail is sent. */
  readonly mailServer: string | null;
  readonly tracker: { readonly facts: readonly Fact[]; test(signal: AbortSignal): Promise<TestResult> } | null;
  readonly retentionDays: number;
}
