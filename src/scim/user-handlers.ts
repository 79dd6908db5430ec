/** /Users: each handler parses, calls one use-case, answers. */

import type { User } from '../directory/people/user.ts';
import { createUser, deleteUser, updateUser } from '../directory/people/users.ts';
import type { Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import { userSchema } from '../schema/attribute.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Repair } from '../synclog/exchange.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Answer } from './answer.ts';
import { commit } from './commit.ts';
import { checkPreconditions, isNotModified, toEtag } from './etag.ts';
import { type Handled, type Handling, readOnly } from './handler.ts';
import { listHead, planList, takePage } from './list-query.ts';
import type { ListRequest } from './list-request.ts';
import { parsePatch } from './patch.ts';
import { type Projection, parseProjection } from './projection.ts';
import { createUserRenderer } from './render.ts';
import { parseResource } from './resource.ts';
import { checkKnownRoles } from './roles.ts';
import { applyUserPatch } from './user-patch.ts';

export async function readUser({ parts, request }: Handling): Promise<Handled> {
  const { store } = parts.directory;
  const id = request.path[1] ?? '';
  const user = isId(id) ? await store.users.find(store.reader, request.scope, id) : undefined;
  if (user === undefined) throw noUser(id);
  const etag = toEtag(user.version);
  const projection = projectionOf(request.query);
  const subject = subjectOf(user);
  const summary = `read ${subject.name}`;
  const groups = await groupsOf(parts, [user], projection);
  // The version does not cover the read-only groups, so what a client has may be stale in them.
  const fresh = groups.size === 0 && isNotModified(request.ifNoneMatch, etag);
  if (fresh) return readOnly({ status: 304, headers: { etag }, subject, summary });
  const body = createUserRenderer(parts.baseUrl(), projection)(user, groups.get(user.id));
  return readOnly({ status: 200, headers: { etag }, body, subject, summary });
}

export async function listUsers({ parts, request }: Handling, list: ListRequest): Promise<Handled> {
  const { store } = parts.directory;
  const plan = planList(list, {
    schema: userSchema,
    scope: request.scope,
    limits: parts.limits,
    cursors: parts.cursors,
    unquotedFilterValues: request.traits.unquotedFilterValues,
    onRepair: (repair) => request.repairs.push(repair),
  });
  const projection = parseProjection(list, userSchema);
  const { total, items: found } = await store.users.page(store.reader, request.scope, plan.query);
  const { items, next } = takePage(plan, found, parts.cursors);
  const groups = await groupsOf(parts, items, projection);
  const render = createUserRenderer(parts.baseUrl(), projection);
  const texts = items.map((user) => render(user, groups.get(user.id)));
  const head = listHead(total ?? items.length, items.length, plan, next);
  const what = list.filter === undefined ? 'listed users' : `looked for users with ${list.filter.slice(0, 200)}`;
  return readOnly({
    status: 200,
    body: `${head}${texts.join(',')}]}`,
    summary: `${what}: ${items.length} of ${total ?? items.length}`,
  });
}

export async function postUser({ parts, request, makeRecord }: Handling): Promise<Handled> {
  const attributes = parseResource(userSchema, request.body);
  return commit(parts, request, makeRecord, async (work) => {
    await checkKnownRoles(parts, work, request.connection, attributes);
    const { user, outcome } = await createUser(parts.directory, work, request.connection, attributes);
    return answerUser({ parts, request }, work.db, user, outcome === 'restored' ? 200 : 201);
  });
}

export async function putUser({ parts, request, makeRecord }: Handling): Promise<Handled> {
  const replacement = parseResource(userSchema, request.body);
  return commit(parts, request, makeRecord, async (work) => {
    const user = await lockUser({ parts, request }, work);
    const current = JSON.parse(user.attributes) as JsonObject;
    const attributes = keepUnasserted(replacement, current);
    await checkKnownRoles(parts, work, request.connection, attributes);
    return answerUser(
      { parts, request },
      work.db,
      await updateUser(parts.directory, work, request.connection, user, attributes),
      200,
    );
  });
}

/**
 * RFC 7644 section 3.5.1 leaves open what becomes of what a PUT does not name. Everything is cleared but these two: a
 * person is neither reactivated nor cut off from their identity by an omission.
 */
function keepUnasserted(replacement: JsonObject, current: JsonObject): JsonObject {
  const { active, externalId } = current;
  return {
    ...(externalId === undefined ? {} : { externalId }),
    ...(active === undefined ? {} : { active }),
    ...replacement,
  };
}

