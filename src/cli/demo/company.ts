/**
 * The demonstration's company: a week of it, told through the doors that everybody uses. Okta and Entra ID push by SCIM,
 * Robin works in the console's session by the API, people sign in through the identity provider. The clock is set to the
 * hour of each chapter, so that charts and times read as they would after a week.
 */
import { createSimulation, type IdpKind, type Simulation, type SimulationParts } from '../simulate/simulation.ts';
import type { DemoClock } from './demo-clock.ts';
import type { DemoPerson, DemoProvider } from './demo-provider.ts';
import type { DemoTracker } from './demo-tracker.ts';
import { createDemoVisitor, type DemoPage, type DemoVisitor } from './demo-visitor.ts';
import { type HandWork, keepRecords, openTeams, refineRules, settleTargets, watchOut } from './hand-work.ts';

export interface CompanyParts {
  /** Where Drawbridge is, without a path. */
  readonly url: string;
  readonly setupLink: () => Promise<string>;
  readonly clock: DemoClock;
  /** Absent where its library is not installed: then nobody signs in but Robin, by a link. */
  readonly provider: DemoProvider | undefined;
  readonly tracker: DemoTracker;
  readonly receiverUrl: string;
  readonly signal: AbortSignal;
  readonly sleep: SimulationParts['sleep'] | undefined;
  /** What happens, in words, with the name of who does it. */
  readonly say: (who: string, words: string) => void;
}

export interface Company {
  readonly admin: DemoVisitor;
  readonly simulations: readonly Simulation[];
  /** Some whom the identity providers have pushed. */
  readonly known: readonly DemoPerson[];
}

interface Part {
  readonly kind: IdpKind;
  readonly name: string;
  readonly users: number;
  readonly groups: number;
  readonly firstGroup: number;
  /** Between two events of its story. */
  readonly gapMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How long ago the story begins. */
export const WEEK_MS = 6.2 * DAY_MS;

/** Some 120 people and 14 groups in all: a company on Okta, and one that it bought, on Entra ID. */
const OKTA: Part = { kind: 'okta', name: 'Okta', users: 80, groups: 9, firstGroup: 0, gapMs: 4.5 * HOUR_MS };
const ENTRA: Part = { kind: 'entra', name: 'Entra ID', users: 40, groups: 5, firstGroup: 9, gapMs: 1.5 * HOUR_MS };

/** Below the default limit of a connection, so that nobody is told to wait. */
const RATE = 150;
const SEED = 2026;
const BROWSER = 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36';

/** The first to sign in becomes the admin; here that is always the same person. */
export const ADMIN: DemoPerson = {
  email: 'robin@demo.example',
  name: 'Robin Okafor',
  about: 'is the admin: sees the console',
};

export async function tellWeek(parts: CompanyParts): Promise<Company> {
  const { clock, say } = parts;
  parts.provider?.people.push(ADMIN);
  const admin = await enterAsAdmin(parts);
  const work: HandWork = { admin, say: (words) => say(ADMIN.name, words), receiverUrl: parts.receiverUrl };
  const okta = await connect(parts, admin, OKTA);
  clock.goTo(5.9 * DAY_MS);
  await openTeams(work, await peopleOf(admin, okta.connectionId, 8));
  clock.goTo(5 * DAY_MS);
  await okta.simulation.playStory();
  clock.goTo(2 * DAY_MS);
  await refineRules(work, okta.connectionId);
  const entra = await connect(parts, admin, ENTRA);
  clock.goTo(DAY_MS);
  await entra.simulation.playStory();
  const provisioned = await peopleOf(admin, okta.connectionId, 2);
  const known = provisioned.map((one) => ({ ...one, about: 'was provisioned: sees their own teams, and why' }));
  parts.provider?.people.push(...known);
  clock.goTo(HOUR_MS);
  await keepRecords(work, parts.tracker);
  await watchOut(work);
  clock.goTo(0);
  await signInOthers(parts, known, await leaversOf(admin, okta.connectionId));
  await settleTargets(work);
  return { admin, simulations: [okta.simulation, entra.simulation], known };
}

/** By a link: a sign-in through the identity provider would show that this clock is not the real one yet. */
async function enterAsAdmin({ url, setupLink }: CompanyParts): Promise<DemoVisitor> {
  const admin = createDemoVisitor(url, BROWSER);
  const link = await setupLink();
  await admin.open(link);
  const { name, email } = ADMIN;
  const key = new URL(link).searchParams.get('key') ?? '';
  const page = await admin.submit(`${url}/auth/setup`, { key, name, email });
  if (page.status !== 200) throw new Error(`the admin of the demonstration is not let in: ${page.text}`);
  return admin;
}

/** Through the identity provider's page, where one chooses who one is. */
async function signIn(visitor: DemoVisitor, url: string, email: string): Promise<DemoPage> {
  const choice = await visitor.open(`${url}/auth/oidc/login`);
  return visitor.submit(`${choice.url}/${encodeURIComponent(email)}`, {});
}

interface Connected {
  readonly connectionId: string;
  readonly simulation: Simulation;
}

async function connect(parts: CompanyParts, admin: DemoVisitor, part: Part): Promise<Connected> {
  const { kind, name, users, groups, firstGroup, gapMs } = part;
  const { clock, say, signal, sleep } = parts;
  const made = await admin.call('POST', '/connections', { name, dialect: kind });
  say(name, `provisions ${users} people and ${groups} groups ...`);
  const simulation = createSimulation({
    ...{ kind, users, groups, firstGroup, signal, rate: RATE, seed: SEED },
    ...{ scimUrl: String(made.scimUrl), token: (made.token as { token: string }).token },
    ...(sleep === undefined ? {} : { sleep }),
    onEvent(words) {
      clock.pass(gapMs);
      say(name, words);
    },
  });
  await simulation.populate();
  return { connectionId: String(made.id), simulation };
}

interface Listed {
  readonly name: string;
  readonly email: string | null;
}

async function listPeople(admin: DemoVisitor, query: Readonly<Record<string, string>>) {
  const { items } = await admin.call('GET', `/people?${new URLSearchParams(query)}`);
  return (items as readonly Listed[]).flatMap(({ name, email }) => (email === null ? [] : [{ name, email }]));
}

function peopleOf(admin: DemoVisitor, connectionId: string, count: number) {
  return listPeople(admin, { connectionId, status: 'active', limit: String(count) });
}

function leaversOf(admin: DemoVisitor, connectionId: string) {
  return listPeople(admin, { connectionId, status: 'deactivated', limit: '1' });
}

type Named = Pick<DemoPerson, 'name' | 'email'>;

/** Two who may, and one who has left and tries nevertheless. */
async function signInOthers(
  { url, provider, say }: CompanyParts,
  known: readonly Named[],
  leavers: readonly Named[],
): Promise<void> {
  if (provider === undefined) return;
  for (const { name, email } of known) {
    say(name, 'signs in.');
    await signIn(createDemoVisitor(url, BROWSER), url, email);
  }
  for (const leaver of leavers) {
    say(leaver.name, 'has left, tries to sign in, and is refused.');
    const entry = { ...leaver, about: 'has left' };
    provider.people.push(entry);
    await signIn(createDemoVisitor(url, BROWSER), url, leaver.email);
    provider.people.splice(provider.people.indexOf(entry), 1);
  }
}
