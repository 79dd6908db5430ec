/** Mails about teams, over a real mail server. */
import { afterEach, expect, it } from 'vitest';
import { createGroup } from '../../src/directory/groups/groups.ts';
import type { AlertChoice } from '../../src/directory/teams/team-alert.ts';
import { createAlertHandler, startAlerts } from '../../src/directory/teams/team-alerts.ts';
import { changeMemberRole } from '../../src/directory/teams/team-members.ts';
import { changeTeamSettings } from '../../src/directory/teams/team-settings.ts';
import { archiveTeam } from '../../src/directory/teams/teams.ts';
import { describeDirectory, type TestDirectory, type TestOrganization } from '../support/directory.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { startPost, withPost } from '../support/post.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one.stop();
});

interface Setting {
  readonly org: TestOrganization;
  readonly server: TestSmtp;
  /** What one run of the job mails: `to: subject / first line`. */
  alert(): Promise<string[]>;
}

async function setUp(directory: TestDirectory, alerts: AlertChoice): Promise<Setting> {
  const parts = withPost(directory.parts);
  const org = await directory.organization({ parts });
  const boss = await org.person('boss@alert.example');
  await org.team('vision', { admin: [boss] });
  await org.run((work) => changeTeamSettings(parts, work, boss, { team: 'vision' }, { alerts }));
  const server = await startSmtp();
  running.push({ stop: () => server.close() });
  const worker = startPost(parts, { url: server.url });
  running.push(worker);
  const { changeFeed: feed, jobs } = directory.core.store;
  const handle = createAlertHandler({ directory: parts, feed, jobs });
  let cursor = await feed.head();
  return {
    ...{ org, server },
    async alert() {
      const seen = server.mails.length;
      await handle({ payload: { cursor } });
      const job = await jobs.find(parts.store.reader, { queue: 'team-alerts', key: 'all' });
      cursor = (job?.payload as { cursor: string } | undefined)?.cursor ?? cursor;
      worker.wake();
      await worker.idle();
      return server.mails
        .slice(seen)
        .map((mail) => `${[mail.to].flat()[0]?.text}: ${mail.subject} / ${mail.text?.split('\n')[0]}`)
        .toSorted();
    },
  };
}

describeDirectory('alerts of a team', (directory) => {
  it('go to its admins and to the addresses that its settings name, one mail each whatever happened', async () => {
    const { org, alert } = await setUp(directory(), {
      memberJoined: { admins: true, addresses: ['Lab@alert.example'] },
    });
    const connection = await org.connection();
    const ids = await Promise.all(['ada', 'bob', 'cyd'].map((userName) => org.managed(connection, { userName })));
    const members = ids.map((userId) => ({ userId, display: null }));
    await org.run((work) =>
      createGroup(org.parts, work, connection, { displayName: 'vision', externalId: null, members }),
    );
    const mails = await alert();
    expect(mails).toHaveLength(2);
    expect(mails[0]).toMatch(
      /^boss@alert\.example: Team vision: 3 changes \/ command line gave (ada|bob|cyd) the role/,
    );
    expect(mails[1]).toMatch(/^lab@alert\.example: Team vision: 3 changes/);
    expect(await alert()).toEqual([]);
  });

  it('are silent about events that nobody chose, and about other teams', async () => {
    const { org, alert } = await setUp(directory(), { memberLeft: { admins: true, addresses: [] } });
    const eve = await org.person('eve@alert.example');
    await org.team('vision', { member: [eve] });
    await org.team('nlp', { admin: [eve] });
    expect(await alert()).toEqual([]);
  });

  it('tell that the last admin is gone, by a role that was taken away and by a deactivation', async () => {
    const { org, alert } = await setUp(directory(), { noAdmin: { admins: false, addresses: ['lab@alert.example'] } });
    const [boss] = await org.parts.store.teamMembers.byName(org.parts.store.reader, org.id, 'boss@alert.example');
    await org.run((work) =>
      changeMemberRole(org.parts, work, org.operator, { team: 'vision' }, boss?.id ?? '', 'member'),
    );
    expect(await alert()).toEqual([
      'lab@alert.example: Team vision: a change / No active admin is left in team vision.',
    ]);
  });

  it('tell of settings and of the archive, and the job begins where the log ends', async () => {
    const { org, alert } = await setUp(directory(), { settingsChanged: { admins: true, addresses: [] } });
    await org.run((work) => archiveTeam(org.parts, work, org.operator, { team: 'vision' }));
    expect(await alert()).toEqual(['boss@alert.example: Team vision: a change / command line archived team vision.']);
    const { changeFeed: feed, jobs } = directory().core.store;
    await startAlerts({ directory: org.parts, feed, jobs });
    expect(await jobs.find(org.parts.store.reader, { queue: 'team-alerts', key: 'all' })).toBeDefined();
  });
});

describeBridge(
  'a server with a mail server',
  (bridge) => {
    it('follows the change log for alerts from its start', async () => {
      const { store } = bridge().core;
      const ref = { queue: 'team-alerts', key: 'all' };
      for (let tries = 0; tries < 200; tries += 1) {
        const job = await store.jobs.find(store.reader, ref);
        // Handled once, it is due again in a minute.
        if (job !== undefined && job.dueAt > Date.now() + 30_000) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(await store.jobs.find(store.reader, ref)).toBe('a job that was handled');
    });
  },
  { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'drawbridge@alert.example' },
);
