/** The verbs for invites over the core, whether or not a server runs. */

import { findOrganization } from '../directory/connections/organizations.ts';
import {
  type InviteAnswer,
  type InviteView,
  invitePeople,
  listInvites,
  resendInvite,
  revokeInvite,
} from '../directory/invites/invites.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { foldCase } from '../directory/people/user.ts';
import { operatorOf, type Principal } from '../directory/principal.ts';
import { findHeirRef } from '../directory/removals/handovers.ts';
import type { Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import type { CliInviteAnswer, InviteLine, InviteRef, InviteServices } from './people-contract.ts';
import { asOperator } from './people-services.ts';

/** @param publicUrl where the outside finds this installation */
export function createInviteServices(directory: DirectoryParts, publicUrl: string): InviteServices {
  const { store } = directory;

  /** An address means the invite that still waits for an answer. */
  async function idOf({ organization, invite: text }: InviteRef): Promise<string> {
    const { id } = await findOrganization(directory, organization);
    const byId = await store.invites.find(store.reader, id, text);
    const found = byId ?? (await store.invites.findPending(store.reader, id, foldCase(text)));
    if (found === undefined) throw new AppError('not_found', `There is no open invite "${text}".`);
    return found.id;
  }

  return {
    async send(name, { addresses, role, teams: named }) {
      const { id } = await findOrganization(directory, name);
      const teams = await Promise.all(
        named.map(async ({ team, role: teamRole }) => ({
          teamId: (await findHeirRef(directory, id, 'team', team)).id,
          role: teamRole,
        })),
      );
      if (addresses.length === 0) throw new AppError('invalid_value', 'Give at least one e-mail address.');
      const answers = await asOperator(directory, name, (work, operator) =>
        invitePeople(directory, work, operator, { addresses: addresses.join('\n'), role, teams }),
      );
      return answers.map((answer) => toAnswer(answer, publicUrl));
    },
    async list(name, query) {
      const { id } = await findOrganization(directory, name);
      return (await listInvites(directory, operatorOf(id), query)).map(toLine);
    },
    async resend(ref) {
      const id = await idOf(ref);
      const { invite, link } = await asOperator(directory, ref.organization, (work, operator) =>
        resendInvite(directory, work, operator, id),
      );
      return { email: invite.email, expiresAt: invite.expiresAt, url: link && `${publicUrl}${link.path}` };
    },
    async revoke(ref) {
      const id = await idOf(ref);
      const run = (work: Work, operator: Principal) => revokeInvite(directory, work, operator, id);
      return { id, email: (await asOperator(directory, ref.organization, run)).email };
    },
  };
}

function toLine({ invite, state, mail }: InviteView): InviteLine {
  const { id, email, role, invitedBy, createdAt, expiresAt } = invite;
  const serverReply = mail?.serverReply ?? null;
  return { id, email, role, state, serverReply, invitedBy: invitedBy.name, createdAt, expiresAt };
}

function toAnswer(answer: InviteAnswer, publicUrl: string): CliInviteAnswer {
  const { given: address, outcome } = answer;
  if (answer.outcome !== 'invited') return { address, outcome, message: answer.message, url: null };
  return { address, outcome, message: null, url: answer.link && `${publicUrl}${answer.link.path}` };
}
