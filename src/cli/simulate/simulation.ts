/**
 * One simulated identity provider, put together: wire, client, people, report. Used by the verb `simulate` and by the demo.
 * Owns the order (first cycle, story, trickle). Does not own what is sent (okta.ts, entra.ts) or what is shown.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { IdpClient } from './client.ts';
import { createConversation } from './conversation.ts';
import { createEntraClient, ENTRA_BODY_HEADERS, entraRetry } from './entra.ts';
import type { SimulatedEvent } from './event.ts';
import { createOktaClient, OKTA_HEADERS, oktaRetry } from './okta.ts';
import { createPeople } from './people.ts';
import { type Cast, populate } from './populate.ts';
import { createRandom } from './random.ts';
import { createReport, type Report } from './report.ts';
import { createRoster } from './roster.ts';
import { tellStory } from './story.ts';
import { createTrickle } from './trickle.ts';
import { createWire, type Sleep, type Wire } from './wire.ts';

export type IdpKind = 'okta' | 'entra';

export const ENTRA_FLAG = 'aadOptscim062020';

export interface SimulationParts {
  readonly kind: IdpKind;
  /** Entra only: the newer shapes, and the flag on the address. */
  readonly flag?: boolean;
  readonly scimUrl: string;
  readonly token: string;
  readonly users: number;
  readonly groups: number;
  /** How many of the known group names to pass over. */
  readonly firstGroup?: number;
  /** Requests per second at most; 0: no limit. */
  readonly rate: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly sleep?: Sleep;
  readonly now?: () => number;
  /** Told after every answer. */
  readonly onAnswer?: (report: Report) => void;
  /** Told each event in words, before it is sent. */
  readonly onEvent?: (words: string) => void;
}

export interface Simulation {
  readonly name: string;
  readonly report: Report;
  /** The connection test, then users, groups, references and memberships. */
  populate(): Promise<void>;
  playStory(): Promise<void>;
  /** One small event more; after `populate`. */
  trickle(): Promise<void>;
  close(): void;
}

const DOMAINS: Readonly<Record<IdpKind, string>> = { okta: 'northlight.example', entra: 'polaris.example' };
const SOCKETS = 8;

export const sleepFor: Sleep = (ms, signal) => delay(ms, undefined, { signal });

export function createSimulation(parts: SimulationParts): Simulation {
  const { kind, seed, now = () => performance.now() } = parts;
  const scimUrl = parts.flag === true ? withFlag(parts.scimUrl) : parts.scimUrl;
  const report = createReport({ client: kind === 'okta' ? 'Okta' : 'Entra ID', scimUrl, seed, now });
  const wire = openWire({ ...parts, scimUrl, now }, report);
  const random = createRandom(seed);
  const idStyle = kind === 'okta' ? 'okta' : 'guid';
  const { users: userCount, groups: groupCount, firstGroup = 0 } = parts;
  // Both identity providers may feed one organization: not with people of the same names.
  const peopleSeed = seed * 2 + (kind === 'okta' ? 0 : 1);
  const people = createPeople({ seed: peopleSeed, userCount, groupCount, firstGroup, domain: DOMAINS[kind], idStyle });
  const client = createClient(parts, wire, report, random);
  const cast: Cast = { client, people, roster: createRoster(people), report, random };
  const play = async (event: SimulatedEvent) => {
    report.tell(event.words);
    parts.onEvent?.(event.words);
    await event.run();
  };
  let next: ReturnType<typeof createTrickle> | undefined;
  return {
    name: client.name,
    report,
    populate: () => populate(cast),
    playStory: async () => {
      for (const event of tellStory(cast)) await play(event);
    },
    trickle: async () => {
      next ??= createTrickle(cast);
      await play(next());
    },
    close: () => wire.close(),
  };
}

function openWire(parts: SimulationParts & { now: () => number }, report: Report): Wire {
  const { kind, token } = parts;
  return createWire({
    scimUrl: parts.scimUrl,
    headers: { ...(kind === 'okta' ? OKTA_HEADERS : {}), Authorization: `Bearer ${token}` },
    bodyHeaders: kind === 'okta' ? {} : ENTRA_BODY_HEADERS,
    sockets: SOCKETS,
    rate: parts.rate,
    retry: kind === 'okta' ? oktaRetry : entraRetry,
    signal: parts.signal,
    sleep: parts.sleep ?? sleepFor,
    now: parts.now,
    onAnswer: (answer) => {
      report.count(answer);
      parts.onAnswer?.(report);
    },
  });
}

function createClient(parts: SimulationParts, wire: Wire, report: Report, random: () => number): IdpClient {
  const talk = createConversation(wire, report);
  if (parts.kind === 'okta') return createOktaClient(talk, random);
  return createEntraClient({ talk, random, flag: parts.flag === true });
}

/** The flag is a part of the Tenant URL, as admins type it. */
function withFlag(scimUrl: string): string {
  if (scimUrl.includes(ENTRA_FLAG)) return scimUrl;
  return `${scimUrl}${scimUrl.includes('?') ? '&' : '?'}${ENTRA_FLAG}`;
}
