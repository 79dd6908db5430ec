/** The rooms of the console, each with what it needs of the core. */
import type { RequestHandler } from 'express';
import type { Config } from '../config.ts';
import { connectionPages } from '../console/connections/connection-pages.ts';
import { peoplePages } from '../console/people/people-pages.ts';
import { removedPages } from '../console/removed/removed-pages.ts';
import { rolePages } from '../console/roles/role-pages.ts';
import { serviceAccountPages } from '../console/service-accounts/account-pages.ts';
import type { SettingsPagesParts } from '../console/settings/ports.ts';
import { settingsPages } from '../console/settings/settings-pages.ts';
import { targetPages } from '../console/targets/target-pages.ts';
import { teamPages } from '../console/teams/team-pages.ts';
import { createAvatarDrawing } from '../directory/teams/avatar-image.ts';
import type { TrackerKind } from '../ledger/inventory/contract.ts';
import { type SignInSetup, showSetup, testConnector } from '../signin/settings.ts';
import type { TargetParts } from '../targets/parts.ts';
import type { PeopleDoors } from './door-parts.ts';
import { signInSetup } from './sign-in.ts';
import { openTracker } from './tracker.ts';

const TRACKER_NAMES: Readonly<Record<TrackerKind, string>> = {
  wandb: 'Weights & Biases Server',
  mlflow: 'MLflow',
  reported: 'reported to the API',
};

export function consoleRooms(doors: PeopleDoors, targets: TargetParts): readonly RequestHandler[] {
  const { core, running, browser, connectors } = doors;
  const { store, directory, config } = core;
  const room = { directory, cookies: browser.cookies, publicUrl: browser.place.publicUrl };
  return [
    peoplePages({ ...room, limits: browser.limits, syncLog: store.syncLog }),
    teamPages({ ...room, drawAvatar: createAvatarDrawing() }),
    rolePages(room),
    serviceAccountPages(room),
    removedPages(room),
    connectionPages({ ...room, ownUrl: () => running.ownUrl }),
    targetPages({ ...room, targets }),
    settingsPages({
      ...room,
      signIn: signInPort(signInSetup(config, connectors, browser.limits)),
      ...shownSettings(config),
    }),
  ];
}

function signInPort(setup: SignInSetup): SettingsPagesParts['signIn'] {
  return {
    show: (asker) => showSetup(setup, asker),
    test: (asker, type) => testConnector(setup, asker, type),
  };
}

/** What the environment decides, without secrets. */
function shownSettings(config: Config): Omit<SettingsPagesParts, 'directory' | 'cookies' | 'publicUrl' | 'signIn'> {
  return {
    environmentProvisions: config.provisionOnSignIn,
    mailServer: config.mail === null ? null : new URL(config.mail.smtpUrl).host,
    tracker: testableTracker(config),
    retentionDays: config.syncLog.retentionDays,
  };
}

/** Nobody has this name: asking for their runs shows whether the tracker answers, and takes nothing. */
const NOBODY = { userName: 'drawbridge-test-nobody', email: null };

function testableTracker({ tracker }: Config): SettingsPagesParts['tracker'] {
  const source = openTracker(tracker);
  if (source === null || tracker === null) return null;
  const what = `Ask ${source.kind} for the runs of somebody who is not there`;
  return {
    facts: [
      { label: 'Kind', value: TRACKER_NAMES[source.kind] },
      { label: 'Address', value: tracker.url ?? 'not set' },
      { label: 'Signs in with', value: tracker.apiKey === undefined ? 'nothing' : 'an API key' },
    ],
    async test(signal) {
      try {
        await source.take(NOBODY, { teams: [], everywhere: true }, signal);
        return { ok: true, steps: [{ what, ok: true, detail: 'It answered.' }] };
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        return { ok: false, steps: [{ what, ok: false, detail }] };
      }
    },
  };
}
