/**
 * Settings in the console: organization, provisioning, seats, ways to sign in, mail, tracker, privacy, retention. Owns:
 * these pages. Does not own: the settings (directory/, the environment). Called by console.ts.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { changeSettings, readSettings } from '../../directory/connections/organization-settings.ts';
import { readSeats } from '../../directory/people/seats.ts';
import { PRIVACY_SWITCHES, type PrivacyChoice } from '../../directory/teams/team-privacy.ts';
import { enforcedPrivacyOf, enforcePrivacy } from '../../directory/teams/team-settings.ts';
import { AppError } from '../../errors.ts';
import { sendPage } from '../../web/page.ts';
import { fieldOf, fieldsOf } from '../forms.ts';
import { createRoom } from '../room.ts';
import { askerOf, organizationOf } from '../visitor.ts';
import { renderMailPage, renderMailState } from './mail-page.ts';
import type { SettingsPagesParts } from './ports.ts';
import { renderSettingsPage } from './settings-page.ts';
import { renderTestResult } from './test-result.ts';

export function settingsPages(parts: SettingsPagesParts): Router {
  const { directory } = parts;
  const { store } = directory;
  const { may, own, commit, formTokenOf } = createRoom(parts);

  async function show(request: Request, response: Response, told: readonly string[] = []): Promise<void> {
    const asker = askerOf(response);
    const { organizationId } = asker;
    const page = renderSettingsPage({
      ...{ parts, told, formToken: formTokenOf(request, response) },
      organization: (await store.organizations.find(store.reader, organizationId))?.name ?? organizationId,
      settings: await readSettings(directory, store.reader, organizationId),
      enforced: await enforcedPrivacyOf(directory, store.reader, asker),
      seats: await readSeats(directory, asker),
    });
    sendPage(response, 200, page);
  }

  const saveOrganization: RequestHandler = async (request, response) => {
    const change = { provisionOnSignIn: fieldOf(request, 'provision') === 'yes' };
    await commit(response, (work) => changeSettings(directory, work, change, () => undefined));
    await show(request, response, ['The settings were saved.']);
  };

  const savePrivacy: RequestHandler = async (request, response) => {
    const chosen = new Set(fieldsOf(request, 'enforce'));
    const wanted: PrivacyChoice = Object.fromEntries(PRIVACY_SWITCHES.map((name) => [name, chosen.has(name)]));
    await commit(response, (work) => enforcePrivacy(directory, work, askerOf(response), wanted));
    await show(request, response, ['What is enforced in every team was saved.']);
  };

  const testWay: RequestHandler = async (request, response) => {
    const way = parts.ways[Number(fieldOf(request, 'way'))];
    if (way === undefined) throw new AppError('not_found', 'There is no such way to sign in.');
    sendPage(response, 200, renderTestResult(`Test of ${way.label}`, await way.test()));
  };

  const testTracker: RequestHandler = async (_request, response) => {
    if (parts.tracker === null) throw new AppError('not_found', 'There is no tracker to ask.');
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    sendPage(response, 200, renderTestResult('Test of the tracker', await parts.tracker.test(gone.signal)));
  };

  const sendTestMail: RequestHandler = async (_request, response) => {
    const asker = askerOf(response);
    const { organizationId } = asker;
    const person = asker.id === null ? undefined : await store.persons.find(store.reader, organizationId, asker.id);
    if (person?.email == null) throw new AppError('conflict', 'You have no e-mail address here.');
    const to = person.email;
    const id = await commit(response, (work) => {
      const content = { askedBy: asker.name };
      return directory.mail.enqueue(work.db, { organizationId, kind: 'test', to, aboutId: null, content });
    });
    response.redirect(303, `/admin/settings/mail/${id}`);
  };

  const showMail: RequestHandler = async (request, response) => {
    const mail = await store.mails.find(store.reader, String(request.params.id));
    if (mail?.organizationId !== organizationOf(response) || mail.kind !== 'test') {
      throw new AppError('not_found', 'There is no such test mail.');
    }
    if (request.get('HX-Request') === undefined) sendPage(response, 200, renderMailPage(mail));
    else response.type('html').send(renderMailState(mail).toString());
  };

  const router = Router();
  router.use('/settings', may('organization.change'));
  router.get('/settings', (request, response) => show(request, response));
  router.post('/settings/organization', own, saveOrganization);
  router.post('/settings/privacy', own, savePrivacy);
  router.post('/settings/sign-in/test', own, testWay);
  router.post('/settings/tracker/test', own, testTracker);
  router.post('/settings/mail/test', own, sendTestMail);
  router.get('/settings/mail/:id', showMail);
  return router;
}
