/** Ctrl-C as an AbortSignal: the first ends what is under way in order, the second the process. */
import type { CliContext } from '../context.ts';

export interface StopSignal {
  readonly signal: AbortSignal;
  /** Listens no longer. */
  forget(): void;
}

/** npm passes a Ctrl-C on that the terminal has sent already: what comes this soon after the first is the same one. */
const SAME_SIGNAL_MS = 500;

export function stopOnSignal(
  { signals, exit, now }: Pick<CliContext, 'signals' | 'exit' | 'now'>,
  onStop: () => void = () => undefined,
): StopSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const listener = () => {
    if (firstAt === undefined) {
      firstAt = now();
      onStop();
      controller.abort();
    } else if (now() - firstAt > SAME_SIGNAL_MS) exit(130);
  };
  signals.on('SIGINT', listener);
  signals.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    forget: () => {
      signals.off('SIGINT', listener);
      signals.off('SIGTERM', listener);
    },
  };
}
