/**
 * People in the console: list, one person with why they may what, roles, removing with what it means, bringing back,
 * inviting. Owns: these pages. Does not own: people and invites (directory/). Called by console.ts.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { endOtherSessions, listSessions, type SessionLimits } from '../../directory/entry/sessions.ts';
import { isLive } from '../../directory/keys/api-key.ts';
import { listPersonalKeys, revokeKey } from '../../directory/keys/api-keys.ts';
import { countAdmins } from '../../directory/people/admin-count.ts';
import { approveAdoption } from '../../directory/people/adoption.ts';
import { changeOrganizationRole } from '../../directory/people/organization-role.ts';
import { listPeople, type PersonView, readPerson } from '../../directory/people/people.ts';
import { removePerson } from '../../directory/people/person-removal.ts';
import { reactivatePerson } from '../../directory/people/person-return.ts';
import { readSeats } from '../../directory/people/seats.ts';
import { authorize, isAllowed } from '../../directory/policy.ts';
import { toRemovalView } from '../../directory/removals/ledger-view.ts';
import { findPerson } from '../../directory/roles/explain.ts';
import { AppError, isAppError } from '../../errors.ts';
import { isOrganizationRole, shownRole } from '../../mapping/roles.ts';
import type { SyncLogReader } from '../../synclog/sync-log.ts';
import { countOf } from '../../web/count-words.ts';
import { tellFault } from '../../web/notice.ts';
import { sendPage } from '../../web/page.ts';
import { type Ask, renderQuestion } from '../../web/question.ts';
import { fieldOf } from '../forms.ts';
import { createRoom, type RoomParts } from '../room.ts';
import { askerOf } from '../visitor.ts';
import { invitePages } from './invite-handlers.ts';
import { parsePeopleFilter, toPeopleQuery, toPeopleSearch } from './people-filter.ts';
import { renderPeopleList } from './people-list.ts';
import {
  askToEndSessions,
  askToLower,
  askToRemove,
  askToRevokeKey,
  type Held,
  isLastAdmin,
  isLowered,
} from './people-questions.ts';
import { renderPersonPage } from './person-page.ts';

export interface PeoplePagesParts extends RoomParts {
  readonly limits: SessionLimits;
  readonly syncLog: Pick<SyncLogReader, 'changesOfSubject'>;
}

const PAGE = 50;
const STORY = 50;

/** `key~id` of the last one of a page, as it goes through the address. */
function parsePosition(text: string | null): { key: string; id: string } | undefined {
  const at = text?.lastIndexOf('~') ?? -1;
  return text === null || at < 0 ? undefined : { key: text.slice(0, at), id: text.slice(at + 1) };
}

function parametersOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://localhost').searchParams;
}

/** A role that is set in the list leads back to where one was in it. */
function isFromList(request: Request): boolean {
  return parametersOf(request).has('list');
}

function placeOf(parameters: URLSearchParams): Readonly<Record<string, string>> {
  const after = parameters.get('after');
  return after === null ? {} : { after };
}

/** Where one was in the list. */
function listOf(request: Request): string {
  const parameters = parametersOf(request);
  return `/admin/people${toPeopleSearch(parsePeopleFilter(parameters), placeOf(parameters))}`;
}

