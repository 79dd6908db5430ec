/**
 * Where the metadata comes from: a file or an https URL, read when somebody first signs in, again every hour, and at once when a
 * signature is by an unknown key. So an identity provider may change its keys without anybody touching Drawbridge.
 */
import { readFile } from 'node:fs/promises';
import type { ConnectorParts } from '../connector.ts';
import { type IdpMetadata, MetadataFault, parseMetadata } from './metadata.ts';

const REFRESH_MS = 60 * 60_000;
/** Forged signatures must not turn into a stream of requests. */
const LEAST_PAUSE_MS = 60_000;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 5 * 1024 * 1024;

export interface MetadataSource {
  /** @throws MetadataFault, or what reading a file or URL throws */
  current(): Promise<IdpMetadata>;
  /** Reads again, unless that was done within the last minute; undefined: nothing new. Never throws. */
  renewed(): Promise<IdpMetadata | undefined>;
  /** Reads now, for the test button. @throws as `current` */
  read(): Promise<IdpMetadata>;
}

export function createMetadataSource(address: string, parts: ConnectorParts): MetadataSource {
  let known: { readonly text: string; readonly metadata: IdpMetadata } | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<IdpMetadata> | undefined;

  async function load(): Promise<IdpMetadata> {
    triedAt = parts.now();
    const text = await readDocument(address);
    if (known?.text !== text) known = { text, metadata: parseMetadata(text, parts.now()) };
    return known.metadata;
  }

  function read(): Promise<IdpMetadata> {
    reading ??= load().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  /** What was true before is still the best guess when it cannot be read now. */
  async function refresh(old: IdpMetadata): Promise<IdpMetadata> {
    try {
      return await read();
    } catch (error) {
      parts.onFault(`the SAML metadata at ${address} could not be read again`, error);
      return old;
    }
  }

  return {
    read,
    async current() {
      if (known === undefined) return read();
      const isFresh = parts.now() - triedAt < REFRESH_MS;
      return isFresh ? known.metadata : refresh(known.metadata);
    },
    async renewed() {
      const old = known?.metadata;
      if (old === undefined || parts.now() - triedAt < LEAST_PAUSE_MS) return undefined;
      const metadata = await refresh(old);
      return metadata === old ? undefined : metadata;
    },
  };
}

async function readDocument(address: string): Promise<string> {
  if (!/^https?:\/\//i.test(address)) return readFile(address, 'utf8');
  // Not followed elsewhere: the way could lead over http, where anybody could put their own key in.
  const answer = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
  const elsewhere = answer.headers.get('location');
  if (elsewhere !== null) throw new MetadataFault(`${address} points to ${elsewhere}; give that address`);
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`);
  if (Number(answer.headers.get('content-length') ?? 0) > MAX_BYTES) throw new MetadataFault('it is larger than 5 MiB');
  const text = await answer.text();
  if (text.length > MAX_BYTES) throw new MetadataFault('it is larger than 5 MiB');
  return text;
}
