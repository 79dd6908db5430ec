/** What W&B refuses, in words that say what to do. */
import { TargetRefusal } from '../contract.ts';
import { refusalOf, type ScimAnswer } from '../scim/scim-client.ts';

/** @param what what was tried: `Creating the user` */
export function wandbRefusal(what: string, answer: ScimAnswer): TargetRefusal {
  const detail = typeof answer.body.detail === 'string' ? answer.body.detail.slice(0, 500) : '';
  if (/seat limit/i.test(detail)) {
    return new TargetRefusal(
      `${what}: W&B has no seat left (${detail}). Free a seat there, or give the role another seat in the settings of the target.`,
    );
  }
  if (/not supported in SaaS/i.test(detail)) {
    return new TargetRefusal(
      `${what}: W&B's multi-tenant cloud cannot do this (${detail}). Add the person there again.`,
    );
  }
  if (answer.status === 403) {
    return new TargetRefusal(
      `${what}: the API key may not do this (403). It has to be of an admin or of an organization service account.`,
    );
  }
  return refusalOf(what, answer);
}
