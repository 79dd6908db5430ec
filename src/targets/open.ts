/** Opens a target: its secrets, its way out (address guard, pace), its adapter. */
import { createAddressGuard, parseNetwork } from './http/address-guard.ts';
import { createHttpClient, type HttpClient } from './http/http-client.ts';
import { createPace } from './http/pace.ts';
import type { TargetParts } from './parts.ts';
import { type Adapter, type CheckedSettings, targetTypeOf } from './registry.ts';
import type { Target } from './target.ts';

export interface OpenTarget {
  readonly target: Target;
  readonly adapter: Adapter;
  close(): Promise<void>;
}

/** What sealed secrets are bound to. */
export function secretLabel(targetId: string): string {
  return `target:${targetId}`;
}

/** @throws AppError `conflict` with what to do, when they do not open any more */
export function openSecrets({ box }: Pick<TargetParts, 'box'>, target: Target): CheckedSettings['secrets'] {
  return JSON.parse(box.open(secretLabel(target.id), target.sealed));
}

/**
 * @param wrap puts something between the adapter and the way out, for a dry run
 * @throws AppError `conflict` when the secrets do not open any more, `invalid_value` when the settings are not right
 */
export function openTarget(
  parts: TargetParts,
  target: Target,
  wrap: (http: HttpClient) => HttpClient = (http) => http,
): OpenTarget {
  const { store, now, random } = parts;
  const type = targetTypeOf(target.kind);
  const networks = parts.networks.map(parseNetwork).filter((network) => network !== undefined);
  const perSecond = Number(target.settings.requestsPerSecond ?? 0);
  const pace = createPace({
    perSecond,
    now,
    takeTurns: (count, spacingMs, notBefore) =>
      store.write((db) => store.targets.takeTurns(db, target.id, count, spacingMs, notBefore)),
    hold: (at) => store.write((db) => store.targets.holdUntil(db, target.id, at)),
  });
  const http = createHttpClient({ guard: createAddressGuard(type.reach, networks), pace, now, random });
  const secrets = openSecrets(parts, target);
  const adapter = type.open(
    { settings: target.settings, secrets },
    { organizationId: target.organizationId, http: wrap(http), now },
  );
  return {
    target,
    adapter,
    close: () => (adapter.holds === 'state' ? adapter.state.close() : adapter.events.close()),
  };
}
