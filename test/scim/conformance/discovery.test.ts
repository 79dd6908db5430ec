/** Discovery documents (RFC 7643 sections 5 to 7, RFC 7644 section 4) say what there is, and what they say is so. */
import { beforeAll, expect, it } from 'vitest';
import { describeBridge } from '../../support/on-each-engine.ts';
import { type ScimClient, scimClient } from '../../support/scim-client.ts';

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

describeBridge('discovery', (bridge) => {
  let client: ScimClient;
  beforeAll(async () => {
    client = scimClient(await bridge().createConnection({ dialect: 'strict' }));
  });

  it('has lists that count their resources, each to be had by its location', async () => {
    for (const path of ['/Schemas', '/ResourceTypes']) {
      const { status, body } = await client.get(path);
      expect([status, body.schemas]).toEqual([200, [LIST]]);
      expect(body).toMatchObject({ startIndex: 1, totalResults: body.Resources.length });
      expect(body.itemsPerPage).toBe(body.Resources.length);
      for (const { id, meta } of body.Resources as { id: string; meta: { location: string } }[]) {
        expect(meta.location).toBe(`${bridge().scimUrl}${path}/${id}`);
        const one = await client.get(`${path}/${id}`);
        expect([one.status, one.body.id]).toEqual([200, id]);
      }
      expect((await client.get(`${path}/nothing`)).status).toBe(404);
      expect((await client.get(`${path}?filter=id%20pr`)).status).toBe(403);
      expect((await client.send('POST', path, {})).status).toBe(405);
    }
  });

  it('has no null, and every attribute says what RFC 7643 section 7 wants', async () => {
    const { body, text } = await client.get('/Schemas');
    expect(text).not.toContain('null');
    const attributes = body.Resources.flatMap(({ attributes: list }: { attributes: object[] }) => list);
    for (const attribute of attributes) {
      expect(attribute).toMatchObject({
        name: expect.any(String),
        type: expect.stringMatching(/^(string|boolean|decimal|integer|dateTime|reference|complex|binary)$/),
        multiValued: expect.any(Boolean),
        description: expect.any(String),
        required: expect.any(Boolean),
        mutability: expect.stringMatching(/^(readOnly|readWrite|immutable|writeOnly)$/),
        returned: expect.stringMatching(/^(always|never|default|request)$/),
      });
    }
  });

  it('names resource types whose endpoints and schemas are there', async () => {
    const types = (await client.get('/ResourceTypes')).body.Resources;
    const schemas = (await client.get('/Schemas')).body.Resources.map(({ id }: { id: string }) => id);
    expect(types.map(({ name }: { name: string }) => name)).toEqual(['User', 'Group']);
    for (const { endpoint, schema, schemaExtensions = [] } of types) {
      expect((await client.get(`${endpoint}?count=0`)).body.schemas).toEqual([LIST]);
      for (const urn of [schema, ...schemaExtensions.map((each: { schema: string }) => each.schema)]) {
        expect(schemas).toContain(urn);
      }
    }
  });

  it('has a ServiceProviderConfig whose limits hold', async () => {
    const { body } = await client.get('/ServiceProviderConfig');
    for (const feature of ['patch', 'bulk', 'filter', 'sort', 'etag']) expect(body[feature].supported).toBe(true);
    expect(body.changePassword.supported).toBe(false);
    expect(body.pagination).toMatchObject({ cursor: true, index: true, defaultPaginationMethod: 'index' });
    expect(body.pagination.maxPageSize).toBe(body.filter.maxResults);
    expect(body.authenticationSchemes.map(({ type }: { type: string }) => type)).toEqual([
      'oauthbearertoken',
      'httpbasic',
    ]);
    const large = ' '.repeat(body.bulk.maxPayloadSize + 1);
    expect((await client.send('POST', '/Bulk', `{}${large}`)).status).toBe(413);
  });

  it('is read without a token where nothing depends on the connection, and never with a wrong one', async () => {
    for (const path of ['/ServiceProviderConfig', '/Schemas']) {
      expect((await fetch(`${bridge().scimUrl}${path}`)).status).toBe(200);
      const wrong = { headers: { authorization: 'Bearer wrong' } };
      expect((await fetch(`${bridge().scimUrl}${path}`, wrong)).status).toBe(401);
    }
    expect((await fetch(`${bridge().scimUrl}/ResourceTypes`)).status).toBe(401);
  });
});
