/** The kinds of targets: each with the check of its settings and how it is opened. A new kind is a line here. */
import type { z } from 'zod';
import { AppError } from '../errors.ts';
import type { JsonObject } from '../schema/json.ts';
import type { EventAdapter, StateAdapter } from './contract.ts';
import type { Reach } from './http/address-guard.ts';
import type { HttpClient } from './http/http-client.ts';
import { createScimTarget } from './scim/scim-target.ts';
import { findScimFaults, scimSecrets, scimSettings } from './scim/settings.ts';
import type { TargetKind } from './target.ts';
import { wandbSecrets, wandbSettings } from './wandb/settings.ts';
import { createWandbTarget } from './wandb/wandb-target.ts';
import { newSigningSecret, webhookSecrets, webhookSettings } from './webhook/settings.ts';
import { createWebhookTarget } from './webhook/webhook-target.ts';

export type Adapter =
  | { readonly holds: 'state'; readonly state: StateAdapter }
  | { readonly holds: 'events'; readonly events: EventAdapter };

export interface OpenParts {
  readonly organizationId: string;
  readonly http: HttpClient;
  readonly now: () => number;
}

export interface CheckedSettings {
  readonly settings: JsonObject;
  /** JSON, not sealed yet. */
  readonly secrets: JsonObject;
}

export interface TargetType {
  readonly kind: TargetKind;
  /** Where it may stand: a webhook on the internet only, trackers and directories in the own network too. */
  readonly reach: Reach;
  readonly holds: Adapter['holds'];
  /** Addresses that secrets are sent to, as they stand in the settings. */
  readonly secretsGoTo: readonly string[];
  /** Names of the settings that there are. */
  readonly settingNames: readonly string[];
  /** @throws AppError `invalid_value` with every fault */
  check(settings: unknown, secrets: unknown): CheckedSettings;
  open(checked: CheckedSettings, parts: OpenParts): Adapter;
}

interface Definition<S extends z.ZodObject, X extends z.ZodObject> {
  readonly kind: TargetKind;
  readonly reach: Reach;
  readonly holds: Adapter['holds'];
  readonly settings: S;
  readonly secrets: X;
  /** Settings that are addresses to which secrets are sent; a signing secret never is. */
  readonly secretsGoTo: readonly (keyof z.input<S> & string)[];
  /** Secrets that are made here when none are given. */
  readonly newSecrets?: () => z.input<X>;
  readonly faults?: (settings: z.infer<S>, secrets: z.infer<X>) => readonly string[];
  readonly open: (settings: z.infer<S>, secrets: z.infer<X>, parts: OpenParts) => Adapter;
}

function define<S extends z.ZodObject, X extends z.ZodObject>(definition: Definition<S, X>): TargetType {
  const { kind, reach, holds, secretsGoTo } = definition;
  const parse = (settings: unknown, secrets: unknown) => {
    const checkedSettings = definition.settings.safeParse(settings);
    const checkedSecrets = definition.secrets.safeParse(secrets);
    const faults = [...faultsOf(checkedSettings.error, 'settings'), ...faultsOf(checkedSecrets.error, 'secrets')];
    if (checkedSettings.success && checkedSecrets.success) {
      faults.push(...(definition.faults?.(checkedSettings.data, checkedSecrets.data) ?? []));
      if (faults.length === 0) return { settings: checkedSettings.data, secrets: checkedSecrets.data };
    }
    throw new AppError('invalid_value', `The settings of the ${kind} target are not right: ${faults.join(' ')}`);
  };
  return {
    ...{ kind, reach, holds, secretsGoTo, settingNames: Object.keys(definition.settings.shape) },
    check(settings, secrets) {
      const isNone = Object.keys((secrets ?? {}) as object).length === 0;
      const checked = parse(settings, isNone ? (definition.newSecrets?.() ?? {}) : secrets);
      return checked as unknown as CheckedSettings;
    },
    open({ settings, secrets }, parts) {
      const checked = parse(settings, secrets);
      return definition.open(checked.settings, checked.secrets, parts);
    },
  };
}

/** What is wrong, by its place; never the value, which may be a secret. */
function faultsOf(error: z.ZodError | undefined, whole: 'settings' | 'secrets'): string[] {
  return (error?.issues ?? []).map(({ path, message }) => {
    const words = message.endsWith('received undefined') ? 'it is missing' : message;
    return `${path.join('.') || whole}: ${words}.`;
  });
}

const TYPES: readonly TargetType[] = [
  define({
    kind: 'wandb',
    reach: 'private',
    holds: 'state',
    secretsGoTo: ['url'],
    settings: wandbSettings,
    secrets: wandbSecrets,
    open: (settings, secrets, parts) => ({ holds: 'state', state: createWandbTarget({ settings, secrets, ...parts }) }),
  }),
  define({
    kind: 'scim',
    reach: 'private',
    holds: 'state',
    secretsGoTo: ['url', 'tokenUrl'],
    settings: scimSettings,
    secrets: scimSecrets,
    faults: findScimFaults,
    open: (settings, secrets, parts) => ({ holds: 'state', state: createScimTarget({ settings, secrets, ...parts }) }),
  }),
  define({
    kind: 'webhook',
    reach: 'public',
    holds: 'events',
    secretsGoTo: [],
    settings: webhookSettings,
    secrets: webhookSecrets,
    newSecrets: () => ({ signing: [{ secret: newSigningSecret(), until: null }] }),
    open: (settings, secrets, parts) => ({
      holds: 'events',
      events: createWebhookTarget({ settings, secrets, ...parts }),
    }),
  }),
];

export function targetTypeOf(kind: TargetKind): TargetType {
  const type = TYPES.find((each) => each.kind === kind);
  if (type === undefined) throw new AppError('not_implemented', `There are no ${kind} targets.`);
  return type;
}
