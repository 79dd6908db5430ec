/** The "test" button: discovery, keys, and whether the token endpoint takes our client, with a code that nobody gave. */
import * as oidc from 'openid-client';
import type { OidcSettings } from '../../config/sign-in.ts';
import type { ConnectorTest, ConnectorTestStep } from '../connector.ts';
import { toRefusal } from './faults.ts';
import type { Provider } from './provider.ts';

export async function testProvider(
  provider: Provider,
  settings: OidcSettings,
  redirectUri: string,
): Promise<ConnectorTest> {
  const steps: ConnectorTestStep[] = [];
  const what = `Discovery document of ${settings.issuer}`;
  let configuration: oidc.Configuration;
  try {
    configuration = await provider.discover();
    const { authorization_endpoint: endpoint = 'no authorization endpoint' } = configuration.serverMetadata();
    steps.push({ what, ok: true, detail: endpoint });
  } catch (error) {
    return { ok: false, steps: [{ what, ok: false, detail: detailOf(error) }] };
  }
  steps.push(await testKeys(configuration), await testClient(configuration, settings, redirectUri));
  return { ok: steps.every((step) => step.ok), steps };
}

async function testKeys(configuration: oidc.Configuration): Promise<ConnectorTestStep> {
  const { jwks_uri: uri } = configuration.serverMetadata();
  const what = `Keys of the provider at ${uri}`;
  if (uri === undefined) return { what, ok: false, detail: 'the discovery document has no jwks_uri' };
  try {
    const answer = await fetch(uri, { signal: AbortSignal.timeout(10_000) });
    const { keys } = (await answer.json()) as { keys?: unknown };
    const count = Array.isArray(keys) ? keys.length : 0;
    return { what, ok: count > 0, detail: count === 1 ? '1 key' : `${count} keys` };
  } catch (error) {
    return { what, ok: false, detail: detailOf(error) };
  }
}

/** A provider checks the client first: `invalid_grant` says that it knows us and not the code, which is what we want. */
async function testClient(
  configuration: oidc.Configuration,
  settings: OidcSettings,
  redirectUri: string,
): Promise<ConnectorTestStep> {
  const what = `Client ${settings.clientId} with ${settings.clientAuth}`;
  try {
    await oidc.genericGrantRequest(configuration, 'authorization_code', {
      code: 'drawbridge-test',
      redirect_uri: redirectUri,
      code_verifier: oidc.randomPKCECodeVerifier(),
    });
    return { what, ok: false, detail: 'the provider took a code that nobody gave' };
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') {
      return { what, ok: true, detail: 'known to the token endpoint' };
    }
    return { what, ok: false, detail: detailOf(error) };
  }
}

function detailOf(error: unknown): string {
  try {
    const { code, detail } = toRefusal(error);
    return detail ?? code;
  } catch {
    return error instanceof Error ? error.message : String(error);
  }
}
