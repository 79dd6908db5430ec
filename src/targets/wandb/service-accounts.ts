/**
 * Service accounts at W&B (server 0.81 and later): made and, where people may be deleted, deleted. Nothing of one can be
 * changed there, and its API keys are made and taken back in W&B's own pages. Source: W&B docs, SCIM, service accounts.
 */
import { type Call, type Link, type Push, type Pushed, SubjectWaits, TargetRefusal } from '../contract.ts';
import { USER_SCHEMA } from '../scim/provider.ts';
import { idOf, idOfMade, isSuccess, quote, resourcesOf } from '../scim/scim-client.ts';
import type { WantedServiceAccount } from '../wanted.ts';
import type { WandbParts } from './parts.ts';
import { wandbRefusal } from './refusal.ts';
import { candidate, toUserName } from './user-name.ts';
import { readUser } from './user-shape.ts';

const TEAMS_EXTENSION = 'urn:ietf:params:scim:schemas:extension:teams:2.0:User';
const NAMES_TRIED = 10;
const KEYS_STAY = 'W&B does not take back the API keys of a service account: take them back there.';

export async function pushServiceAccount(
  parts: WandbParts,
  call: Call,
  push: Push<WantedServiceAccount>,
): Promise<Pushed> {
  const { wanted, link } = push;
  const isThere = link !== undefined && (await exists(parts, call, link));
  if (wanted.removed) return removeAccount(parts, call, isThere ? link : undefined);
  if (isThere) return { link, notes: [] };
  return { link: await createAccount(parts, call, push), replaced: link !== undefined, notes: [] };
}

async function exists({ client }: WandbParts, call: Call, { remoteId }: Link): Promise<boolean> {
  const answer = await client.send(call, { method: 'GET', path: `/Users/${encodeURIComponent(remoteId)}` });
  if (answer.status === 404) return false;
  if (!isSuccess(answer)) throw wandbRefusal('Reading the service account', answer);
  return true;
}

async function removeAccount({ client, settings }: WandbParts, call: Call, link: Link | undefined): Promise<Pushed> {
  if (link === undefined) return { link: undefined, notes: [] };
  if (!settings.deleteUsers) {
    return { link, notes: [`It stays there: nothing is deleted without deleteUsers. ${KEYS_STAY}`] };
  }
  const path = `/Users/${encodeURIComponent(link.remoteId)}`;
  const answer = await client.send(call, { method: 'DELETE', path });
  if (!isSuccess(answer) && answer.status !== 404) throw wandbRefusal('Deleting the service account', answer);
  return { link: undefined, notes: [KEYS_STAY] };
}

async function createAccount(parts: WandbParts, call: Call, push: Push<WantedServiceAccount>): Promise<Link> {
  const { wanted, book } = push;
  const accountType = wanted.teamId === null ? 'ORG_SERVICE' : 'SERVICE';
  const defaultTeam = await defaultTeamOf(parts, push);
  const base = toUserName(wanted.name);
  for (let number = 1; number <= NAMES_TRIED; number += 1) {
    const userName = candidate(base, number);
    if ((await book.isNameTaken('user', userName)) || (await book.isNameTaken('service_account', userName))) continue;
    const body = {
      ...{ schemas: [USER_SCHEMA, TEAMS_EXTENSION], userName, accountType, [TEAMS_EXTENSION]: { defaultTeam } },
    };
    const answer = await parts.client.send(call, { method: 'POST', path: '/Users', body });
    if (isSuccess(answer)) return toLink(idOfMade('The created service account', answer.body), userName);
    if (answer.status !== 409) throw wandbRefusal('Creating the service account', answer);
    const known = await findOwn(parts, call, push, userName);
    if (known !== undefined) return known;
  }
  throw new TargetRefusal(`No user name like ${base} is free there.`);
}

/** The team of the account, by its name there; of one of the organization the team that the settings name. */
async function defaultTeamOf({ settings }: WandbParts, { wanted, book }: Push<WantedServiceAccount>): Promise<string> {
  if (wanted.teamId === null) {
    if (settings.defaultTeam !== undefined) return settings.defaultTeam;
    throw new TargetRefusal('W&B wants a team for a service account of the organization: set defaultTeam.');
  }
  const name = await book.remoteNameOf('team', wanted.teamId);
  if (name === undefined) throw new SubjectWaits('Its team is not there yet.', 5_000);
  return name;
}

/** Made by us before, and not written down: a service account of that name that nobody here is known as. */
async function findOwn(
  { client }: WandbParts,
  call: Call,
  { wanted, book }: Push<WantedServiceAccount>,
  userName: string,
): Promise<Link | undefined> {
  const filter = encodeURIComponent(`userName eq ${quote(userName)}`);
  const answer = await client.send(call, { method: 'GET', path: `/Users?filter=${filter}` });
  if (!isSuccess(answer)) throw wandbRefusal('Looking for the service account', answer);
  for (const body of resourcesOf(answer.body)) {
    const id = idOf(body);
    if (id === undefined || !readUser(body).isService) continue;
    const owner = await book.ownerOf('service_account', id);
    if (owner === undefined || owner === wanted.id) return toLink(id, userName);
  }
  return undefined;
}

function toLink(remoteId: string, remoteName: string): Link {
  return { remoteId, remoteName, memo: {} };
}
