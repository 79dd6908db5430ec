/**
 * Settings in the console: organization, provisioning, seats, ways to sign in, mail, tracker, privacy, retention. Owns:
 * these pages. Does not own: the settings (directory/, the environment). Called by console.ts.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { changeSettings, readSettings } from '../../directory/connections/organization-settings.ts';
import { checkGroupsOnly, readSignInRules, setSignInRules } from '../../directory/entry/sign-in-grants.ts';
import { readSeats } from '../../directory/people/seats.ts';
import { PRIVACY_SWITCHES, type PrivacyChoice } from '../../directory/teams/team-privacy.ts';
import { enforcedPrivacyOf, enforcePrivacy } from '../../directory/teams/team-settings.ts';
import { AppError } from '../../errors.ts';
import { sendPage } from '../../web/page.ts';
import type { Ask } from '../../web/question.ts';
import { fieldOf, fieldsOf } from '../forms.ts';
import { createRoom } from '../room.ts';
import { askerOf, organizationOf } from '../visitor.ts';
import { renderMailPage, renderMailState } from './mail-page.ts';
import type { SettingsPagesParts } from './ports.ts';
import { renderSettingsPage } from './settings-page.ts';
import { askToChangeRules, askToEnforce, askToStopProvisioning } from './settings-questions.ts';
import { checkVersion, parseForm, problemOf, readForm, type SignInRulesForm, toForm } from './sign-in-rules.ts';
import { renderTestResult } from './test-result.ts';

export function settingsPages(parts: SettingsPagesParts): Router {
  const { directory } = parts;
  const { store } = directory;
  const { may, own, asks, commit, formTokenOf, leadTo, toldHere } = createRoom(parts);

  async function show(
    request: Request,
    response: Response,
    told: readonly string[] = [],
    typed?: SignInRulesForm,
  ): Promise<void> {
    const asker = askerOf(response);
    const { organizationId } = asker;
    const page = renderSettingsPage({
      ...{ parts, told, formToken: formTokenOf(request, response) },
      organization: (await store.organizations.find(store.reader, organizationId))?.name ?? organizationId,
      settings: await readSettings(directory, store.reader, organizationId),
      enforced: await enforcedPrivacyOf(directory, store.reader, asker),
      seats: await readSeats(directory, asker),
      signIn: parts.signIn.show(asker),
      signInRules: typed ?? toForm(await readSignInRules(directory, store.reader, organizationId)),
    });
    sendPage(response, typed === undefined ? 200 : 400, page);
  }

  async function tell(request: Request, response: Response, words: string): Promise<void> {
    if (!leadTo(request, response, '/admin/settings', [words])) await show(request, response, [words]);
  }

  const saveOrganization: RequestHandler = async (request, response) => {
    const change = { provisionOnSignIn: fieldOf(request, 'provision') === 'yes' };
    await commit(response, (work) => changeSettings(directory, work, change, () => undefined));
    await tell(request, response, 'The settings were saved.');
  };

  const savePrivacy: RequestHandler = async (request, response) => {
    const chosen = new Set(fieldsOf(request, 'enforce'));
    const wanted: PrivacyChoice = Object.fromEntries(PRIVACY_SWITCHES.map((name) => [name, chosen.has(name)]));
    await commit(response, (work) => enforcePrivacy(directory, work, askerOf(response), wanted));
    await tell(request, response, 'What is enforced in every team was saved.');
  };

  const testWay: RequestHandler = async (request, response) => {
    const asker = askerOf(response);
    const type = fieldOf(request, 'way');
    const result = await parts.signIn.test(asker, type);
    const label = parts.signIn.show(asker).connectors.find((way) => way.type === type)?.label ?? type;
    sendPage(response, 200, renderTestResult(`Test of ${label}`, result));
  };

  const saveSignInRules: RequestHandler = async (request, response) => {
    const form = readForm(request);
    try {
      const rules = parseForm(form);
      await commit(response, (work) => setSignInRules(directory, work, askerOf(response), rules, checkVersion(form)));
    } catch (error) {
      const problem = problemOf(error);
      if (problem === undefined) throw error;
      return show(request, response, [], { ...form, problem });
    }
    await tell(
      request,
      response,
      'The rules for groups of sign-ins were saved. They hold from the next sign-in of each person on.',
    );
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

  const stopping: Ask = async (request, response) => {
    const asker = askerOf(response);
    const { provisionOnSignIn } = await readSettings(directory, store.reader, asker.organizationId);
    if (!provisionOnSignIn || fieldOf(request, 'provision') === 'yes') return;
    return askToStopProvisioning(await readSeats(directory, asker));
  };

  const enforcing: Ask = async (request, response) => {
    const asker = askerOf(response);
    const [chosen, enforced] = [
      new Set(fieldsOf(request, 'enforce')),
      await enforcedPrivacyOf(directory, store.reader, asker),
    ];
    const added = PRIVACY_SWITCHES.filter((name) => chosen.has(name) && !enforced.has(name));
    if (added.length === 0) return;
    return askToEnforce(added, await store.teams.list(store.reader, asker.organizationId));
  };

  const changingRules: Ask = async (request, response) => {
    const stored = await readSignInRules(directory, store.reader, organizationOf(response));
    const form = readForm(request);
    try {
      checkVersion(form)(stored.version);
      return askToChangeRules(stored.rules, checkGroupsOnly(parseForm(form)));
    } catch (error) {
      // Told beside the form.
      if (problemOf(error) !== undefined) return;
      throw error;
    }
  };

  const router = Router();
  router.use('/settings', may('organization.change'));
  router.get('/settings', (request, response) => show(request, response, toldHere(request, response)));
  router.post('/settings/organization', own, asks(stopping), saveOrganization);
  router.post('/settings/privacy', own, asks(enforcing), savePrivacy);
  router.post('/settings/sign-in/test', own, testWay);
  router.post('/settings/sign-in/rules', own, may('connections.rules'), asks(changingRules), saveSignInRules);
  router.post('/settings/tracker/test', own, testTracker);
  router.post('/settings/mail/test', own, sendTestMail);
  router.get('/settings/mail/:id', showMail);
  return router;
}
