/**
 * Replays one file against a running bridge: makes what is given (through SCIM, as an identity provider would), sends
 * the request, checks the answer and what follows from it.
 *
 * Owns: the order of things and the names. Does not own: the bridge (test/support/bridge.ts), the checks (check.ts).
 * Each replay has an organization and a connection of its own, so that replays do not know of each other.
 */
import type { Dialect } from '../../src/directory/connections/connection.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/schema/json.ts';
import { problemsOf, valueAt } from './check.ts';
import type { Check, Expectation, Given, Replay, ReplayRequest, Step } from './replay-file.ts';
import { fill, fillText, type Variables } from './variables.ts';
import { type Answer, send } from './wire.ts';

/** What the runner needs of a bridge under test. */
export interface ReplayBridge {
  createOrganization(name: string): Promise<{ readonly id: string }>;
  createConnection(wanted: { dialect: Dialect; organizationId?: string; name?: string }): Promise<ReplayConnection>;
  pauseConnection(id: string): Promise<unknown>;
  setRules(connectionId: string, rules: { rules: readonly Json[] }): Promise<unknown>;
}

export interface ReplayConnection {
  readonly id: string;
  readonly token: string;
  readonly scimUrl: string;
  readonly organizationId: string;
}

interface Session {
  readonly bridge: ReplayBridge;
  readonly main: ReplayConnection;
  readonly others: Map<string, ReplayConnection>;
  readonly variables: Variables;
}

/** Replays a file; answers what went wrong, in words. Empty: all is as the file says. */
export async function runReplay(replay: Replay, bridge: ReplayBridge): Promise<readonly string[]> {
  const organization = await bridge.createOrganization(`replay ${replay.case}`);
  const main = await bridge.createConnection({
    dialect: replay.dialect,
    organizationId: organization.id,
    name: replay.case,
  });
  const session: Session = { bridge, main, others: new Map(), variables: new Map() };
  for (const given of replay.given) {
    const problems = await makeGiven(session, given);
    if (problems.length > 0) return problems.map((problem) => `given: ${problem}`);
  }
  return runStep(session, { request: replay.request, expect: replay.expect });
}

async function makeGiven(session: Session, given: Given): Promise<readonly string[]> {
  if ('request' in given) return runStep(session, given);
  if ('create' in given) return create(session, given);
  if (given.precondition === 'paused') await session.bridge.pauseConnection(session.main.id);
  if (given.precondition === 'rules') await session.bridge.setRules(session.main.id, { rules: given.rules });
  if (given.precondition === 'second-connection') {
    const organizationId =
      given.organization === 'same'
        ? session.main.organizationId
        : (await session.bridge.createOrganization(`other of ${session.main.id}`)).id;
    const connection = await session.bridge.createConnection({
      dialect: given.dialect,
      organizationId,
      name: given.as,
    });
    session.others.set(given.as, connection);
  }
  return [];
}

async function create(session: Session, given: Extract<Given, { create: string }>): Promise<readonly string[]> {
  const schema = `urn:ietf:params:scim:schemas:core:2.0:${given.create}`;
  for (let n = 1; n <= (given.times ?? 1); n += 1) {
    session.variables.set('n', n);
    const members = given.members?.map((member) => ({ value: `{${member}}` }));
    const body = { schemas: [schema], ...given.body, ...(members === undefined ? {} : { members }) };
    const problems = await runStep(session, {
      request: {
        method: 'POST',
        path: `/${given.create}s`,
        headers: { 'Content-Type': 'application/scim+json' },
        body,
        ...(given.via === undefined ? {} : { via: given.via }),
      },
      expect: { status: 201, save: { [given.times === undefined ? given.as : `${given.as}${n}`]: '/id' } },
    });
    if (problems.length > 0) return problems;
  }
  return [];
}

async function runStep(session: Session, step: Step): Promise<readonly string[]> {
  const label = `${step.request.method} ${step.request.path}`;
  const answer = await sendRequest(session, step.request);
  const { then = [], ...rest } = step.expect ?? {};
  const problems = problemsOf(answer, fillExpectation(rest, session.variables));
  if (problems.length > 0) {
    return [
      ...problems.map((problem) => `${label}: ${problem}`),
      `${label} answered ${answer.status} ${answer.text.slice(0, 1500)}`,
    ];
  }
  for (const [name, pointer] of Object.entries(rest.save ?? {})) {
    const value = valueAt(answer.body, pointer);
    if (value === undefined) return [`${label}: nothing at ${pointer} to save as {${name}}`];
    session.variables.set(name, value);
  }
  const later: string[] = [];
  for (const next of then) later.push(...(await runStep(session, next)));
  return later;
}

async function sendRequest(session: Session, request: ReplayRequest): Promise<Answer> {
  const connection = request.via === undefined ? session.main : session.others.get(request.via);
  if (connection === undefined) throw new Error(`no connection is called ${request.via}`);
  const authorization = request.auth ?? `Bearer ${connection.token}`;
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name, fillText(value, session.variables)]),
  );
  return send({
    base: connection.scimUrl,
    method: request.method,
    path: fillText(request.path, session.variables, encodeURIComponent),
    headers: authorization === 'none' ? headers : { Authorization: authorization, ...headers },
    body: bodyOf(request, session.variables),
  });
}

function bodyOf(request: ReplayRequest, variables: Variables): string | undefined {
  if (request.text !== undefined) return request.text;
  if (request.body === undefined) return undefined;
  let body = fill(request.body, variables);
  if (request.with !== undefined && isJsonObject(body))
    body = { ...body, ...(fill(request.with, variables) as JsonObject) };
  if (request.grow !== undefined) {
    const list = valueAt(body, request.grow.at);
    const element = JSON.stringify(request.grow.element);
    const elements = Array.from({ length: Math.ceil(request.grow.bytes / element.length) }, () => element);
    // Put in as text: a list of this length would only be built to be written out again.
    return JSON.stringify(body).replace(JSON.stringify(list), `[${elements.join(',')}]`);
  }
  return JSON.stringify(body);
}

function fillExpectation(expectation: Omit<Expectation, 'then'>, variables: Variables): Omit<Expectation, 'then'> {
  const { body, headers, ...rest } = expectation;
  return {
    ...rest,
    ...(body === undefined ? {} : { body: body.flatMap((check) => fillCheck(check, variables)) }),
    ...(headers === undefined
      ? {}
      : { headers: fill(headers as Json, variables) as NonNullable<Expectation['headers']> }),
  };
}

/** `disjoint` becomes one `excludes` for each id of the saved list. */
function fillCheck(check: Check, variables: Variables): readonly Check[] {
  if (check.disjoint === undefined) return [fill(check as Json, variables) as Check];
  const saved = fill(check.disjoint, variables);
  if (!Array.isArray(saved)) throw new Error(`${check.disjoint} is not a saved list`);
  return saved.map((entry: Json) => ({ at: check.at, excludes: { id: String(valueAt(entry, '/id')) } }));
}
