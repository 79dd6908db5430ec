/** /Groups: members travel as deltas; nothing here reads a whole group unless the client asked for its members. */
import type { Group, GroupMember } from '../directory/groups/group.ts';
import { changeGroup, createGroup, deleteGroup, type GroupStep } from '../directory/groups/groups.ts';
import type { Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import { groupSchema } from '../schema/attribute.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Answer } from './answer.ts';
import { commit } from './commit.ts';
import { checkPreconditions, isNotModified, toEtag } from './etag.ts';
import { toGroupSteps } from './group-patch.ts';
import { type Handled, type Handling, readOnly } from './handler.ts';
import { listHead, planList, takePage } from './list-query.ts';
import type { ListRequest } from './list-request.ts';
import type { ScimParts } from './parts.ts';
import { parsePatch } from './patch.ts';
import { type Projection, parseProjection } from './projection.ts';
import { renderGroup, streamGroup } from './render.ts';
import { parseGroup } from './resource.ts';
import { isId } from './user-handlers.ts';

type Sides = Pick<Handling, 'parts' | 'request'>;

/** Members that are held at once; longer lists are streamed. */
const PAGE = 2000;

export async function readGroup({ parts, request }: Handling): Promise<Handled> {
  const { store } = parts.directory;
  const id = request.path[1] ?? '';
  const group = isId(id) ? await store.groups.find(store.reader, request.scope, id) : undefined;
  if (group === undefined) throw noGroup(id);
  const etag = toEtag(group.version);
  const told = { headers: { etag }, subject: subjectOf(group), summary: `read group ${group.displayName}` };
  if (isNotModified(request.ifNoneMatch, etag)) return readOnly({ status: 304, ...told });
  const body = await groupBody(parts, store.reader, group, projectionOf(request.query));
  return readOnly({ status: 200, body, ...told });
}

/** A small group as text, a large one in pieces. */
async function groupBody(
  parts: ScimParts,
  db: Handle,
  group: Group,
  projection: Projection | undefined,
): Promise<string | AsyncIterable<string>> {
  const baseUrl = parts.baseUrl();
  if (projection?.wants('members') === false) return renderGroup(group, undefined, baseUrl, projection);
  const first = await parts.directory.store.members.page(db, group.id, '', PAGE);
  if (first.length < PAGE) return renderGroup(group, first, baseUrl, projection);
  if (projection === undefined) return streamGroup(group, memberPages(parts, db, group.id, first), baseUrl);
  const all: GroupMember[] = [];
  for await (const page of memberPages(parts, db, group.id, first)) all.push(...page);
  return renderGroup(group, all, baseUrl, projection);
}

async function* memberPages(
  { directory }: ScimParts,
  db: Handle,
  groupId: string,
  first: readonly GroupMember[],
): AsyncGenerator<readonly GroupMember[]> {
  let page = first;
  for (;;) {
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    page = await directory.store.members.page(db, groupId, last.userId, PAGE);
  }
}

export async function listGroups({ parts, request }: Handling, list: ListRequest): Promise<Handled> {
  const { store } = parts.directory;
  const plan = planList(list, {
    schema: groupSchema,
    scope: request.scope,
    limits: parts.limits,
    cursors: parts.cursors,
    unquotedFilterValues: request.traits.unquotedFilterValues,
    onRepair: (repair) => request.repairs.push(repair),
  });
  const projection = parseProjection(list, groupSchema);
  const { total, items: found } = await store.groups.page(store.reader, request.scope, plan.query);
  const { items, next } = takePage(plan, found, parts.cursors);
  const head = listHead(total ?? items.length, items.length, plan, next);
  const what = list.filter === undefined ? 'listed groups' : `looked for groups with ${list.filter.slice(0, 200)}`;
  const summary = `${what}: ${items.length} of ${total ?? items.length}`;
  const bare = projection?.wants('members') === false;
  if (bare) {
    const texts = items.map((group) => renderGroup(group, undefined, parts.baseUrl(), projection));
    return readOnly({ status: 200, body: `${head}${texts.join(',')}]}`, summary });
  }
  return readOnly({ status: 200, body: listPieces(parts, store.reader, head, items, projection), summary });
}

/** Each group with its members, one after the other: the memory does not grow with the directory. */
async function* listPieces(
  parts: ScimParts,
  db: Handle,
  head: string,
  groups: readonly Group[],
  projection: Projection | undefined,
): AsyncGenerator<string> {
  yield head;
  for (const [index, group] of groups.entries()) {
    if (index > 0) yield ',';
    const body = await groupBody(parts, db, group, projection);
    if (typeof body === 'string') yield body;
    else yield* body;
  }
  yield ']}';
}

export async function postGroup({ parts, request, makeRecord }: Handling): Promise<Handled> {
  const { displayName, externalId, members } = parseGroup(request.body);
  const input = { displayName, externalId: externalId ?? null, members: members?.map(toMember) };
  return commit(parts, request, makeRecord, async (work) => {
    const group = await createGroup(parts.directory, work, request.connection, input);
    return answerGroup({ parts, request }, work, group, 201);
  });
}

export async function putGroup({ parts, request, makeRecord }: Handling): Promise<Handled> {
  const { displayName, externalId, members } = parseGroup(request.body);
  // As for users, an omission does not cut a group off from its identity (externalId), nor does it empty it (members).
  const set: GroupStep = { kind: 'set', displayName, ...(externalId === undefined ? {} : { externalId }) };
  const steps: GroupStep[] = members === undefined ? [set] : [set, { kind: 'replace', members: members.map(toMember) }];
  return commit(parts, request, makeRecord, async (work) => {
    const group = await lockGroup({ parts, request }, work);
    const changed = await changeGroup(parts.directory, work, request.connection, group, steps);
    return answerGroup({ parts, request }, work, changed, 200);
  });
}

export async function patchGroup({ parts, request, makeRecord }: Handling): Promise<Handled> {
  const operations = parsePatch(groupSchema, request.body, {
    maxOperations: parts.limits.maxOperations,
    requirePath: !request.traits.pathlessPatch,
    unquotedFilterValues: request.traits.unquotedFilterValues,
    onRepair: (repair) => request.repairs.push(repair),
  });
  const steps = toGroupSteps(operations).map(toStep);
  return commit(parts, request, makeRecord, async (work) => {
    const group = await lockGroup({ parts, request }, work);
    const changed = await changeGroup(parts.directory, work, request.connection, group, steps);
    if (request.query.get('attributes')) return answerGroup({ parts, request }, work, changed, 200);
    return { status: 204, headers: { etag: toEtag(changed.version) }, subject: subjectOf(changed) };
  });
}

export async function removeGroup({ parts, request, makeRecord }: Handling): Promise<Handled> {
  return commit(parts, request, makeRecord, async (work) => {
    const group = await lockGroup({ parts, request }, work);
    await deleteGroup(parts.directory, work, group);
    return { status: 204, subject: subjectOf(group) };
  });
}

function toMember({ value, display }: { readonly value: string; readonly display?: string }): GroupMember {
  return { userId: value, display: display ?? null };
}

function toStep(step: ReturnType<typeof toGroupSteps>[number]): GroupStep {
  if (step.kind === 'add' || step.kind === 'replace') return { kind: step.kind, members: step.members.map(toMember) };
  return step;
}

async function lockGroup({ parts, request }: Sides, work: Work): Promise<Group> {
  const id = request.path[1] ?? '';
  const group = isId(id) ? await parts.directory.store.groups.lock(work.db, request.scope, id) : undefined;
  if (group === undefined) throw noGroup(id);
  checkPreconditions(request, toEtag(group.version));
  return group;
}

/** The answer to a write: in the transaction, so that it shows what was written; large groups answer without members. */
async function answerGroup({ parts, request }: Sides, work: Work, group: Group, status: number): Promise<Answer> {
  const baseUrl = parts.baseUrl();
  const headers = { etag: toEtag(group.version), location: `${baseUrl}/Groups/${group.id}` };
  const projection = projectionOf(request.query);
  const wanted = projection?.wants('members') !== false;
  const members = wanted ? await parts.directory.store.members.page(work.db, group.id, '', PAGE) : undefined;
  const shown = members !== undefined && members.length < PAGE ? members : undefined;
  return { status, headers, body: renderGroup(group, shown, baseUrl, projection), subject: subjectOf(group) };
}

function projectionOf(query: Handling['request']['query']): Projection | undefined {
  const [attributes, excludedAttributes] = [query.get('attributes'), query.get('excludedAttributes')];
  if (attributes === undefined && excludedAttributes === undefined) return undefined;
  return parseProjection(
    {
      ...(attributes === undefined ? {} : { attributes }),
      ...(excludedAttributes === undefined ? {} : { excludedAttributes }),
    },
    groupSchema,
  );
}

function subjectOf(group: Group): { type: 'group'; id: string; name: string } {
  return { type: 'group', id: group.id, name: group.displayName };
}

function noGroup(id: string): AppError {
  return new AppError('not_found', `There is no group with the id "${id.slice(0, 100)}".`);
}
