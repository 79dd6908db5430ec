import request from 'supertest';
import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../src/synclog/exchange.ts';
import { ADDED_AT, exampleChange, exampleExchange, exampleMemory, exchangeId, NOW, REFUSED_AT } from './example-log.ts';
import { createMemoryConsole, emptyMemory, type Memory } from './memory-console.ts';

const SESSION = 'drawbridge_session=session';

function open(path: string, memory: Memory = exampleMemory(), cookie = SESSION): request.Test {
  return request(createMemoryConsole(memory).app).get(path).set('Cookie', cookie);
}

function rowIds(html: string): readonly string[] {
  return [...html.matchAll(/data-id="([^"]+)"/g)].map((match) => match[1] ?? '');
}

describe('sync log list', () => {
  it('shows the newest exchange first, in words', async () => {
    const { text, status } = await open('/admin/sync');
    expect(status).toBe(200);
    expect(rowIds(text)[0]).toBe(exchangeId(ADDED_AT));
    expect(text).toContain('Okta added Ada Byron to group vision');
    expect(text).toContain('42 s ago');
  });

  it('pages by cursor without losing or repeating an exchange', async () => {
    const memory = exampleMemory();
    const first = await open('/admin/sync', memory);
    const older = first.text.match(/id="older"[^>]*href="([^"]+)"/)?.[1];
    const second = await open(older?.replaceAll('&amp;', '&') ?? '', memory);
    const ids = [...rowIds(first.text), ...rowIds(second.text)];
    const own = memory.exchanges.filter((exchange) => exchange.organizationId === 'org-1');
    expect(new Set(ids).size).toBe(own.length);
    expect(ids).toHaveLength(own.length);
    expect(second.text).not.toContain('<live-log');
  });

  it.each([
    { name: 'outcome', search: '?outcome=refused', ids: [REFUSED_AT] },
    { name: 'connection', search: '?connection=entra', ids: [REFUSED_AT] },
    { name: 'operation', search: '?operation=groups.patch', ids: [ADDED_AT] },
    { name: 'text, all words', search: '?text=hopper+deactivate', ids: [REFUSED_AT] },
    { name: 'person, by a name that is clear', search: '?person=grace', ids: [REFUSED_AT] },
    { name: 'user, by id', search: '?user=user-ada', ids: [ADDED_AT, NOW - 3_800_000] },
    { name: 'span of time', search: '?from=2026-11-24T09:20&until=2026-11-24T09:25', ids: [REFUSED_AT] },
  ])('filters by $name', async ({ search, ids }) => {
    const { text } = await open(`/admin/sync${search}`);
    expect(rowIds(text)).toEqual(ids.map(exchangeId));
  });

  it('asks who is meant when several people match, and shows no rows until then', async () => {
    const { text } = await open('/admin/sync?person=ada');
    expect(rowIds(text)).toEqual([]);
    expect(text).toContain('href="/admin/sync?user=user-ada"');
    expect(text).toContain('href="/admin/sync?user=user-adam"');
  });

  it('tells namesakes apart, and says when more fit than it names', async () => {
    const memory = exampleMemory();
    for (let n = 1; n <= 21; n += 1) {
      const person = { id: `kim-${n}`, name: 'Kim Lee', userName: `kim${n}@example.com` };
      memory.people.push({ ...person, organizationId: 'org-1' });
    }
    const { text } = await open('/admin/sync?person=kim', memory);
    expect(text).toContain('user=kim-20">Kim Lee</a> <span class="muted">kim20@example.com</span>');
    expect(text).not.toContain('kim21@');
    expect(text).toContain('These are the first 20. If yours is not among them, give more of the name.');
    expect((await open('/admin/sync?person=ada', memory)).text).not.toContain('These are the first');
  });

  it.each(['/timeline', '/export.csv', '/export.jsonl'])(
    'gives nothing in place of everything at %s while it is not clear who is meant',
    async (path) => {
      const { status, text } = await open(`/admin/sync${path}?person=ada`);
      expect([status, rowIds(text)]).toEqual([400, []]);
      expect(text).toContain('“ada” may be one of several people');
      expect((await open(`/admin/sync${path}?person=nobody-like-this`)).text).toContain('Nobody is called');
      expect((await open('/admin/sync?person=ada')).text).not.toContain(`/admin/sync${path}`);
    },
  );

  it('says which part of a filter it could not use', async () => {
    const { text } = await open('/admin/sync?outcome=great&from=yesterday');
    expect(text).toContain('There is no outcome “great”; it was left out.');
    expect(text).toContain('“yesterday” is no date and time');
  });

  it('takes empty fields out of the address', async () => {
    const { status, headers } = await open('/admin/sync?text=&outcome=refused&connection=');
    expect(status).toBe(302);
    expect(headers.location).toBe('/admin/sync?outcome=refused');
  });

  it('tells how to connect an identity provider when nothing was ever sent', async () => {
    const memory = emptyMemory(NOW);
    memory.sessions.set('session', 'org-1');
    const { text } = await open('/admin/sync', memory);
    expect(text).toContain('href="/admin/connections/new"');
    expect(text).toContain('simulate okta');
  });
});

