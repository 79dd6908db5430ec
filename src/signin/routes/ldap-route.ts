/** Name and password on our own page, checked by a directory server. */
import type { RequestHandler } from 'express';
import { forgiveTries, type Tried } from '../../directory/entry/slowing.ts';
import { foldCase } from '../../directory/people/user.ts';
import { neighbourOf } from '../../web/client-address.ts';
import { formTokenOf } from '../../web/form-token.ts';
import { sendPage } from '../../web/page.ts';
import { toReturnAddress } from '../../web/return-address.ts';
import type { FormConnector } from '../connector.ts';
import { untilFullStep } from '../even-time.ts';
import { renderLoginPage } from '../pages/login-page.ts';
import type { SignInParts } from '../parts.ts';
import { beginTry } from '../record.ts';
import { wordsForPage } from '../refusals.ts';
import { slowDown } from '../slow-down.ts';
import { letIn, recordRefusal, sendRefused } from './answers.ts';

const PER_ADDRESS = { burst: 20, everyMs: 5_000 };
const PER_ACCOUNT = { burst: 5, everyMs: 20_000 };

function textOf(body: unknown, field: string): string {
  const value = (body as Record<string, unknown> | undefined)?.[field];
  return typeof value === 'string' ? value : '';
}

export function signInByPassword(parts: SignInParts, connector: FormConnector): RequestHandler {
  return async (request, response) => {
    const userName = textOf(request.body, 'username').trim().slice(0, 512);
    const returnTo = toReturnAddress(textOf(request.body, 'return'));
    const one = beginTry(parts, request, connector.type, connector.label);
    const account: Tried = { what: 'ldap account', who: foldCase(userName), budget: PER_ACCOUNT };
    const address: Tried = { what: 'ldap address', who: neighbourOf(one.remoteAddress), budget: PER_ADDRESS };
    // Taken before the password is tried: of many tries at once, no more get through than of many in a row.
    await slowDown(parts, connector.type, [address, account]);
    const outcome = await connector.finish({ userName, password: textOf(request.body, 'password') });
    if (outcome.kind === 'refused') {
      const { code, detail } = outcome.refusal;
      const told = `tried as "${userName}"`;
      await recordRefusal(parts, one, { code, detail: detail === null ? told : `${told}: ${detail}` });
      await untilFullStep(one.startedNs);
      const { connectors, emailLinks, cookies } = parts;
      const data = { connectors, offersEmailLink: emailLinks.isOffered, returnTo, typed: userName };
      const formToken = formTokenOf(cookies, request, response);
      return sendPage(response, 403, renderLoginPage({ ...data, formToken, problem: wordsForPage(code).text }));
    }
    await forgiveTries(parts.directory, account);
    const code = await letIn(parts, one, request, response, outcome.identity, returnTo);
    if (code !== undefined) sendRefused(parts, one, response, code);
  };
}
