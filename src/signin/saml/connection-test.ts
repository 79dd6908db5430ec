/** The "test" button: can the metadata be read, and what does it say. */
import { X509Certificate } from 'node:crypto';
import type { ConnectorTest, ConnectorTestStep } from '../connector.ts';
import type { MetadataSource } from './metadata-source.ts';

export async function testIdentityProvider(source: MetadataSource, now: number): Promise<ConnectorTest> {
  const what = 'Metadata of the identity provider';
  try {
    const { entityId, singleSignOn, certificates } = await source.read();
    const steps: ConnectorTestStep[] = [
      { what, ok: true, detail: `entity id ${entityId}` },
      { what: 'Address for signing in', ok: true, detail: singleSignOn },
      ...certificates.map((pem) => describeCertificate(pem, now)),
    ];
    return { ok: true, steps };
  } catch (error) {
    return { ok: false, steps: [{ what, ok: false, detail: error instanceof Error ? error.message : String(error) }] };
  }
}

/** An expired certificate still verifies: in metadata it is a way to write a key down (SAML 2.0 Metadata IOP, 2.6.1). */
function describeCertificate(pem: string, now: number): ConnectorTestStep {
  const { validTo, fingerprint256 } = new X509Certificate(pem);
  const until = new Date(validTo).toISOString().slice(0, 10);
  const words = Date.parse(validTo) < now ? `expired on ${until}, still used` : `valid until ${until}`;
  return { what: 'Key that signs', ok: true, detail: `SHA-256 ${fingerprint256}, ${words}` };
}
