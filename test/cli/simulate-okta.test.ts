import { describe, expect, it } from 'vitest';
import { createConversation } from '../../src/cli/simulate/conversation.ts';
import { createOktaClient, OKTA_HEADERS, oktaRetry } from '../../src/cli/simulate/okta.ts';
import { createPeople } from '../../src/cli/simulate/people.ts';
import { createRandom } from '../../src/cli/simulate/random.ts';
import { createReport } from '../../src/cli/simulate/report.ts';
import { sleepFor } from '../../src/cli/simulate/simulation.ts';
import { createWire } from '../../src/cli/simulate/wire.ts';
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from '../../src/schema/attribute.ts';
import { type Override, startRecorder } from './simulate-recorder.ts';
import { runSimulate } from './simulate-run.ts';

const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const people = createPeople({ seed: 1, userCount: 3, groupCount: 1, domain: 'okta.example', idStyle: 'okta' });
const ada = { ...people.person(1), userName: 'ada@okta.example', givenName: 'Ada', familyName: 'Byron' };
const group = { id: 'id-3', seed: people.group(0), name: 'vision lab' };

async function openOkta(override?: Override) {
  const recorder = await startRecorder(override);
  const report = createReport({ client: 'Okta', scimUrl: recorder.scimUrl, seed: 1, now: () => 0 });
  const wire = createWire({
    scimUrl: recorder.scimUrl,
    headers: { ...OKTA_HEADERS, Authorization: 'Bearer secret' },
    bodyHeaders: {},
    sockets: 2,
    rate: 0,
    retry: oktaRetry,
    signal: new AbortController().signal,
    sleep: sleepFor,
    now: () => 0,
    onAnswer: report.count,
  });
  const client = createOktaClient(createConversation(wire, report), createRandom(1));
  /** Ada is id-1, Grace id-2, the group id-3. */
  const provision = async () => {
    const id = (await client.provisionUser(ada)) ?? '';
    const grace = { id: (await client.provisionUser(people.person(2))) ?? '', person: people.person(2) };
    await client.provisionGroup(group.seed);
    return { user: { id, person: ada }, grace, from: recorder.requests.length };
  };
  const close = async () => {
    wire.close();
    await recorder[Symbol.asyncDispose]();
  };
  return { recorder, report, client, provision, [Symbol.asyncDispose]: close };
}

