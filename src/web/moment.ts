/** Times and lengths of time for people. Everything is UTC and says so. */
import { type View, view } from './view.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-11-24 04:19:30.123 UTC` */
export function exactTime(at: number): string {
  return `${new Date(at).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
}

/** `12 s ago` within a day, then `23 Nov 04:19 UTC`. assets/console.js says the same as time goes by. */
export function relativeTime(at: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const date = new Date(at);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
  const year = date.getUTCFullYear() === new Date(now).getUTCFullYear() ? '' : ` ${date.getUTCFullYear()}`;
  return `${day}${year} ${date.toISOString().slice(11, 16)} UTC`;
}

/** `2026-11-24 04:19 UTC` */
export function minuteTime(at: number): string {
  return `${exactTime(at).slice(0, 16)} UTC`;
}

export function renderTime(at: number, now: number): View {
  return view`<time datetime="${new Date(at).toISOString()}" title="${exactTime(at)}">${relativeTime(at, now)}</time>`;
}

export function describeDuration(durationUs: number): string {
  if (durationUs < 1000) return `${(durationUs / 1000).toFixed(2)} ms`;
  if (durationUs < 10_000) return `${(durationUs / 1000).toFixed(1)} ms`;
  if (durationUs < 1_000_000) return `${Math.round(durationUs / 1000)} ms`;
  return `${(durationUs / 1_000_000).toFixed(1)} s`;
}