describe('one exchange', () => {
  it('tells what changed in sentences and as before and after', async () => {
    const { text } = await open(`/admin/sync/${exchangeId(ADDED_AT)}`);
    expect(text).toContain('Added Ada Byron to group vision');
    expect(text).toContain('Ada Byron in team vision: none → member');
    expect(text).toMatch(
      /emails\[work\]<\/code><\/th><td class="before">ada@example.com<\/td><td class="after">ada.byron@example.com/,
    );
    expect(text).toMatch(
      /nickName<\/code><\/th><td class="before">Augusta<\/td><td class="after"><span class="none">none/,
    );
  });

  it('shows repairs, the token by its hint, and a command with a placeholder for the token', async () => {
    const { text } = await open(`/admin/sync/${exchangeId(ADDED_AT)}`);
    expect(text).toContain('“Add” was read as “add”');
    expect(text).toContain('<code>k9Qz</code>');
    expect(text).toContain('Bearer $SCIM_TOKEN');
    expect(text).toContain('https://bridge.example/scim/v2/Groups/group-vision');
  });

  it('says why it was refused and what to do', async () => {
    const { text } = await open(`/admin/sync/${exchangeId(REFUSED_AT)}`);
    expect(text).toContain('<code>last_admin</code>');
    expect(text).toContain('Make another person admin first');
  });

  it('names everybody whom it changed, in pages, each with their page and their log', async () => {
    const memory = exampleMemory();
    const at = NOW - 1;
    memory.exchanges.push(exampleExchange(at, { outcome: 'changed', changeCount: 230 }));
    for (let n = 1; n <= 230; n += 1) {
      const user = { type: 'user', id: `user-${n}`, name: `Person ${n}` } as const;
      memory.changes.push({ ...exampleChange(exchangeId(at), 'membership.added', user), position: n });
    }
    const { text } = await open(`/admin/sync/${exchangeId(at)}?outcome=changed`, memory);
    expect(text).toContain('Who was changed by this');
    expect(text).toContain('200 of 230 changes.');
    expect(text).toContain('<summary>192 others</summary>');
    expect(text).toContain('<a href="/admin/people/user-200">Person 200</a>');
    expect(text).toContain('href="/admin/sync?user=user-200"');
    expect(text).not.toContain('Person 201');
    const next = text.match(/rel="next" href="([^"]+#changes)"/)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(next).toContain('?outcome=changed&after=200');
    const last = await open(next.replace('#changes', ''), memory);
    expect(last.text).toContain('30 of 230 changes.');
    expect(last.text).toContain('Person 230');
    expect(last.text).not.toContain('More changes');
  });

  it('leads to its neighbours within the filter', async () => {
    const memory = exampleMemory();
    const plain = await open(`/admin/sync/${exchangeId(REFUSED_AT)}`, memory);
    expect(plain.text).toContain(`rel="prev" href="/admin/sync/${exchangeId(ADDED_AT)}"`);
    expect(plain.text).toContain(`rel="next" href="/admin/sync/${exchangeId(NOW - 3_700_000)}"`);
    const filtered = await open(`/admin/sync/${exchangeId(NOW - 3_800_000)}?user=user-ada`, memory);
    expect(filtered.text).toContain(`rel="prev" href="/admin/sync/${exchangeId(ADDED_AT)}?user=user-ada"`);
    expect(filtered.text).not.toContain('rel="next" href="/admin/sync/');
  });

  it('finds the next newer one behind hundreds that came in the same second', async () => {
    const memory = exampleMemory();
    for (let n = 1; n <= 450; n += 1) memory.exchanges.push(exampleExchange(REFUSED_AT + n));
    const { text } = await open(`/admin/sync/${exchangeId(REFUSED_AT)}`, memory);
    expect(text).toContain(`rel="prev" href="/admin/sync/${exchangeId(REFUSED_AT + 1)}"`);
  });
});