describe('simulated Okta', () => {
  it("sends Okta's headers with every request, also with those that have no body", async () => {
    await using okta = await openOkta();
    await okta.client.testConnection();
    await okta.client.provisionUser(ada);
    for (const { headers } of okta.recorder.requests)
      expect(headers).toMatchObject({
        'user-agent': 'Okta SCIM Client 1.0.0',
        accept: 'application/scim+json',
        'accept-charset': 'utf-8',
        'content-type': 'application/scim+json; charset=utf-8',
        authorization: 'Bearer secret',
      });
  });

  it('tests the connection with a page of users and one of groups', async () => {
    await using okta = await openOkta();
    await okta.client.testConnection();
    expect(okta.recorder.lines).toEqual(['GET /Users?startIndex=1&count=2', 'GET /Groups?startIndex=1&count=100']);
  });

  it('looks up by userName with %20 for blanks, then creates with a password and empty groups', async () => {
    await using okta = await openOkta();
    await okta.client.provisionUser(ada);
    expect(okta.recorder.lines).toEqual([
      'GET /Users?filter=userName%20eq%20%22ada%40okta.example%22&startIndex=1&count=100',
      'POST /Users',
    ]);
    expect(okta.recorder.requests[1]?.body).toEqual({
      schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA],
      userName: 'ada@okta.example',
      name: { givenName: 'Ada', familyName: 'Byron' },
      emails: [{ primary: true, value: 'ada@okta.example', type: 'work' }],
      displayName: 'Ada Byron',
      title: ada.title,
      phoneNumbers: [{ primary: true, value: ada.phone, type: 'work' }],
      [ENTERPRISE_SCHEMA]: { employeeNumber: ada.employeeNumber, department: ada.department },
      locale: 'en-US',
      externalId: ada.externalId,
      groups: [],
      password: expect.stringMatching(/^\w{8}$/),
      active: true,
    });
  });

  it('updates by PUT of the whole resource as read back, with the changes merged in', async () => {
    await using okta = await openOkta();
    const { user, from } = await okta.provision();
    await okta.client.updateUser({ ...user, person: { ...ada, familyName: 'King' } }, ada);
    expect(okta.recorder.lines.slice(from)).toEqual(['GET /Users/{id}', 'PUT /Users/{id}']);
    expect(okta.recorder.requests.at(-1)?.body).toMatchObject({
      id: 'id-1',
      groups: [],
      meta: { resourceType: 'User' },
      externalId: ada.externalId,
      name: { givenName: 'Ada', familyName: 'King' },
    });
  });

  it('keeps a manager that was set earlier when it puts the profile', async () => {
    await using okta = await openOkta();
    const { user, grace } = await okta.provision();
    await okta.client.setManager(user, grace);
    await okta.client.updateUser(user, ada);
    const { body } = okta.recorder.requests.at(-1) ?? {};
    expect(body).toMatchObject({ [ENTERPRISE_SCHEMA]: { manager: { value: 'id-2' }, department: ada.department } });
  });

  it('deactivates by a path-less PATCH, and never by DELETE', async () => {
    await using okta = await openOkta();
    const { user, from } = await okta.provision();
    await okta.client.deactivateUser(user);
    await okta.client.deleteUser(user);
    expect(okta.recorder.lines.slice(from)).toEqual(['PATCH /Users/{id}', 'PATCH /Users/{id}']);
    const body = { schemas: [PATCH], Operations: [{ op: 'replace', value: { active: false } }] };
    expect(okta.recorder.requests.at(-1)?.body).toEqual(body);
  });

  it('brings somebody back by looking up, activating and pushing the profile', async () => {
    await using okta = await openOkta();
    const { user } = await okta.provision();
    await okta.client.deactivateUser(user);
    const from = okta.recorder.requests.length;
    await okta.client.reactivateUser(user);
    expect(okta.recorder.lines.slice(from).map((line) => line.split('?')[0])).toEqual([
      'GET /Users',
      'PATCH /Users/{id}',
      'GET /Users/{id}',
      'PUT /Users/{id}',
    ]);
    expect(okta.report.violationCount).toBe(0);
  });

  it('objects when a deactivated person is hidden and comes back under another id', async () => {
    let isHidden = false;
    await using okta = await openOkta(({ method, path }) => {
      if (!isHidden || !path.startsWith('/Users')) return undefined;
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse'];
      if (method === 'GET') return { status: 200, body: { schemas, totalResults: 0 } };
      return { status: 201, body: { schemas: [USER_SCHEMA], id: 'id-9', userName: ada.userName, active: true } };
    });
    const { user } = await okta.provision();
    isHidden = true;
    await okta.client.reactivateUser(user);
    expect(okta.report.document(true).violations).toMatchObject([{ rule: 'another-id' }]);
  });

  it('creates groups with empty members and no externalId', async () => {
    await using okta = await openOkta();
    await okta.client.provisionGroup({ ...group.seed, name: 'vision' });
    expect(okta.recorder.lines[0]).toBe('GET /Groups?filter=displayName%20eq%20%22vision%22&startIndex=1&count=100');
    expect(okta.recorder.requests[1]?.body).toEqual({ schemas: [GROUP_SCHEMA], displayName: 'vision', members: [] });
  });

  it('sends the name along with a membership update, which removes and adds in one request', async () => {
    await using okta = await openOkta();
    const { user, grace, from } = await okta.provision();
    await okta.client.changeMembers(group, { add: [user], remove: [grace] });
    expect(okta.recorder.requests.slice(from).map(({ body }) => body)).toEqual([
      { schemas: [PATCH], Operations: [{ op: 'replace', value: { id: 'id-3', displayName: 'vision lab' } }] },
      {
        schemas: [PATCH],
        Operations: [
          { op: 'remove', path: 'members[value eq "id-2"]' },
          { op: 'add', path: 'members', value: [{ value: 'id-1', display: 'ada@okta.example' }] },
        ],
      },
    ]);
  });

  it('pushes a whole group as a replace of its members, and an empty one as an empty list', async () => {
    await using okta = await openOkta();
    const { user } = await okta.provision();
    await okta.client.pushMembers(group, [user]);
    const value = [{ value: 'id-1', display: 'ada@okta.example' }];
    expect(okta.recorder.requests.at(-1)?.body).toMatchObject({
      Operations: [{ op: 'replace', path: 'members', value }],
    });
    await okta.client.pushMembers(group, []);
    expect(okta.recorder.requests.at(-1)?.body).toMatchObject({ Operations: [{ op: 'replace', value: [] }] });
  });

  it('splits a push after a thousand members', async () => {
    await using okta = await openOkta();
    const { user, from } = await okta.provision();
    await okta.client.pushMembers(group, Array(1001).fill(user));
    expect(okta.recorder.requests.slice(from + 1).map(({ body }) => body)).toMatchObject([
      { Operations: [{ op: 'replace', value: { length: 1000 } }] },
      { Operations: [{ op: 'add', value: { length: 1 } }] },
    ]);
  });

  it.each([
    { retryAfter: '7', attempt: 1, waitMs: 7_000 },
    { retryAfter: 'Wed, 21 Oct 2026 07:28:00 GMT', attempt: 1, waitMs: 300_000 },
    { retryAfter: null, attempt: 3, waitMs: 1_200_000 },
    { retryAfter: '7', attempt: 10, waitMs: null },
  ])('after 429 with Retry-After $retryAfter, try $attempt, waits $waitMs ms', ({ retryAfter, attempt, waitMs }) => {
    expect(oktaRetry(retryAfter, attempt)).toBe(waitMs);
  });

  it('plays its story without an objection, and has exactly the mistakes on purpose refused', async () => {
    await using recorder = await startRecorder();
    const args = [
      '--url',
      recorder.scimUrl,
      '--token',
      't',
      '--users',
      '30',
      '--groups',
      '4',
      '--rate',
      '0',
      '--story',
    ];
    const { code, report } = await runSimulate(['okta', ...args, '--json']);
    expect(report().violations).toEqual([]);
    expect(code).toBe(0);
    expect(report().refused.map(({ status, onPurpose }) => [status, onPurpose])).toEqual([
      [400, true],
      [400, true],
      [409, true],
    ]);
    expect(recorder.lines.filter((line) => line.startsWith('DELETE /Users'))).toEqual([]);
  });
});
