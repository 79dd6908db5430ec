/** Lists of people: everybody of the organization, whoever manages them, found, filtered, sorted and paged alike on both engines. */
import { expect, it } from 'vitest';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { type ListedPerson, listPeople, type PeopleQuery, readPerson } from '../../src/directory/people/people.ts';
import { PERSON_SORTS } from '../../src/directory/people/person.ts';
import { removePerson } from '../../src/directory/people/person-removal.ts';
import { createUser } from '../../src/directory/people/users.ts';
import type { Principal } from '../../src/directory/principal.ts';
import { AppError } from '../../src/errors.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const QUERY: PeopleQuery = { sort: 'name', descending: false, limit: 100 };

interface Setting {
  readonly organization: TestOrganization;
  readonly okta: { readonly id: string };
  list(query?: Partial<PeopleQuery>, principal?: Principal): Promise<readonly ListedPerson[]>;
}

/** Two connections, somebody whom nobody manages, one invited, one removed. */
async function setUp(organization: TestOrganization): Promise<Setting> {
  const { parts, operator } = organization;
  const okta = await organization.connection('Okta');
  const entra = await organization.connection('Entra');
  const email = (value: string) => ({ emails: [{ value, primary: true }] });
  await organization.managed(okta, { userName: 'ada', displayName: 'Ada Byron', ...email('ada@people.example') });
  await organization.managed(okta, { userName: 'zoe', displayName: 'zoë Abel', active: false });
  await organization.managed(entra, { userName: 'ada', displayName: 'Ada Byron', ...email('ada@entra.example') });
  await organization.person('grace@people.example', 'admin');
  const gone = await organization.person('gone@people.example');
  await organization.run((work) => removePerson(parts, work, operator, gone.id ?? ''));
  const invite = { addresses: 'hedy@people.example', role: 'viewer', teams: [] } as const;
  await organization.run((work) => invitePeople(parts, work, operator, invite));
  return {
    ...{ organization, okta },
    list: async (query = {}, principal = operator) =>
      (await listPeople(parts, principal, { ...QUERY, ...query })).items,
  };
}

const names = (lines: readonly ListedPerson[]) => lines.map(({ name, status }) => `${name} (${status})`);

