/**
 * Collects the repairs of one request, and knows where in the body the walk stands.
 *
 * Bounded: of each kind the first twenty are listed one by one and the rest as a count, names are cut to a readable
 * length. Values are never written down (they may be personal data or a password); names, paths and booleans are.
 */
import type { Repair } from '../../synclog/exchange.ts';
import type { RepairCode } from './repair-catalog.ts';

const LISTED_PER_CODE = 20;
const SHOWN_CHARACTERS = 120;

export interface RepairLog {
  /** Steps into a key or an index of what is being repaired; `leave` steps back out. */
  enter(step: string | number): void;
  leave(): void;
  /** Records one repair here, or at a key of what is here. */
  note(code: RepairCode, detail: string, key?: string | number): void;
  /** Everything noted so far. */
  list(): Repair[];
}

/** Client text made fit for a log line: one line, well-formed, not endless. */
export function shown(text: string): string {
  const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
  return cut.toWellFormed().replace(/\p{Cc}/gu, '\ufffd');
}

/** `Operations[0].value.emails[1].primary`; after a schema URN comes a colon. */
function locate(steps: readonly (string | number)[]): string {
  let at = '';
  for (const step of steps) {
    if (typeof step === 'number') at += `[${step}]`;
    else if (at === '') at = shown(step);
    else at += (/:user$|:group$/i.test(at) ? ':' : '.') + shown(step);
  }
  return at;
}

export function createRepairLog(): RepairLog {
  const steps: (string | number)[] = [];
  const repairs: Repair[] = [];
  const counts = new Map<RepairCode, number>();
  return {
    enter(step) {
      steps.push(step);
    },
    leave() {
      steps.pop();
    },
    note(code, detail, key) {
      const count = (counts.get(code) ?? 0) + 1;
      counts.set(code, count);
      if (count > LISTED_PER_CODE) return;
      repairs.push({ code, at: locate(key === undefined ? steps : [...steps, key]), detail });
    },
    list() {
      for (const [code, count] of counts) {
        if (count <= LISTED_PER_CODE) continue;
        const rest = count - LISTED_PER_CODE;
        repairs.push({ code, at: 'elsewhere in the request', detail: `The same repair ${rest} more times.` });
      }
      return repairs;
    },
  };
}
