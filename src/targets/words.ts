/** How a target stands, in words: the same on the command line and in the console. */
import { tellNumber } from '../numbers.ts';
import type { Failing } from './failing.ts';
import type { TargetStatus } from './status.ts';

/** `12 seconds`, `4 minutes`, `3 hours`, `2 days`: whole ones, rounded down. */
export function tellSpan(seconds: number): string {
  if (seconds < 60) return counted(Math.max(0, Math.floor(seconds)), 'second');
  if (seconds < 2 * 3600) return counted(Math.floor(seconds / 60), 'minute');
  return seconds < 48 * 3600
    ? counted(Math.floor(seconds / 3600), 'hour')
    : counted(Math.floor(seconds / 86_400), 'day');
}

function counted(count: number, noun: string): string {
  return `${tellNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function tellLag(status: TargetStatus): string {
  const refused = status.subjects.refused - status.parked;
  return `${tellWait(status)}${refused > 0 ? `; ${tellNumber(refused)} refused so far` : ''}`;
}

function tellWait({ target, lagChanges, lagSeconds, loading }: TargetStatus): string {
  if (target.state === 'paused') return `paused; ${tellNumber(lagChanges)} waiting`;
  if (loading) return `first load under way; ${tellNumber(lagChanges)} waiting`;
  if (lagChanges === 0) return 'in step';
  const behind = `${counted(lagChanges, 'change')} behind`;
  return lagSeconds === 0 ? behind : `${behind}, for ${tellSpan(lagSeconds)}`;
}

/** Why nothing gets through, where nothing does. */
export function tellTrouble({ target, failing }: TargetStatus, now: number): string | null {
  return failing === null ? target.stateReason : tellFailing(failing, now);
}

/** Since when, why, and when it is tried next, as sentences. */
export function tellFailing({ since, reason, kind, nextTryAt }: Failing, now: number): string {
  const why = /[.!?]$/.test(reason) ? reason : `${reason}.`;
  const forHowLong = tellSpan((now - since) / 1000);
  if (kind !== 'unavailable') {
    const again =
      nextTryAt === null ? '' : ` It is looked at again ${tellWhen(nextTryAt, now)}, and when Drawbridge starts.`;
    return `Nothing is sent to it, for ${forHowLong} now. ${why}${again}`;
  }
  const next = nextTryAt === null ? 'Nothing waits for it.' : `It is tried again ${tellWhen(nextTryAt, now)}.`;
  return `Every try has failed for ${forHowLong}. ${why} ${next}`;
}

function tellWhen(at: number, now: number): string {
  if (at <= now) return 'now';
  const seconds = Math.ceil((at - now) / 1000);
  return `in ${tellSpan(seconds < 60 ? seconds : Math.ceil(seconds / 60) * 60)}`;
}
