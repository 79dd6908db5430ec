/** The "test" button: every server by itself, the service's bind, and whether anybody can be found. */
import type { Client } from 'ldapts';
import type { LdapSettings } from '../../config/sign-in.ts';
import type { ConnectorTest, ConnectorTestStep } from '../connector.ts';
import { REFUSALS } from '../refusals.ts';
import { toDirectoryRefusal, toServiceRefusal } from './faults.ts';
import { withSession } from './session.ts';

export async function testServers(settings: LdapSettings): Promise<ConnectorTest> {
  const steps: ConnectorTestStep[] = [];
  for (const server of settings.servers) steps.push(...(await testServer(server, settings)));
  return { ok: steps.every((step) => step.ok), steps };
}

async function testServer(server: string, settings: LdapSettings): Promise<readonly ConnectorTestStep[]> {
  const steps: ConnectorTestStep[] = [];
  try {
    await withSession(server, settings, async (client) => {
      steps.push(await testBind(client, server, settings));
      if (steps[0]?.ok) steps.push(await testPeople(client, settings), ...(await testGroups(client, settings)));
    });
  } catch (error) {
    steps.push(failed(server, toDirectoryRefusal(error)));
  }
  return steps;
}

async function testBind(client: Client, server: string, { bind }: LdapSettings): Promise<ConnectorTestStep> {
  if (bind === null) return { what: server, ok: true, detail: 'searches without binding' };
  try {
    await client.bind(bind.dn, bind.password);
    return { what: server, ok: true, detail: `bound as ${bind.dn}` };
  } catch (error) {
    return failed(server, toServiceRefusal(error));
  }
}

/** Whom `*` in place of a name finds. */
function testPeople(client: Client, settings: LdapSettings): Promise<ConnectorTestStep> {
  const filter = settings.userFilter.replaceAll('{username}', '*');
  return count(client, `People below ${settings.baseDn}`, settings.baseDn, filter);
}

async function testGroups(client: Client, { groups }: LdapSettings): Promise<readonly ConnectorTestStep[]> {
  if (groups.from !== 'search') return [];
  return [await count(client, `Entries below ${groups.baseDn}, for groups`, groups.baseDn, '(objectClass=*)')];
}

async function count(client: Client, what: string, base: string, filter: string): Promise<ConnectorTestStep> {
  try {
    const { searchEntries } = await client.search(base, { scope: 'sub', filter, attributes: ['1.1'], sizeLimit: 5 });
    const found = searchEntries.length;
    return { what, ok: found > 0, detail: found === 5 ? 'at least 5' : String(found) };
  } catch (error) {
    return failed(what, toDirectoryRefusal(error));
  }
}

function failed(what: string, { code, detail }: ReturnType<typeof toDirectoryRefusal>): ConnectorTestStep {
  return { what, ok: false, detail: [REFUSALS[code].cause, detail ?? ''].join(' ').trim() };
}
