/** What the JSON API is given. */
import { createApi } from '../api/api.ts';
import { createKeyAuthenticator } from '../api/authenticate.ts';
import type { ApiEvent, ApiParts } from '../api/parts.ts';
import { ENDPOINTS } from '../api/registry.ts';
import { authenticateKey } from '../directory/keys/api-keys.ts';
import { createAvatarDrawing } from '../directory/teams/avatar-image.ts';
import type { CursorSeal } from '../http/cursor.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { TargetParts } from '../targets/parts.ts';
import { version } from '../version.ts';
import { createCookieAuthenticator } from '../web/visitor.ts';
import type { BrowserParts } from './browser.ts';
import type { Core } from './core.ts';
import type { Running } from './running.ts';

export interface ApiDoor {
  readonly core: Core;
  readonly running: Running;
  readonly browser: BrowserParts;
  readonly targets: TargetParts;
  readonly cursors: CursorSeal;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export function createApiDoor({ core, running, browser, targets, cursors, metrics, log }: ApiDoor) {
  const { config, directory, store } = core;
  const parts: ApiParts = {
    directory,
    syncLog: store.syncLog,
    changeFeed: store.changeFeed,
    keptAnswers: store.keptAnswers,
    targets,
    drawAvatar: createAvatarDrawing(),
    authenticators: [
      createKeyAuthenticator((secret) => authenticateKey(directory, secret)),
      createCookieAuthenticator(browser, () => running.publicUrl),
    ],
    sessionLimits: browser.limits,
    cursors,
    limits: config.api,
    environment: { provisionOnSignIn: config.provisionOnSignIn, seats: config.seats, version },
    publicUrl: () => running.publicUrl,
    onRequest: (event) => observe(event, metrics, log),
  };
  return createApi(parts, ENDPOINTS);
}

function observe(event: ApiEvent, metrics: Metrics, log: Logger): void {
  const { id, operation, status, durationSeconds, principal, organizationId, errorCode, cause } = event;
  metrics.apiRequest({ operation, status, durationSeconds });
  const line = { requestId: id, operation, status, principal, organizationId, durationMs: durationSeconds * 1000 };
  if (status >= 500) log.error({ ...line, errorCode, err: cause }, 'API request failed');
  else if (errorCode !== null) log.info({ ...line, errorCode }, 'API request refused');
  else log.debug(line, 'API request');
}
