/** Asks a target whether it is who it should be and lets us in: `target test`. */
import { authorize } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import { isAppError } from '../errors.ts';
import type { Call, TestReport } from './contract.ts';
import { type OpenTarget, openTarget } from './open.ts';
import type { TargetParts } from './parts.ts';
import type { Target } from './target.ts';

export async function testTarget(
  parts: TargetParts,
  principal: Principal,
  target: Target,
  signal: AbortSignal,
): Promise<TestReport> {
  authorize(principal, 'targets.read');
  const open = tryToOpen(parts, target);
  if ('reason' in open) return { ok: false, findings: [open.reason] };
  const { adapter, close } = open;
  const call: Call = { signal, requestId: null, trace: () => undefined };
  try {
    return adapter.holds === 'state' ? await adapter.state.test(call) : await adapter.events.test(call);
  } finally {
    await close();
  }
}

function tryToOpen(parts: TargetParts, target: Target): OpenTarget | { readonly reason: string } {
  try {
    return openTarget(parts, target);
  } catch (error) {
    if (isAppError(error)) return { reason: error.message };
    throw error;
  }
}
