/** Every operator on every attribute that /Schemas declares (RFC 7644 section 3.4.2.2): found, or refused; never ignored. */
import { beforeAll, expect, it } from 'vitest';
import { describeBridge } from '../../support/on-each-engine.ts';
import { type ScimAnswer, type ScimClient, scimClient, USER } from '../../support/scim-client.ts';
import { type Declared, type DeclaredAttribute, declaredAttributes, parts, sample, setting } from './declared.ts';

const ORDERED = ['gt', 'ge', 'lt', 'le'];

describeBridge('filters on every attribute that /Schemas declares', (bridge) => {
  let client: ScimClient;
  let all: readonly Declared[];
  beforeAll(async () => {
    client = scimClient(await bridge().createConnection({ dialect: 'strict' }));
    all = await declaredAttributes(client);
  });

  const ask = (filter: string): Promise<ScimAnswer> =>
    client.get(`/Users?attributes=id&count=1000&filter=${encodeURIComponent(filter)}`);

  /** Filters with whether they must find a resource that has `value` at `path`. */
  function questions(path: string, { type, caseExact }: DeclaredAttribute, value: unknown): [string, boolean][] {
    const literal = JSON.stringify(value);
    const any: [string, boolean][] = [
      [`${path} pr`, true],
      [`not (${path} pr)`, false],
      [`${path} eq ${literal}`, true],
      [`${path.toUpperCase()} EQ ${literal}`, true],
      [`${path} ne ${literal}`, false],
      [`not (${path} eq ${literal})`, false],
      [`${path} eq ${literal} and userName pr`, true],
      [`${path} ne ${literal} or id eq "nobody"`, false],
    ];
    if (typeof value !== 'string' || type === 'binary') return any;
    const text: [string, boolean][] = [
      [`${path} co ${JSON.stringify(value.slice(1, -1))}`, true],
      [`${path} sw ${JSON.stringify(value.slice(0, 3))}`, true],
      [`${path} ew ${JSON.stringify(value.slice(-3))}`, true],
      [`${path} co "%"`, false],
      [`${path} sw ${JSON.stringify(value.slice(1))}`, false],
      [`${path} ge ${literal} and ${path} le ${literal}`, true],
      [`${path} gt ${literal} or ${path} lt ${literal}`, false],
    ];
    if (type === 'string' && !caseExact) text.push([`${path} eq ${literal.toUpperCase()}`, true]);
    return [...any, ...text];
  }

  it('find what has the value and nothing else', { timeout: 120_000 }, async () => {
    let serial = 1000;
    for (const declared of all) {
      serial += 2;
      const value = sample(declared, serial);
      const schemas = declared.extension === undefined ? [USER] : [USER, declared.extension];
      const userName = `f${serial}@filters.example`;
      const made = await client.send('POST', '/Users', { schemas, userName, ...setting(declared, value) });
      expect(made.status, made.text).toBe(201);
      const one = (Array.isArray(value) ? value[0] : value) as Record<string, unknown>;
      const asked = parts(declared).map((part) => [`${declared.path}.${part.name}`, part, one[part.name]] as const);
      const simple = [[declared.path, declared.attribute, value] as const];
      for (const [path, attribute, literal] of asked.length === 0 ? simple : asked) {
        const list = questions(path, attribute, literal);
        if (declared.attribute.multiValued) {
          list.push([`${declared.path}[${attribute.name} eq ${JSON.stringify(literal)}]`, true]);
        }
        for (const [filter, want] of list) {
          const { status, body, text } = await ask(filter);
          expect(status, `${filter} ${text}`).toBe(200);
          const found = (body.Resources as { id: string }[]).some(({ id }) => id === made.body.id);
          expect(found, filter).toBe(want);
        }
      }
      // Otherwise the next people answer to `active eq true` and the like as well.
      await client.send('DELETE', `/Users/${made.body.id}`);
    }
  });

  it('refuse an order of what has none', async () => {
    for (const path of ['active', 'emails.primary', 'x509Certificates.value']) {
      for (const operator of ORDERED) {
        const answer = await ask(`${path} ${operator} ${path.endsWith('value') ? '"eA=="' : 'true'}`);
        expect([answer.status, answer.body.scimType], path).toEqual([400, 'invalidFilter']);
      }
    }
  });

  it.each([
    'userName',
    'userName eq',
    'eq "x"',
    'userName xx "y"',
    'userName eq "x" and',
    '(userName eq "x"',
    'userName eq "x")',
    'userName eq "x" "y"',
    'not userName eq "x"',
    "userName eq 'x'",
    'userName eq x',
    'userName eq "\\x"',
    'userName eq "x"and title pr',
    'emails[type eq "work"',
    'emails[emails.type eq "work"]',
    'name[familyName eq "x"]',
    'emails.type.value eq "x"',
    'active eq "true"',
    'title gt 5',
    'meta.lastModified gt "yesterday"',
    'meta.version eq "x"',
    'password pr',
    'urn:nope:x eq "y"',
    'members pr',
    '__proto__ eq "x"',
  ])('refuse %s', async (filter) => {
    const answer = await ask(filter);
    expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidFilter']);
  });
});
