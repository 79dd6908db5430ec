/** An organization with something of everything that can be taken away in the console, made over its doors. */
import sharp from 'sharp';
import type { TestBridge } from './bridge.ts';
import { type ConsoleVisitor, type VisitedPage, visitConsole } from './console-visitor.ts';
import { type ScimClient, scimClient } from './scim-client.ts';

export interface PlaceToLose {
  readonly visitor: ConsoleVisitor;
  readonly client: ScimClient;
  /** Address of the connection's page. */
  readonly connection: string;
  person(): Promise<{ readonly id: string; readonly userName: string }>;
  /** Address of a team; with a person in it as admin. */
  team(): Promise<{ readonly address: string; readonly member: { readonly id: string } }>;
  /** Address of the removal of somebody who left for good. */
  removal(): Promise<string>;
  /** Address of a webhook as a target, which works. */
  target(): Promise<string>;
  /** Address of a custom role that somebody holds. */
  role(): Promise<string>;
  /** Address of a service account with a key. */
  account(): Promise<string>;
  /** Address of the admin's own page of a person. */
  self(): Promise<string>;
}

const PICTURE = { create: { width: 9, height: 9, channels: 3, background: 'red' } } as const;

/** The first address of that form on a page. */
export function addressOn({ html, text }: VisitedPage, pattern: RegExp): string {
  const found = html.match(pattern)?.[0];
  if (found === undefined) throw new Error(`no ${pattern} on: ${text.slice(0, 400)}`);
  return found;
}

export async function makePlaceToLose(bridge: TestBridge, receiver: string): Promise<PlaceToLose> {
  const { id: organizationId } = await bridge.createOrganization(`losing ${Math.random()}`);
  const connection = await bridge.createConnection({ dialect: 'okta', organizationId, name: 'Okta' });
  const client = scimClient(connection);
  const visitor = await visitConsole(bridge, organizationId);
  await visitor.get('/admin/people');
  let made = 0;
  const next = (): number => (made += 1);

  async function person() {
    const userName = `person${next()}@losing.example`;
    return { id: await client.user(userName, { emails: [{ value: userName, primary: true }] }), userName };
  }

  async function team() {
    const { address } = await visitor.submit('/admin/teams', { name: `team-${next()}`, provider: '' });
    const member = await person();
    await visitor.submit(`${address}/members`, { people: member.userName, role: 'admin' });
    await visitor.upload(`${address}/avatar/change`, 'picture', await sharp(PICTURE).png().toBuffer());
    return { address, member };
  }

  return {
    ...{ visitor, client, connection: `/admin/connections/${connection.id}`, person, team },
    async removal() {
      const { id, userName } = await person();
      await client.send('DELETE', `/Users/${id}`);
      return addressOn(await visitor.get(`/admin/removed?person=${userName}`), /\/admin\/removed\/[0-9a-f-]{36}/);
    },
    async target() {
      const fields = { kind: 'webhook', name: `Hook ${next()}`, url: receiver, start: 'active' };
      return addressOn(await visitor.submit('/admin/targets', fields), /\/admin\/targets\/[0-9a-f-]{36}/);
    },
    async role() {
      const name = `Curator ${next()}`;
      await visitor.submit('/admin/roles', { name, inherits: 'member', permission: ['run:delete', 'report:delete'] });
      const list = await visitor.get('/admin/roles');
      const { address } = await team();
      await visitor.submit(`${address}/members`, { people: (await person()).userName, role: name });
      return addressOn(list, new RegExp(`/admin/roles/[0-9a-f-]{36}(?=">${name}<)`));
    },
    async account() {
      const { address } = await visitor.submit('/admin/service-accounts', { name: `ci ${next()}`, team: '' });
      await visitor.submit(`${address}/keys`, { name: 'build', scope: 'read', days: '30' });
      return address;
    },
    async self() {
      const list = await visitor.get('/admin/people?text=admin@console.example');
      return addressOn(list, /\/admin\/people\/[0-9a-f-]{36}/);
    },
  };
}
