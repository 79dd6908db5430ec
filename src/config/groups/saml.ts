/** Signing in with SAML. */
import { X509Certificate } from 'node:crypto';
import { oneOf, parsed, text, wholeNumber, yesOrNo } from '../variable.ts';
import { readPrivateKey } from './oidc.ts';

function readCertificate(pem: string): string | undefined {
  try {
    new X509Certificate(pem);
    return pem;
  } catch {
    return undefined;
  }
}

export const saml = {
  SAML_IDP_METADATA: text({
    fallback: undefined,
    pattern: /^(https:\/\/\S+|(?![a-z]+:\/\/).+)$/i,
    wanted: 'a file or an https URL',
    meaning:
      'Metadata document of the SAML identity provider. It is read again every hour, and at once when a signature is by an unknown key.',
  }),
  SAML_ENTITY_ID: text({
    fallback: undefined,
    meaning: 'Our entity id, which is also the audience. Without it: the address of our metadata.',
  }),
  SAML_LABEL: text({ fallback: 'single sign-on (SAML)', meaning: 'Name on the button: `Sign in with ...`.' }),
  SAML_KEY: parsed({
    fallback: undefined,
    secret: true,
    wanted: 'a private RSA key in PEM form',
    read: (given) => readPrivateKey(given, (key) => key.asymmetricKeyType === 'rsa'),
    meaning: 'Our private key: signs requests and reads encrypted assertions.',
  }),
  SAML_CERTIFICATE: parsed({
    fallback: undefined,
    wanted: 'a certificate in PEM form',
    read: readCertificate,
    meaning: 'Certificate of that key, for our metadata.',
  }),
  SAML_SIGN_REQUESTS: yesOrNo({ fallback: 'false', meaning: '`true`: requests are signed. Needs `SAML_KEY`.' }),
  SAML_WANT_ENCRYPTED: yesOrNo({
    fallback: 'false',
    meaning: '`true`: an assertion that is not encrypted is refused. Needs `SAML_KEY`.',
  }),
  SAML_ALLOW_IDP_INITIATED: yesOrNo({
    fallback: 'false',
    meaning:
      '`true`: the identity provider may begin a sign-in (a tile in its portal). Such a sign-in cannot be bound to a browser.',
  }),
  SAML_CLOCK_TOLERANCE_SECONDS: wholeNumber({
    min: 0,
    max: 300,
    fallback: '30',
    meaning: 'Seconds by which the clocks of the identity provider and of this machine may differ.',
  }),
  SAML_NAME_ID_FORMAT: oneOf(['any', 'persistent', 'emailAddress', 'unspecified'], {
    fallback: 'any',
    meaning: 'NameID format to ask for.',
  }),
  SAML_ATTRIBUTE_SUBJECT: text({
    fallback: undefined,
    meaning: 'Attribute that identifies a person for good. Without it: the NameID, which must not be transient.',
  }),
  SAML_ATTRIBUTE_USERNAME: text({
    fallback: undefined,
    meaning: 'Attribute with the user name. Without it: the usual names of identity providers, then the NameID.',
  }),
  SAML_ATTRIBUTE_EMAIL: text({
    fallback: undefined,
    meaning: 'Attribute with the e-mail address. Without it: the usual names, then a NameID of format emailAddress.',
  }),
  SAML_ATTRIBUTE_NAME: text({
    fallback: undefined,
    meaning: 'Attribute with the name for people to read. Without it: the usual names.',
  }),
  SAML_ATTRIBUTE_GROUPS: text({
    fallback: undefined,
    meaning: 'Attribute with the groups. Without it: groups are not read.',
  }),
  SAML_ATTRIBUTE_LINK: text({
    fallback: undefined,
    meaning: 'Attribute that is compared with the SCIM externalId of provisioned people.',
  }),
  SAML_TRUST_EMAIL: yesOrNo({
    fallback: 'false',
    meaning:
      '`true`: every address counts as verified. Only for an identity provider whose addresses people cannot choose themselves.',
  }),
};