export function peoplePages(parts: PeoplePagesParts): Router {
  const { directory, limits } = parts;
  const { store } = directory;
  const room = createRoom(parts);
  const { may, own, asks, formTokenOf } = room;

  interface Outcome {
    readonly told?: readonly string[];
    readonly problem?: AppError;
  }

  async function showList(request: Request, response: Response, { told = [], problem }: Outcome = {}): Promise<void> {
    const asker = askerOf(response);
    const parameters = parametersOf(request);
    const filter = parsePeopleFilter(parameters);
    const position = parsePosition(parameters.get('after'));
    const isTime = filter.sort === 'last_seen';
    const after =
      position === undefined ? undefined : { ...position, key: isTime ? Number(position.key) : position.key };
    const page = await listPeople(directory, asker, toPeopleQuery(filter, after, PAGE));
    const { next } = page;
    const following =
      next === null ? null : `/admin/people${toPeopleSearch(filter, { after: `${next.key}~${next.id}` })}`;
    const data = {
      ...{
        told,
        problem: problem && tellFault(problem),
        here: toPeopleSearch(filter, { ...placeOf(parameters), list: 'yes' }),
      },
      ...{ filter, people: page.items, next: following, isFirst: position === undefined, now: directory.now() },
      connections: await store.connections.list(store.reader, asker.organizationId),
      seats: await readSeats(directory, asker),
      mayChange: isAllowed(asker, 'people.change_role'),
      showsDetails: isAllowed(asker, 'people.details'),
      formToken: formTokenOf(request, response),
    };
    sendPage(response, problem?.status ?? 200, renderPeopleList(data));
  }

  async function personOf(request: Request, response: Response): Promise<PersonView> {
    return readPerson(directory, askerOf(response), String(request.params.id));
  }

  async function connectionName(person: PersonView, organizationId: string): Promise<string | null> {
    const id = person.details?.connectionId ?? null;
    if (id === null) return null;
    return (await store.connections.find(store.reader, organizationId, id))?.name ?? 'a connection';
  }

  async function held(request: Request, response: Response): Promise<Held> {
    const [asker, person] = [askerOf(response), await personOf(request, response)];
    const [sessions, keys] = await Promise.all([
      listSessions(directory, limits, asker, person.id),
      listPersonalKeys(directory, asker, person.id),
    ]);
    const live = keys.filter((key) => isLive(key, directory.now()));
    return { person, sessions, keys: live, connection: await connectionName(person, asker.organizationId) };
  }

  /** Nobody manages an admin who was there before: an admin says which connection may. */
  async function adoptersOf({ id, role, status, details }: PersonView, response: Response) {
    const asker = askerOf(response);
    const isOpen = role === 'admin' && status !== 'removed' && details !== null && details.connectionId === null;
    if (!isOpen || !isAllowed(asker, 'people.approve_adoption')) return [];
    const connections = await store.connections.list(store.reader, asker.organizationId);
    return Promise.all(
      connections.map(async (connection) => {
        const isApproved = await store.users.isAdoptionApproved(store.reader, id, connection.id);
        return { id: connection.id, name: connection.name, isApproved };
      }),
    );
  }

  async function show(request: Request, response: Response, { told = [], problem }: Outcome = {}): Promise<void> {
    const { organizationId } = askerOf(response);
    const own = await held(request, response);
    const [changes, removals, links, adopters] = await Promise.all([
      parts.syncLog.changesOfSubject(organizationId, own.person.id, STORY),
      store.removals.ofUsers(store.reader, organizationId, [own.person.id]),
      store.identityLinks.ofUser(store.reader, own.person.id),
      adoptersOf(own.person, response),
    ]);
    const page = renderPersonPage({
      ...{ ...own, links, adopters, changes, told, now: directory.now(), formToken: formTokenOf(request, response) },
      removals: removals.map((removal) => {
        return { view: toRemovalView(removal, directory.tracker), at: removal.at, team: removal.teamName };
      }),
      asksAgainst: problem?.code === 'managed_by_connection',
      ...(problem === undefined ? {} : { problem: tellFault(problem) }),
    });
    sendPage(response, problem?.status ?? 200, page);
  }

  /** Does something, and tells what came of it on the person's page, or in the list where it was done in the list. */
  const act = (run: (request: Request, response: Response) => Promise<readonly string[]>): RequestHandler => {
    return async (request, response) => {
      const tell = isFromList(request) ? showList : show;
      const page = isFromList(request)
        ? listOf(request)
        : `/admin/people/${encodeURIComponent(String(request.params.id))}`;
      try {
        const told = await run(request, response);
        if (!room.leadTo(request, response, page, told)) await tell(request, response, { told });
      } catch (error) {
        if (!isAppError(error) || error.status >= 500 || error.code === 'not_found') throw error;
        await tell(request, response, { problem: error });
      }
    };
  };

  const setRole = act(async (request, response) => {
    const role = fieldOf(request, 'role');
    if (!isOrganizationRole(role))
      throw new AppError('invalid_value', `There is no role “${role}” in the organization.`);
    const id = String(request.params.id);
    const outcome = await room.commit(response, (work) =>
      changeOrganizationRole(directory, work, askerOf(response), id, role),
    );
    const { name } = await personOf(request, response);
    return [`${name} is ${shownRole(outcome.role)} of the organization now.`, ...outcome.warnings];
  });

  const remove = act(async (request, response) => {
    const id = String(request.params.id);
    const reason = fieldOf(request, 'reason');
    const outcome = await room.commit(response, (work) => removePerson(directory, work, askerOf(response), id), {
      reason,
    });
    return [...(outcome.nextSync === null ? [] : [outcome.nextSync]), ...outcome.warnings];
  });

  const reactivate = act(async (request, response) => {
    const id = String(request.params.id);
    const options = { againstConnection: fieldOf(request, 'against') === 'yes' };
    const outcome = await room.commit(response, (work) =>
      reactivatePerson(directory, work, askerOf(response), id, options),
    );
    return outcome.nextSync === null ? [] : [outcome.nextSync];
  });

  const approve = act(async (request, response) => {
    const { organizationId } = askerOf(response);
    const user = await findPerson(directory, organizationId, String(request.params.id));
    const connection = await store.connections.find(store.reader, organizationId, fieldOf(request, 'connection'));
    if (connection === undefined) throw new AppError('invalid_value', 'There is no such connection: choose another.');
    await room.commit(response, (work) => approveAdoption(directory, work, connection, user), {
      connectionId: connection.id,
    });
    return [];
  });

  const endSessions = act(async (request, response) => {
    const asker = askerOf(response);
    const person = await personOf(request, response);
    const owner = { id: person.id, organizationId: asker.organizationId, name: person.name };
    const ended = await room.commit(response, (work) => endOtherSessions(directory, work, asker, owner, null));
    return [`${countOf(ended, 'session was', 'sessions were')} ended.`];
  });

  const endKey = act(async (request, response) => {
    const key = await room.commit(response, (work) =>
      revokeKey(directory, work, askerOf(response), String(request.params.keyId)),
    );
    return [`The key ${key.name} does not work any more.`];
  });

  const lowering: Ask = async (request, response) => {
    const [asker, role] = [askerOf(response), fieldOf(request, 'role')];
    authorize(asker, 'people.change_role', { userId: String(request.params.id) });
    const own = await held(request, response);
    if (!isOrganizationRole(role) || own.person.status === 'removed' || !isLowered(own.person.role, role)) return;
    const { admins } = await countAdmins(directory, store.reader, asker.organizationId);
    if (isLastAdmin(own, admins)) return;
    const question = askToLower(own, role, admins);
    return isFromList(request) ? { ...question, back: listOf(request) } : question;
  };

  const ending: Ask = async (request, response) => askToEndSessions(await held(request, response));

  const revoking: Ask = async (request, response) => {
    const own = await held(request, response);
    const key = own.keys.find(({ id }) => id === request.params.keyId);
    return key && askToRevokeKey(own, key);
  };

  const removing: Ask = async (request, response) => {
    const own = await held(request, response);
    const { admins } = await countAdmins(directory, store.reader, askerOf(response).organizationId);
    return own.person.status === 'removed' || isLastAdmin(own, admins) ? undefined : askToRemove(own);
  };

  const showRemoval: RequestHandler = async (request, response) => {
    const form = { action: request.originalUrl, formToken: formTokenOf(request, response) };
    sendPage(response, 200, renderQuestion(askToRemove(await held(request, response)), form));
  };

  const router = Router();
  router.get('/people', may('people.list'), (request, response) =>
    showList(request, response, { told: room.toldHere(request, response) }),
  );
  router.use(invitePages(parts, room));
  router.get('/people/:id', may('people.details'), (request, response) =>
    show(request, response, { told: room.toldHere(request, response) }),
  );
  router.get('/people/:id/remove', may('people.remove'), showRemoval);
  router.post('/people/:id/role', own, asks(lowering), setRole);
  router.post('/people/:id/remove', own, may('people.remove'), asks(removing), remove);
  router.post('/people/:id/reactivate', own, reactivate);
  router.post('/people/:id/adoption', own, may('people.approve_adoption'), approve);
  router.post('/people/:id/end-sessions', own, asks(ending), endSessions);
  router.post('/people/:id/keys/:keyId/revoke', own, asks(revoking), endKey);
  return router;
}
