/**
 * Signing in with name and password against an LDAP directory: search as a service, bind as the person.
 *
 * Owns: what is asked of the directory and what its answers mean. Does not own: the form, slowing down who guesses, who is let in.
 * Called by the routes through the contract in connector.ts.
 */
import type { Client, Entry } from 'ldapts';
import type { LdapSettings } from '../../config/sign-in.ts';
import type { ConnectorParts, Credentials, FormConnector, Outcome } from '../connector.ts';
import { type Refusal, refuse } from '../refusals.ts';
import { testServers } from './connection-test.ts';
import { toIdentity } from './entry.ts';
import { isServerFault, toDirectoryRefusal, toPersonRefusal, toPolicyRefusal, toServiceRefusal } from './faults.ts';
import { bindWithPolicy, createPasswordPolicy, type PasswordPolicy } from './password-policy.ts';
import { findGroups, findPerson } from './search.ts';
import { createServers, type Servers } from './servers.ts';
import { withSession } from './session.ts';

/** Longer names are nobody's; they would only be work for the directory. */
const LONGEST_NAME = 256;

/** A refusal on its way out of a session. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.name = 'Refused';
    this.refusal = refusal;
  }
}

interface Room {
  readonly settings: LdapSettings;
  readonly servers: Servers;
  readonly policy: PasswordPolicy;
}

export function createLdapConnector(settings: LdapSettings, parts: ConnectorParts): FormConnector {
  const room = { settings, servers: createServers(settings, parts.now), policy: createPasswordPolicy() };
  return {
    type: 'ldap',
    way: 'form',
    label: settings.label,
    finish: (credentials) => finish(room, credentials),
    describe: () => [
      { label: 'Servers', value: settings.servers.join(', ') },
      { label: 'StartTLS', value: settings.startTls ? 'yes' : 'no' },
      { label: 'Certificate authorities', value: settings.authorities === undefined ? 'of the system' : 'own' },
      { label: 'Searches as', value: settings.bind?.dn ?? 'nobody (anonymous)' },
      { label: 'People below', value: settings.baseDn },
      { label: 'Found by', value: settings.userFilter },
      {
        label: 'Groups',
        value: settings.groups.from === 'search' ? `below ${settings.groups.baseDn}` : settings.groups.from,
      },
    ],
    test: () => testServers(settings),
    close: async () => undefined,
  };
}

async function finish(room: Room, credentials: Credentials): Promise<Outcome> {
  const userName = credentials.userName.trim();
  // A bind without a password is an anonymous one, and succeeds on many servers (RFC 4513, section 5.1.2).
  if (userName === '' || credentials.password === '') return refuse('credentials_empty');
  if (userName.length > LONGEST_NAME) return refuse('ldap_user_unknown', 'the name is longer than any');
  try {
    return await room.servers.ask((server) => signIn(room, server, userName, credentials.password));
  } catch (error) {
    return { kind: 'refused', refusal: error instanceof Refused ? error.refusal : toDirectoryRefusal(error) };
  }
}

/** @throws what says that another server should be asked; everything else is an outcome */
function signIn(room: Room, server: string, userName: string, password: string): Promise<Outcome> {
  const { settings, policy } = room;
  return withSession(server, settings, async (service): Promise<Outcome> => {
    try {
      await bindAsService(service, settings);
      const entry = await findPerson(service, userName, settings);
      if (isRefusal(entry)) return { kind: 'refused', refusal: entry };
      await checkPassword(room, server, entry.dn, password, await policy.isKnownTo(server, service));
      const identity = toIdentity(entry, await findGroups(service, entry, settings), settings);
      return 'code' in identity ? { kind: 'refused', refusal: identity } : { kind: 'identity', identity };
    } catch (error) {
      if (error instanceof Refused) return { kind: 'refused', refusal: error.refusal };
      if (isServerFault(error)) throw error;
      return { kind: 'refused', refusal: toDirectoryRefusal(error) };
    }
  });
}

async function bindAsService(client: Client, { bind }: LdapSettings): Promise<void> {
  if (bind === null) return;
  try {
    await client.bind(bind.dn, bind.password);
  } catch (error) {
    if (isServerFault(error)) throw error;
    throw new Refused(toServiceRefusal(error));
  }
}

/** On a connection of its own, so that the service's stays what it is. */
function checkPassword(
  { settings }: Room,
  server: string,
  dn: string,
  password: string,
  hasPolicy: boolean,
): Promise<void> {
  return withSession(server, settings, async (person) => {
    try {
      const refusal = toPolicyRefusal(await bindWithPolicy(person, dn, password, hasPolicy));
      if (refusal !== undefined) throw new Refused(refusal);
    } catch (error) {
      if (error instanceof Refused || isServerFault(error)) throw error;
      throw new Refused(toPersonRefusal(error));
    }
  });
}

function isRefusal(found: Entry | Refusal): found is Refusal {
  return !('dn' in found);
}
