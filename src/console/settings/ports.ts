/** What the pages of settings show; app/ gathers it. Nothing here is a secret. */
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

/** A way to sign in, as it is configured. */
export interface SignInWay {
  readonly type: string;
  readonly label: string;
  describe(): readonly Fact[];
  test(): Promise<TestResult>;
}

export interface SettingsPagesParts extends RoomParts {
  readonly ways: readonly SignInWay[];
  /** False: DISABLE_SSO_PROVISIONING is true, whatever is set here. */
  readonly environmentProvisions: boolean;
  /** Null: no mail is sent. */
  readonly mailServer: string | null;
  readonly tracker: { readonly facts: readonly Fact[]; test(signal: AbortSignal): Promise<TestResult> } | null;
  readonly retentionDays: number;
}
