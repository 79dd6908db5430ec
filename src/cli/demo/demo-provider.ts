/**
 * The demonstration's identity provider: a real one (oidc-provider) on this machine, whose people are known by name and
 * need no password. It comes with the development packages; where those are not installed, the demonstration does without.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Configuration, Provider } from 'oidc-provider';

export interface DemoPerson {
  readonly email: string;
  readonly name: string;
  /** Who this is, for whoever chooses. */
  readonly about: string;
}

export interface DemoProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** May be added to while it runs. */
  readonly people: DemoPerson[];
  stop(): Promise<void>;
}

const HOUR_S = 3600;
const CLIENT = { clientId: 'drawbridge-demo', clientSecret: 'a-secret-of-this-demonstration' };

/** @returns undefined where oidc-provider is not installed */
export async function startDemoProvider(host: string, redirectUri: string): Promise<DemoProvider | undefined> {
  const library = await import('oidc-provider').catch(() => undefined);
  if (library === undefined) return undefined;
  const people: DemoPerson[] = [];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const issuer = `http://${host}:${(server.address() as AddressInfo).port}`;
  const provider = quietly(() => new library.Provider(issuer, configure(redirectUri, people)));
  const handle = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/choose/') !== true) return void handle(request, response);
    choose(provider, people, request, response).catch(() => response.writeHead(400).end('Start again.'));
  });
  return {
    ...CLIENT,
    ...{ issuer, people },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** It warns that it keeps everything in memory; that is what a demonstration wants. */
function quietly<T>(make: () => T): T {
  const { warn, info } = console;
  try {
    console.warn = () => undefined;
    console.info = () => undefined;
    return make();
  } finally {
    Object.assign(console, { warn, info });
  }
}

function configure(redirectUri: string, people: readonly DemoPerson[]): Configuration {
  return {
    clients: [{ client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, redirect_uris: [redirectUri] }],
    cookies: { keys: [CLIENT.clientSecret] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
    // Its own defaults warn that somebody should choose.
    ttl: { AccessToken: HOUR_S, Grant: HOUR_S, IdToken: HOUR_S, Interaction: HOUR_S, Session: HOUR_S },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/choose/${uid}` },
    findAccount(_context, id) {
      const person = people.find(({ email }) => email === id);
      if (person === undefined) return undefined;
      const { email, name } = person;
      const claims = { sub: id, email, email_verified: true, preferred_username: email, name };
      return { accountId: id, claims: async () => claims };
    },
    // Nobody is asked to consent: the application is the demonstration itself.
    async loadExistingGrant({ oidc }) {
      const { provider, client, session } = oidc;
      const [clientId, accountId] = [client?.clientId, session?.accountId];
      if (clientId === undefined || accountId === undefined) return undefined;
      const grant = new provider.Grant({ clientId, accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  };
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function renderChoice(path: string, people: readonly DemoPerson[]): string {
  const buttons = people.map(
    ({ email, name, about }) =>
      `<form method="post" action="${escapeText(path)}/${encodeURIComponent(email)}"><p><button>${escapeText(name)}</button> ${escapeText(about)}</p></form>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Demonstration ID</title><body style="font:16px system-ui;max-width:40rem;margin:3rem auto;padding:0 1rem">
<h1>Demonstration ID</h1><p>An identity provider on this machine. As whom do you sign in?</p>${buttons.join('\n')}</body></html>`;
}

/** `/choose/<uid>`: the page; `/choose/<uid>/<email>`, posted: the choice. */
async function choose(
  provider: Provider,
  people: readonly DemoPerson[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, , uid = '', chosen] = (request.url ?? '').split('?')[0]?.split('/') ?? [];
  if (request.method === 'POST' && chosen !== undefined) {
    const login = { accountId: decodeURIComponent(chosen), remember: false };
    await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
    return;
  }
  await provider.interactionDetails(request, response);
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(renderChoice(`/choose/${uid}`, people));
}