describeDirectory('people', (directory) => {
  it('are listed across connections, invited ones among them, by name; removed ones only when asked for', async () => {
    const { list } = await setUp(await directory().organization());
    expect(names(await list())).toEqual([
      'Ada Byron (active)',
      'Ada Byron (active)',
      'grace@people.example (active)',
      'hedy@people.example (invited)',
      'zoë Abel (deactivated)',
    ]);
    expect(names(await list({ statuses: ['removed'] }))).toEqual(['gone@people.example (removed)']);
  });

  it.each([
    ['the beginning of a name', { text: 'ADA' }, ['Ada Byron (active)', 'Ada Byron (active)']],
    ['a family name', { text: 'byr' }, ['Ada Byron (active)', 'Ada Byron (active)']],
    ['an address', { text: 'ada@entra' }, ['Ada Byron (active)']],
    ['a userName', { text: 'zo' }, ['zoë Abel (deactivated)']],
    ['an invited address', { text: 'hedy' }, ['hedy@people.example (invited)']],
    ['the middle of a name', { text: 'YRO' }, ['Ada Byron (active)', 'Ada Byron (active)']],
    ['the middle of an address', { text: '@entra' }, ['Ada Byron (active)']],
    [
      'the middle of a userName, invited ones among them',
      { text: '@people.' },
      ['Ada Byron (active)', 'grace@people.example (active)', 'hedy@people.example (invited)'],
    ],
    [
      'the middle, where they were removed',
      { text: 'one@peo', statuses: ['removed'] },
      ['gone@people.example (removed)'],
    ],
    ['the beginning alone, by less than three characters', { text: 'yr' }, []],
    ['nothing that is there', { text: '100%' }, []],
    ['a role', { role: 'admin' }, ['grace@people.example (active)']],
    ['the role of an invite', { role: 'viewer' }, ['hedy@people.example (invited)']],
    ['a status', { statuses: ['deactivated'] }, ['zoë Abel (deactivated)']],
    ['being invited', { statuses: ['invited'] }, ['hedy@people.example (invited)']],
    [
      'nobody managing them',
      { connectionId: null },
      ['grace@people.example (active)', 'hedy@people.example (invited)'],
    ],
    [
      'descending',
      { descending: true, text: 'a' },
      ['zoë Abel (deactivated)', 'Ada Byron (active)', 'Ada Byron (active)'],
    ],
  ] as [string, Partial<PeopleQuery>, string[]][])('are found by %s', async (_what, query, want) => {
    const { list } = await setUp(await directory().organization());
    expect(names(await list(query))).toEqual(want);
  });

  it('are found by their connection', async () => {
    const { list, okta } = await setUp(await directory().organization());
    expect(names(await list({ connectionId: okta.id }))).toEqual(['Ada Byron (active)', 'zoë Abel (deactivated)']);
  });

  it.each(PERSON_SORTS.flatMap((sort) => [false, true].map((descending) => [sort, descending] as const)))(
    'come page by page, each once, in the order of %s (descending: %s)',
    async (sort, descending) => {
      const { organization, list } = await setUp(await directory().organization());
      const seen = await organization.person('seen@people.example');
      await organization.parts.store.write((db) => organization.parts.store.persons.touch(db, seen.id ?? '', 1000));
      const whole = await list({ sort, descending });
      expect(whole).toHaveLength(6);
      const paged: ListedPerson[] = [];
      let query: PeopleQuery = { sort, descending, limit: 1 };
      for (let pages = 0; pages < 10; pages += 1) {
        const { items, next } = await listPeople(organization.parts, organization.operator, query);
        paged.push(...items);
        if (next === null) break;
        query = { ...query, after: next };
      }
      expect(paged).toEqual(whole);
    },
  );

  it('are found among many as among few, whichever way is taken', async () => {
    const organization = await directory().organization();
    const { parts, operator } = organization;
    const okta = await organization.connection('Okta');
    await organization.run(async (work) => {
      for (let n = 0; n < 1101; n += 1)
        await createUser(parts, work, okta, { userName: `many-${n}`, displayName: `Many ${n % 7 === 0 ? 'Few' : n}` });
    });
    const [all, some] = [() => true, (n: number) => n % 7 === 0];
    const cases: readonly [Partial<PeopleQuery>, (n: number) => boolean][] = [
      [{ text: 'many' }, all],
      [{ text: 'few' }, some],
      [{ text: 'any' }, all],
      [{ text: 'y fe' }, some],
      [{ text: 'many', connectionId: okta.id }, all],
      [{ connectionId: okta.id }, all],
      [{ connectionId: null }, () => false],
    ];
    for (const [query, fits] of cases) {
      const found: string[] = [];
      let after = {};
      for (;;) {
        const page = await listPeople(parts, operator, { ...QUERY, ...query, ...after, limit: 200 });
        found.push(...page.items.map(({ userName }) => userName ?? ''));
        if (page.next === null) break;
        after = { after: page.next };
      }
      const want = Array.from({ length: 1101 }, (_, n) => n).filter(fits);
      expect(found.toSorted()).toEqual(want.map((n) => `many-${n}`).toSorted());
    }
  });

  it('are shown to members without what only admins see, and not listed for viewers', async () => {
    const { organization, list } = await setUp(await directory().organization());
    const member = await organization.person('member@people.example');
    expect((await list({}, member)).every(({ details }) => details === null)).toBe(true);
    expect((await list()).every(({ details }) => details !== null)).toBe(true);
    const viewer = await organization.person('viewer@people.example', 'viewer');
    await expect(list({}, viewer)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('tell members nothing of what only admins see by whom a filter leaves, or in which order', async () => {
    const { organization, okta, list } = await setUp(await directory().organization());
    const member = await organization.person('member@people.example');
    for (const query of [{ connectionId: okta.id }, { connectionId: null }, { sort: 'last_seen' }] as const) {
      await expect(list(query, member), JSON.stringify(query)).rejects.toMatchObject({ code: 'forbidden' });
      await expect(list(query)).resolves.toBeDefined();
    }
  });

  it('see themselves in full, with the reasons for their roles', async () => {
    const organization = await directory().organization();
    const viewer = await organization.person('viewer@people.example', 'viewer');
    const other = await organization.person('other@people.example');
    const view = await readPerson(organization.parts, viewer, viewer.id ?? '');
    expect(view.roles?.[0]).toMatchObject({ team: null, role: 'viewer', grants: [{ grant: { origin: 'admin' } }] });
    await expect(readPerson(organization.parts, viewer, other.id ?? '')).rejects.toBeInstanceOf(AppError);
    const seenByMember = await readPerson(organization.parts, other, viewer.id ?? '');
    expect([seenByMember.details, seenByMember.roles]).toEqual([null, null]);
  });

  it('of another organization do not exist', async () => {
    const [one, two] = [await directory().organization(), await directory().organization()];
    const ada = await one.person('ada@people.example');
    await expect(readPerson(two.parts, two.operator, ada.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
    expect((await listPeople(two.parts, two.operator, QUERY)).items).toEqual([]);
  });
});
