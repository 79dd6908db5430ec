/** Addresses that only take forms: whoever opens one of them, or reloads it, is led to the page that it belongs to. */
import { type RequestHandler, Router } from 'express';

/** By the page: what of it only takes forms. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  '/people/:id': ['role', 'reactivate', 'adoption', 'end-sessions', 'keys/:keyId/revoke'],
  '/people/invites/:id': ['resend', 'revoke'],
  '/teams/:id': [
    ...['members', 'members/:userId/role', 'members/:userId/remove', 'exclusions/:userId/lift'],
    ...['rename', 'archive', 'restore', 'privacy', 'alerts', 'avatar/change', 'avatar/remove'],
  ],
  '/service-accounts/:id': ['keys', 'keys/:keyId/revoke', 'remove'],
  '/removed': ['verify', 'reverify'],
  '/removed/:id': ['reverify', 'hold', 'lift-hold', 'retention', 'hand-over', 'undo-hand-over', 'erase'],
  '/targets/:id': ['pause', 'resume', 'settings', 'test', 'retry', 'rotate', 'repair', 'remove'],
  '/connections/:id': ['pause', 'resume', 'tokens', 'tokens/:tokenId/revoke', 'test'],
  '/connections/:id/rules': ['preview', 'run/retry'],
  '/settings': ['organization', 'privacy', 'sign-in/test', 'sign-in/rules', 'tracker/test', 'mail/test'],
};

function leadUp(steps: number): RequestHandler {
  return (request, response) => {
    const { pathname, search } = new URL(request.originalUrl, 'http://localhost');
    const page = pathname.replace(/\/$/, '').split('/').slice(0, -steps).join('/');
    response.redirect(303, `${page}${search}`);
  };
}

/** Stands before the rooms: `/removed/verify` is no removal. */
export function leadFromActions(): Router {
  const router = Router();
  for (const [page, actions] of Object.entries(ACTIONS)) {
    for (const action of actions) router.get(`${page}/${action}`, leadUp(action.split('/').length));
  }
  return router;
}
