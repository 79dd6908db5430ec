/** Every attribute that /Schemas declares as writable can be written as RFC 7644 says, and is then there. */
import { beforeAll, expect, it } from 'vitest';
import { describeBridge } from '../../support/on-each-engine.ts';
import { ENTERPRISE, type ScimClient, scimClient, USER } from '../../support/scim-client.ts';
import { type Declared, declaredAttributes, held, parts, sample, setting, type Value } from './declared.ts';

describeBridge('every attribute that /Schemas declares', (bridge) => {
  let client: ScimClient;
  let all: readonly Declared[];
  let serial = 0;
  beforeAll(async () => {
    client = scimClient(await bridge().createConnection({ dialect: 'strict' }));
    all = await declaredAttributes(client);
  });

  const count = () => {
    serial += 2;
    return serial;
  };
  const next = (declared: Declared): Value => sample(declared, count());
  const person = () => client.user(`p${count()}@declared.example`);

  async function patched(id: string, declared: Declared, operation: object): Promise<Value> {
    const answer = await client.patch(`/Users/${id}`, operation);
    expect(answer.status, `${JSON.stringify(operation)} ${answer.text}`).toBe(200);
    const { body } = await client.get(`/Users/${id}`);
    expect(held(answer.body, declared)).toEqual(held(body, declared));
    return held(body, declared);
  }

  it('is more than forty of two schemas', () => {
    const values = all.map((declared) => Math.max(parts(declared).length, 1));
    expect(values.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(40);
    expect(new Set(all.map(({ extension }) => extension))).toEqual(new Set([undefined, ENTERPRISE]));
  });

  it('comes back from POST and PUT as it was sent, with its schema', async () => {
    for (const declared of all) {
      const [first, second] = [next(declared), next(declared)];
      const schemas = declared.extension === undefined ? [USER] : [USER, declared.extension];
      const named = (value: Value) => ({ userName: `n${count()}@declared.example`, ...setting(declared, value) });
      const made = await client.send('POST', '/Users', { schemas, ...named(first) });
      expect([made.status, held(made.body, declared)], declared.path).toEqual([201, first]);
      const put = await client.send('PUT', `/Users/${made.body.id}`, { schemas, ...named(second) });
      expect([put.status, held(put.body, declared)], declared.path).toEqual([200, second]);
      expect(put.body.schemas).toEqual(schemas);
    }
  });

  it('is added, replaced and removed by its path, by its URN, and in any case', async () => {
    for (const declared of all) {
      const id = await person();
      const spellings = [declared.path, declared.path.toUpperCase()];
      if (declared.extension === undefined) spellings.push(`${USER}:${declared.path}`);
      for (const path of spellings) {
        const [added, replaced] = [next(declared), next(declared)];
        if (!declared.attribute.multiValued) {
          expect(await patched(id, declared, { op: 'add', path, value: added }), path).toEqual(added);
        }
        expect(await patched(id, declared, { op: 'replace', path, value: replaced }), path).toEqual(replaced);
        if (declared.attribute.required || declared.attribute.name === 'active') continue;
        expect(await patched(id, declared, { op: 'remove', path }), path).toBeUndefined();
      }
    }
  });

  it('keeps its other sub-attributes when one of them is written or removed', async () => {
    for (const declared of all.filter(({ attribute }) => attribute.type === 'complex' && !attribute.multiValued)) {
      const id = await person();
      const whole = next(declared) as Record<string, Value>;
      await patched(id, declared, { op: 'add', path: declared.path, value: whole });
      for (const { name } of parts(declared).filter((part) => part.name !== 'value')) {
        const { [name]: value, ...rest } = whole;
        const path = `${declared.path}.${name}`;
        expect(await patched(id, declared, { op: 'remove', path })).toEqual(rest);
        expect(await patched(id, declared, { op: 'replace', path, value })).toEqual(whole);
      }
    }
  });

  it('is a list whose elements are found by filters, and has one primary', async () => {
    for (const declared of all.filter(({ attribute }) => attribute.multiValued)) {
      const id = await person();
      const key = parts(declared).some(({ name }) => name === 'value') ? 'value' : 'locality';
      const { path } = declared;
      const apply = (op: string, at: string, value?: Value) =>
        patched(id, declared, { op, path: at, ...(value === undefined ? {} : { value }) });
      const [work, home] = [
        { type: 'work', [key]: 'a' },
        { type: 'home', [key]: 'b' },
      ];
      expect(await apply('replace', path, [work, home])).toEqual([work, home]);
      expect(await apply('replace', `${path}[type eq "work"].${key}`, 'c')).toEqual([{ ...work, [key]: 'c' }, home]);
      expect(await apply('add', path, [home])).toEqual([{ ...work, [key]: 'c' }, home]);
      expect(await apply('add', `${path}[type eq "home"].primary`, true)).toEqual([
        { ...work, [key]: 'c' },
        { ...home, primary: true },
      ]);
      const other = { type: 'other', [key]: 'd', primary: true };
      expect(await apply('add', path, [other])).toEqual([{ ...work, [key]: 'c' }, { ...home, primary: false }, other]);
      const odd = `${path}[type eq "other" and primary eq true or not (type ne "work")]`;
      expect(await apply('remove', odd)).toEqual([{ ...home, primary: false }]);
      expect(await apply('remove', `${path}[type eq "home"].type`)).toEqual([{ [key]: 'b', primary: false }]);
    }
  });
});