export async function patchUser({ parts, request, makeRecord }: Handling): Promise<Handled> {
  const operations = parsePatch(userSchema, request.body, {
    maxOperations: parts.limits.maxOperations,
    requirePath: !request.traits.pathlessPatch,
    unquotedFilterValues: request.traits.unquotedFilterValues,
    onRepair: (repair) => request.repairs.push(repair),
  });
  const evaluate = (user: User): Evaluated => {
    const repairs: Repair[] = [];
    const current = JSON.parse(user.attributes) as JsonObject;
    const attributes = applyUserPatch(current, operations, {
      createMissingElement: request.traits.createMissingElement,
      onRepair: (repair) => repairs.push(repair),
    });
    return {
      version: user.version,
      attributes,
      repairs,
      isChange: attributes !== current || user.connectionId === null,
    };
  };
  // Against what is committed, before any write waits for it: only a change needs a transaction.
  const { reader } = parts.directory.store;
  const seen = await findUser({ parts, request }, reader);
  const early = evaluate(seen);
  if (!early.isChange) {
    request.repairs.push(...early.repairs);
    return { answer: await answerUser({ parts, request }, reader, seen, 200), changes: [] };
  }
  return commit(parts, request, makeRecord, async (work) => {
    const user = await lockUser({ parts, request }, work);
    const { attributes, repairs, isChange } = user.version === early.version ? early : evaluate(user);
    request.repairs.push(...repairs);
    if (!isChange) return answerUser({ parts, request }, work.db, user, 200);
    await checkKnownRoles(parts, work, request.connection, attributes);
    return answerUser(
      { parts, request },
      work.db,
      await updateUser(parts.directory, work, request.connection, user, attributes),
      200,
    );
  });
}

/** What a PATCH makes of a user in one version. */
interface Evaluated {
  readonly version: number;
  readonly attributes: JsonObject;
  readonly repairs: readonly Repair[];
  readonly isChange: boolean;
}

export async function removeUser({ parts, request, makeRecord }: Handling): Promise<Handled> {
  return commit(parts, request, makeRecord, async (work) => {
    const user = await lockUser({ parts, request }, work);
    await deleteUser(parts.directory, work, request.connection, user);
    return { status: 204, subject: subjectOf(user) };
  });
}

async function findUser({ parts, request }: Pick<Handling, 'parts' | 'request'>, db: Handle): Promise<User> {
  const id = request.path[1] ?? '';
  const user = isId(id) ? await parts.directory.store.users.find(db, request.scope, id) : undefined;
  if (user === undefined) throw noUser(id);
  checkPreconditions(request, toEtag(user.version));
  return user;
}

/** As `findUser`, and keeps others from changing the user until the transaction ends. */
async function lockUser({ parts, request }: Pick<Handling, 'parts' | 'request'>, work: Work): Promise<User> {
  const id = request.path[1] ?? '';
  const user = isId(id) ? await parts.directory.store.users.lock(work.db, request.scope, id) : undefined;
  if (user === undefined) throw noUser(id);
  checkPreconditions(request, toEtag(user.version));
  return user;
}

async function answerUser(
  { parts, request }: Pick<Handling, 'parts' | 'request'>,
  db: Handle,
  user: User,
  status: number,
): Promise<Answer> {
  const projection = projectionOf(request.query);
  const isNew = user.version === 1 && status === 201;
  const groups = isNew ? new Map<string, never>() : await groupsOf(parts, [user], projection, db);
  const baseUrl = parts.baseUrl();
  const etag = toEtag(user.version);
  const location = `${baseUrl}/Users/${user.id}`;
  const body = createUserRenderer(baseUrl, projection)(user, groups.get(user.id));
  return { status, headers: { etag, location }, body, subject: subjectOf(user) };
}

async function groupsOf(
  { directory }: Handling['parts'],
  users: readonly Pick<User, 'id'>[],
  projection: Projection | undefined,
  db: Handle = directory.store.reader,
): Promise<ReadonlyMap<string, readonly { id: string; name: string }[]>> {
  if (users.length === 0 || projection?.wants('groups') === false) return new Map();
  return directory.store.users.groupsOf(
    db,
    users.map((user) => user.id),
  );
}

function projectionOf(query: Handling['request']['query']): Projection | undefined {
  const [attributes, excludedAttributes] = [query.get('attributes'), query.get('excludedAttributes')];
  if (attributes === undefined && excludedAttributes === undefined) return undefined;
  return parseProjection(
    {
      ...(attributes === undefined ? {} : { attributes }),
      ...(excludedAttributes === undefined ? {} : { excludedAttributes }),
    },
    userSchema,
  );
}

function subjectOf(user: User): { type: 'user'; id: string; name: string } {
  return { type: 'user', id: user.id, name: user.displayName ?? user.userName };
}

function noUser(id: string): AppError {
  return new AppError('not_found', `There is no user with the id "${id.slice(0, 100)}".`);
}

/** Ids are issued here, so that anything of another form names nothing. */
export function isId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}
