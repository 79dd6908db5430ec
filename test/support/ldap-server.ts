/** An LDAP server in this process (ldapjs), for machines without slapd and for answers that slapd does not give. */
import ldap, { type Filter, type Server } from 'ldapjs';
import { freePort } from './free-port.ts';

const INVALID_CREDENTIALS = 49;

/** The parts of ldapjs's objects that are used here; its types leave them out. */
interface SearchRequest {
  readonly dn: object;
  readonly filter: Filter;
}
interface SearchResponse {
  attributes: readonly string[];
  send(entry: object): void;
  createSearchReference(uri: string): object;
  end(): void;
}
interface BindRequest {
  readonly dn: object;
  readonly credentials: string;
}
interface BindResponse {
  diagnosticMessage: string;
  end(code?: number): void;
}
type Next = (error: object) => void;

export interface LdapEntry {
  readonly dn: string;
  readonly attributes: Readonly<Record<string, string | readonly string[] | Buffer>>;
}

export interface LdapServerOptions {
  readonly entries: readonly LdapEntry[];
  /** Password of an entry; undefined: nobody binds as it. */
  readonly passwordOf: (dn: string) => string | undefined;
  /** Text of error 49 for an entry, as Active Directory writes one. */
  readonly refusalOf?: (dn: string) => string | undefined;
  /** PEM; with it the server speaks ldaps. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Called for every search, with its filter as text; what it returns is sent instead. */
  readonly onSearch?: (filter: string, base: string) => object | undefined;
  /** Never answers a search of the root, so that the client gives the connection up. */
  readonly isSilentAboutRoot?: true;
  /** Sent with every search beside the entries. */
  readonly references?: readonly string[];
}

export interface LdapServer {
  readonly url: string;
  /** Names that somebody tried to bind as. */
  readonly binds: readonly string[];
  stop(): Promise<void>;
}

const same = (one: string, other: string) =>
  one.replaceAll(/\s*,\s*/g, ',').toLowerCase() === other.replaceAll(/\s*,\s*/g, ',').toLowerCase();

export async function startLdapServer(options: LdapServerOptions): Promise<LdapServer> {
  const { tls, passwordOf, refusalOf } = options;
  const server: Server = ldap.createServer(tls === undefined ? {} : tls);
  const binds: string[] = [];
  server.bind('', (request: BindRequest, response: BindResponse) => {
    const dn = request.dn.toString();
    binds.push(dn);
    const wanted = passwordOf(dn);
    if (wanted !== undefined && wanted === request.credentials) return response.end();
    // Not by an error: the text of errors is not sent.
    response.diagnosticMessage = refusalOf?.(dn) ?? 'no';
    return response.end(INVALID_CREDENTIALS);
  });
  server.search('', (request: SearchRequest, response: SearchResponse, next: Next) =>
    search(options, request, response, next),
  );
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  return {
    url: `${tls === undefined ? 'ldap' : 'ldaps'}://127.0.0.1:${port}`,
    binds,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function search(
  { entries, onSearch, isSilentAboutRoot, references = [] }: LdapServerOptions,
  request: SearchRequest,
  response: SearchResponse,
  next: Next,
): void {
  const base = request.dn.toString();
  // The root, asked for what the server can do: nothing.
  if (base === '') {
    if (isSilentAboutRoot !== true) response.end();
    return;
  }
  const fault = onSearch?.(request.filter.toString(), base);
  if (fault !== undefined) {
    next(fault);
    return;
  }
  // It compares names of attributes as they were asked for with lower-case ones.
  response.attributes = response.attributes.map((name) => name.toLowerCase());
  for (const uri of references) response.send(response.createSearchReference(uri));
  for (const { dn, attributes } of entries) {
    const isBelow = same(dn, base) || same(dn.slice(-base.length - 1), `,${base}`);
    if (isBelow && request.filter.matches(attributes as never)) response.send({ dn, attributes });
  }
  response.end();
}
