/** A real SAML identity provider over HTTP, from npm (samlp, which Auth0 runs): signs in whoever comes. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import samlp from 'samlp';
import { createCertificate } from './certificate.ts';

export interface SamlServer {
  readonly metadataUrl: string;
  stop(): Promise<void>;
}

const ANN = {
  id: 'u-ann',
  displayName: 'Ann Archer',
  emails: [{ value: 'ann@example.test' }],
  name: { givenName: 'Ann', familyName: 'Archer' },
};

export async function startSamlServer(us: {
  readonly entityId: string;
  readonly consumer: string;
}): Promise<SamlServer> {
  const { certificate: cert, key } = createCertificate({ name: 'samlp.example.test' });
  const issuer = 'urn:example:samlp';
  const app = express();
  app.get(
    '/sso',
    samlp.auth({
      issuer,
      cert,
      key,
      audience: us.entityId,
      recipient: us.consumer,
      destination: us.consumer,
      signResponse: false,
      signatureAlgorithm: 'rsa-sha256',
      digestAlgorithm: 'sha256',
      getPostURL: (_audience, _document, _request, callback) => callback(null, us.consumer),
      getUserFromRequest: () => ANN,
    }),
  );
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const keyText = cert.replaceAll(/-----[^-]+-----|\s/g, '');
  // Its own metadata names addresses by a header that a test does not send.
  app.get('/metadata', (_request, response) => {
    response
      .type('xml')
      .send(
        `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${issuer}"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${keyText}</X509Certificate></X509Data></KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${base}/sso"/></IDPSSODescriptor></EntityDescriptor>`,
      );
  });
  return {
    metadataUrl: `${base}/metadata`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
