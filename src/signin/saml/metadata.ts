/** Reads the metadata document of an identity provider (SAML 2.0 Metadata, 2.4.3). */
import { X509Certificate } from 'node:crypto';
import type { Element } from '@xmldom/xmldom';
import {
  attributeOf,
  childOf,
  childrenOf,
  parseXml,
  SAML_METADATA,
  SIGNATURE,
  textOf,
  within,
  XmlFault,
} from './xml.ts';

const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

export interface IdpMetadata {
  readonly entityId: string;
  /** Where the browser is sent (HTTP-Redirect binding). */
  readonly singleSignOn: string;
  /** Keys that sign, as PEM; more than one while keys are rolled over. */
  readonly certificates: readonly string[];
  readonly wantsSignedRequests: boolean;
}

/** The document is there and is not one that can be used. */
export class MetadataFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MetadataFault';
  }
}

/** @throws MetadataFault */
export function parseMetadata(text: string, now: number): IdpMetadata {
  const entity = findIdentityProvider(parse(text));
  const validUntil = attributeOf(entity, 'validUntil');
  if (validUntil !== null && Date.parse(validUntil) <= now) throw new MetadataFault(`it was valid until ${validUntil}`);
  const entityId = attributeOf(entity, 'entityID');
  if (entityId === null || entityId === '') throw new MetadataFault('it has no entityID');
  const role = childOf(entity, SAML_METADATA, 'IDPSSODescriptor');
  if (role === undefined) throw new MetadataFault('it has no IDPSSODescriptor');
  return {
    entityId,
    singleSignOn: readSingleSignOn(role),
    certificates: readCertificates(role),
    wantsSignedRequests: ['true', '1'].includes(attributeOf(role, 'WantAuthnRequestsSigned') ?? ''),
  };
}

function parse(text: string): Element {
  try {
    return parseXml(text);
  } catch (error) {
    if (error instanceof XmlFault) throw new MetadataFault(`it is not XML: ${error.message}`);
    throw error;
  }
}

function findIdentityProvider(root: Element): Element {
  const providers = within(root, SAML_METADATA, 'EntityDescriptor').filter(
    (entity) => childOf(entity, SAML_METADATA, 'IDPSSODescriptor') !== undefined,
  );
  const [provider] = providers;
  if (provider === undefined) throw new MetadataFault('it describes no identity provider');
  if (providers.length > 1) throw new MetadataFault(`it describes ${providers.length} identity providers; give one`);
  return provider;
}

function readSingleSignOn(role: Element): string {
  const services = childrenOf(role, SAML_METADATA, 'SingleSignOnService');
  const redirect = services.find((service) => attributeOf(service, 'Binding') === REDIRECT);
  const location = attributeOf(redirect, 'Location');
  if (location === null) throw new MetadataFault('it has no SingleSignOnService with the HTTP-Redirect binding');
  const url = URL.canParse(location) ? new URL(location) : undefined;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol !== 'https:' && !isLocal)
    throw new MetadataFault(`its SingleSignOnService is not https: ${location}`);
  return location;
}

function readCertificates(role: Element): readonly string[] {
  const descriptors = childrenOf(role, SAML_METADATA, 'KeyDescriptor').filter((key) =>
    ['signing', null].includes(attributeOf(key, 'use')),
  );
  const certificates = descriptors
    .flatMap((descriptor) => within(descriptor, SIGNATURE, 'X509Certificate'))
    .map((element) => toPem(textOf(element) ?? ''));
  if (certificates.length === 0) throw new MetadataFault('it has no certificate for signing');
  return [...new Set(certificates)];
}

function toPem(base64: string): string {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).toString();
  } catch {
    throw new MetadataFault('it has a certificate that cannot be read');
  }
}
