/** Every route of a browser's door that takes a form, as it stands in the sources: a new one cannot be left out of a test. */
import { globSync, readFileSync } from 'node:fs';

const DOORS = { console: '/admin', account: '', signin: '/auth' } as const;
const ROOT = new URL('../..', import.meta.url);

/** Paths as they stand in `router.post(...)`, from the root, with their parameters: `/admin/teams/:id/archive`. */
export function postRoutes(): string[] {
  return Object.entries(DOORS).flatMap(([room, base]) =>
    globSync(`src/${room}/**/*.ts`, { cwd: ROOT.pathname }).flatMap((file) => {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in the source
      const text = readFileSync(new URL(file, ROOT), 'utf8').replaceAll('${member}', '/teams/:id/members/:userId');
      return [...text.matchAll(/\.post\(\s*['`]([^'`]+)['`]/g)].map(([, path = '']) => `${base}${path}`);
    }),
  );
}
