/**
 * Custom roles in the console: list, make and change with a permission picker, delete with whom it affects. Owns: these
 * pages. Does not own: roles (directory/). Called by console.ts.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { isAllowed } from '../../directory/policy.ts';
import { deleteCustomRole, effectOfDeletion } from '../../directory/roles/custom-role-deletion.ts';
import {
  changeCustomRole,
  createCustomRole,
  findCustomRole,
  listCustomRoles,
} from '../../directory/roles/custom-roles.ts';
import { isAppError } from '../../errors.ts';
import { ROLE_BASES, type RoleBase } from '../../mapping/roles.ts';
import { sendPage } from '../../web/page.ts';
import { type Ask, type Question, renderQuestion } from '../../web/question.ts';
import { fieldOf, fieldsOf } from '../forms.ts';
import { createRoom, type RoomParts } from '../room.ts';
import { askerOf } from '../visitor.ts';
import { askToDelete, askToLessen } from './role-questions.ts';
import { type RoleForm, renderRoleForm, renderRoleList } from './role-views.ts';

const HOLDERS_SHOWN = 100;

function readForm(request: Request): RoleForm {
  const base = fieldOf(request, 'inherits');
  const inherits: RoleBase = ROLE_BASES.find((one) => one === base) ?? 'member';
  const [name, description] = [fieldOf(request, 'name'), fieldOf(request, 'description')];
  return { name, description, inherits, permissions: fieldsOf(request, 'permission') };
}

export function rolePages(parts: RoomParts): Router {
  const { directory } = parts;
  const { reader } = directory.store;
  const { may, own, asks, commit, formTokenOf } = createRoom(parts);

  const list: RequestHandler = async (_request, response) => {
    const asker = askerOf(response);
    const roles = await listCustomRoles(directory, reader, asker);
    sendPage(response, 200, renderRoleList(roles, isAllowed(asker, 'custom_roles.create')));
  };

  /** Saves what was filled in; a refusal is told above the form. */
  async function save(
    request: Request,
    response: Response,
    id: string | undefined,
    run: (form: RoleForm) => Promise<unknown>,
  ): Promise<void> {
    const form = readForm(request);
    try {
      await run(form);
      response.redirect(303, '/admin/roles');
    } catch (error) {
      if (!isAppError(error) || error.status >= 500 || error.code === 'not_found') throw error;
      const page = renderRoleForm({ ...form, problem: error.message }, id, formTokenOf(request, response));
      sendPage(response, error.status, page);
    }
  }

  const create: RequestHandler = (request, response) =>
    save(request, response, undefined, (form) =>
      commit(response, (work) => createCustomRole(directory, work, askerOf(response), form)),
    );

  const change: RequestHandler = (request, response) => {
    const role = String(request.params.id);
    return save(request, response, role, ({ description, inherits, permissions }) => {
      const wanted = { description, inherits, permissions };
      return commit(response, (work) => changeCustomRole(directory, work, askerOf(response), { role }, wanted));
    });
  };

  const showOne: RequestHandler = async (request, response) => {
    const role = await findCustomRole(directory, reader, askerOf(response), String(request.params.id));
    const held = await directory.store.customRoles.countHolders(reader, role);
    sendPage(response, 200, renderRoleForm({ ...role, held }, role.id, formTokenOf(request, response)));
  };

  const lessening: Ask = async (request, response) => {
    const role = await findCustomRole(directory, reader, askerOf(response), String(request.params.id));
    return askToLessen(role, readForm(request), await directory.store.customRoles.countHolders(reader, role));
  };

  async function deletionOf(request: Request, response: Response): Promise<Question> {
    const asker = askerOf(response);
    const role = await findCustomRole(directory, reader, asker, String(request.params.id));
    const page = { afterGrantId: '', limit: HOLDERS_SHOWN };
    return askToDelete(role, await effectOfDeletion(directory, reader, asker, role, page));
  }

  const showDeletion: RequestHandler = async (request, response) => {
    const form = { action: request.originalUrl, formToken: formTokenOf(request, response) };
    sendPage(response, 200, renderQuestion(await deletionOf(request, response), form));
  };

  const remove: RequestHandler = async (request, response) => {
    const role = String(request.params.id);
    await commit(response, (work) => deleteCustomRole(directory, work, askerOf(response), { role }));
    response.redirect(303, '/admin/roles');
  };

  const router = Router();
  router.get('/roles', may('custom_roles.list'), list);
  router.get('/roles/new', may('custom_roles.create'), (request, response) => {
    const empty = { name: '', description: '', inherits: 'member', permissions: [] } as const;
    sendPage(response, 200, renderRoleForm(empty, undefined, formTokenOf(request, response)));
  });
  router.post('/roles', own, may('custom_roles.create'), create);
  router.get('/roles/:id', may('custom_roles.change'), showOne);
  router.post('/roles/:id', own, may('custom_roles.change'), asks(lessening), change);
  router.get('/roles/:id/delete', may('custom_roles.delete'), showDeletion);
  router.post('/roles/:id/delete', own, may('custom_roles.delete'), asks(deletionOf), remove);
  return router;
}
