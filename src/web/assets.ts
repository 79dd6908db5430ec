/**
 * Style (the files of assets/style, one after the other), scripts and icon of the pages. The address carries a hash of the content, so browsers keep a file for ever
 * and a new version is a new address.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RequestHandler } from 'express';
import { AppError } from '../errors.ts';

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;

const OWN_FILES = ['console.js', 'live-log.js', 'icon.svg'] as const;
export type AssetName = (typeof OWN_FILES)[number] | 'style.css' | 'htmx.js';

/** In this order: a later one may say something else about the same thing. */
const STYLES = ['base', 'frame', 'forms', 'tables', 'log', 'charts', 'overview', 'own-page', 'phone'] as const;

interface Asset {
  readonly address: string;
  readonly type: string;
  readonly content: Buffer;
}

export interface Assets {
  /** Address of a file as seen by the browser: `/admin/assets/console.1a2b3c4d5e6f.css`. */
  address(name: AssetName): string;
  /** Handles `/assets/:file`. */
  readonly serve: RequestHandler;
}

function toAsset(base: string, name: AssetName, content: Buffer): Asset {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const [stem = '', ending = ''] = name.split('.');
  return { address: `${base}/${stem}.${hash}.${ending}`, type: TYPES[ending as keyof typeof TYPES], content };
}

/** Reads all files once, at start. @param base address of the folder: `/admin/assets` */
export function loadAssets(base: string): Assets {
  const folder = join(import.meta.dirname, 'assets');
  const htmx = join(dirname(createRequire(import.meta.url).resolve('htmx.org')), 'htmx.min.js');
  const byName = new Map<AssetName, Asset>();
  const add = (name: AssetName, content: Buffer) => byName.set(name, toAsset(base, name, content));
  for (const name of OWN_FILES) add(name, readFileSync(join(folder, name)));
  add('style.css', Buffer.concat(STYLES.map((name) => readFileSync(join(folder, 'style', `${name}.css`)))));
  add('htmx.js', readFileSync(htmx));
  const byAddress = new Map([...byName.values()].map((asset) => [asset.address, asset]));
  return {
    address(name) {
      const asset = byName.get(name);
      if (asset === undefined) throw new TypeError(`no asset ${name}`);
      return asset.address;
    },
    serve(request, response) {
      const asset = byAddress.get(`${base}/${String(request.params.file)}`);
      if (asset === undefined) throw new AppError('route_not_found');
      response.set({ 'Content-Type': asset.type, 'Cache-Control': 'public, max-age=31536000, immutable' });
      response.send(asset.content);
    },
  };
}
