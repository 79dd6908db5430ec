import { expect, it } from 'vitest';
import { describeBridge } from '../support/on-each-engine.ts';
import { memberIds, scimClient } from '../support/scim-client.ts';

describeBridge('parallel changes', (bridge) => {
  it('loses none of 200 parallel member changes to one group', async () => {
    const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    const ids = await Promise.all(
      Array.from({ length: 200 }, (_, index) => client.user(`member-${index}@races.example`)),
    );
    const [leaving, joining] = [ids.slice(0, 100), ids.slice(100)];
    const groupId = await client.group('Crowd', leaving);
    const answers = await Promise.all([
      ...leaving.map((id) => client.patch(`/Groups/${groupId}`, { op: 'remove', path: `members[value eq "${id}"]` })),
      ...joining.map((id) =>
        client.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value: id }] }),
      ),
    ]);
    expect(answers.map((answer) => answer.status).filter((status) => status !== 204)).toEqual([]);
    expect(await memberIds(client, groupId)).toEqual(joining.toSorted());
  });

  it('creates exactly one of many parallel POSTs of one userName', async () => {
    const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    const body = { userName: 'only.one@races.example', active: true };
    const answers = await Promise.all(Array.from({ length: 40 }, () => client.send('POST', '/Users', body)));
    const statuses = answers.map((answer) => answer.status).toSorted();
    expect(statuses).toEqual([201, ...Array.from({ length: 39 }, () => 409)]);
  });

  it('creates exactly one of many parallel POSTs of one group name', async () => {
    const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.send('POST', '/Groups', { displayName: 'Twins' })),
    );
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === 409)).toHaveLength(19);
  });

  it('lets exactly one of many writers with the same If-Match through', async () => {
    const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    const id = await client.user('versioned@races.example');
    const { headers } = await client.get(`/Users/${id}`);
    const etag = headers.get('etag') ?? '';
    const patch = (title: string) => ({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'title', value: title }],
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        client.send('PATCH', `/Users/${id}`, patch(`t${index}`), { 'if-match': etag }),
      ),
    );
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, ...Array.from({ length: 19 }, () => 412)]);
  });

  it('keeps groups and grants in step when members are deleted while they are added', async () => {
    const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    const ids = await Promise.all(Array.from({ length: 30 }, (_, index) => client.user(`gone-${index}@races.example`)));
    const groupId = await client.group('Short-lived');
    await Promise.all(
      ids.flatMap((id) => [
        client.patch(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value: id }] }),
        client.send('DELETE', `/Users/${id}`),
      ]),
    );
    expect(await memberIds(client, groupId)).toEqual([]);
  });
});
