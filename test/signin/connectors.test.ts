/** All connectors together: made from settings, shown without secrets, in one order. */
import { expect, it } from 'vitest';
import { createConnectors } from '../../src/signin/connectors.ts';
import { createCertificate } from '../support/certificate.ts';
import { ldapSettings } from './ldap/settings.ts';
import { memoryParts, oidcSettings } from './oidc/settings.ts';
import { samlSettings } from './saml/saml-room.ts';

const NONE = { oidc: null, saml: null, ldap: null };
const SECRET = 'a-secret-of-this-test';

it('makes those that are configured', () => {
  expect(createConnectors(NONE, memoryParts())).toEqual([]);
  const types = createConnectors({ ...NONE, ldap: ldapSettings(['ldaps://l.example']) }, memoryParts());
  expect(types.map((connector) => connector.type)).toEqual(['ldap']);
});

it('shows how each is set up, and no secret', () => {
  const { key, certificate } = createCertificate({ name: 'bridge' });
  const connectors = createConnectors(
    {
      oidc: oidcSettings('https://idp.example', { clientSecret: SECRET, clientKey: key }),
      saml: samlSettings('/etc/idp.xml', { key, certificate }),
      ldap: ldapSettings(['ldaps://l.example'], { bind: { dn: 'cn=svc', password: SECRET } }),
    },
    memoryParts(),
  );
  expect(connectors.map((connector) => connector.type)).toEqual(['oidc', 'saml', 'ldap']);
  const shown = JSON.stringify(connectors.map((connector) => connector.describe()));
  for (const known of ['https://idp.example', '/etc/idp.xml', 'ldaps://l.example', 'cn=svc'])
    expect(shown).toContain(known);
  expect(shown).not.toContain(SECRET);
  expect(shown).not.toContain('PRIVATE KEY');
});