describe('tenancy and text', () => {
  it('never shows the rows of another organization', async () => {
    const memory = exampleMemory();
    expect((await open('/admin/sync', memory)).text).not.toContain('Secret Person');
    expect((await open(`/admin/sync/${exchangeId(NOW - 1000)}`, memory)).status).toBe(404);
    const other = await open('/admin/sync', memory, 'drawbridge_session=other-session');
    expect(rowIds(other.text)).toEqual([exchangeId(NOW - 1000)]);
    expect((await open(`/admin/sync/${exchangeId(ADDED_AT)}`, memory, 'drawbridge_session=other-session')).status).toBe(
      404,
    );
  });

  const EVIL = `"><script>alert('x')</script>`;
  const hostile: Partial<Exchange> = {
    outcome: 'refused',
    errorCode: EVIL,
    errorDetail: EVIL,
    summary: EVIL,
    userAgent: EVIL,
    remoteAddress: EVIL,
    path: `/${EVIL}`,
    requestBody: JSON.stringify({ [EVIL]: EVIL }),
    responseBody: EVIL,
    changeCount: 2,
    subject: { type: 'user', id: EVIL, name: EVIL },
    repairs: [{ code: EVIL, at: EVIL, detail: EVIL }],
  };

  it.each([
    '/admin/sync',
    `/admin/sync/${exchangeId(NOW)}`,
    `/admin/sync?text=${encodeURIComponent(EVIL)}`,
    `/admin/sync?person=${encodeURIComponent(EVIL)}`,
  ])('shows stored and sent markup as text: %s', async (path) => {
    const memory = exampleMemory();
    memory.exchanges.push(exampleExchange(NOW, hostile));
    const [user, group] = [
      { type: 'user', id: EVIL, name: EVIL },
      { type: 'group', id: EVIL, name: EVIL },
    ] as const;
    memory.changes.push(
      exampleChange(exchangeId(NOW), 'membership.added', user, { related: group }),
      exampleChange(exchangeId(NOW), 'group.updated', group, {
        before: { [EVIL]: EVIL },
        after: { displayName: EVIL },
      }),
    );
    memory.people.push(
      { id: 'x', name: EVIL, userName: EVIL, organizationId: 'org-1' },
      { id: 'y', name: EVIL, userName: `y${EVIL}`, organizationId: 'org-1' },
    );
    const { text, status } = await open(path, memory);
    expect(status).toBe(200);
    expect(text).toContain('&lt;script&gt;alert(&#39;x&#39;)');
    // Only the three scripts of the page itself.
    expect(text.match(/<script/g)).toHaveLength(3);
  });
});
