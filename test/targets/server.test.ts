/** The whole way, through a running server: from an identity provider's request to a target's answer. */
import { expect, it } from 'vitest';
import { apiClient } from '../support/api-client.ts';
import { visitConsole } from '../support/console-visitor.ts';
import { startFakeWandb } from '../support/fake-wandb-scim.ts';
import { makeAdmin } from '../support/keys.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

const env = { TARGET_NETWORKS: '127.0.0.0/8', SECRETS_KEY: Buffer.alloc(32, 7).toString('base64') };

describeBridge(
  'a server with a target',
  (bridge) => {
    it('pushes what an identity provider sends, and shows under its id what became of it', {
      timeout: 60_000,
    }, async () => {
      const fake = await startFakeWandb();
      const { secret } = await makeAdmin(bridge(), 'root');
      const api = apiClient(`${bridge().url}/api/v1`, secret);
      const settings = { url: fake.url, requestsPerSecond: 100 };
      const made = await api.send('POST', '/targets', {
        ...{ kind: 'wandb', name: 'main', settings, secrets: { apiKey: fake.apiKey } },
      });
      expect(made.status).toBe(201);
      expect(JSON.stringify(made.body)).not.toContain(fake.apiKey);
      // What the first load finds has no exchange of its own.
      const isLoading = async () => (await api.get(`/targets/${made.body.id}`)).body.loading;
      await expect.poll(isLoading, { timeout: 20_000 }).toBe(false);
      const connection = await bridge().createConnection({ dialect: 'okta' });
      const idp = scimClient(connection);
      const emails = [{ value: 'ada@x.example', primary: true }];
      const created = await idp.send('POST', '/Users', { userName: 'ada@x.example', displayName: 'Ada', emails });
      const exchange = created.headers.get('x-request-id') ?? '';
      await expect
        .poll(async () => (await api.get(`/exchanges/${exchange}/pushes`)).body.items, { timeout: 30_000 })
        .toMatchObject([{ subject: { name: 'Ada' }, outcome: 'done', cause: { exchangeId: exchange } }]);
      expect([...fake.state.users.values()].map(({ email }) => email)).toContain('ada@x.example');
      const visitor = await visitConsole(bridge(), connection.organizationId);
      const page = await visitor.get(`/admin/sync/${exchange}`);
      expect(page.text).toContain('What went out to targets');
      expect(page.text).toMatch(/Ada done .* main .*POST \/scim\/Users 201/);
      expect(page.html).toContain(`/admin/targets/${made.body.id}`);
      const metrics = await (await fetch(`${bridge().url}/metrics`)).text();
      expect(metrics).toMatch(/drawbridge_target_pushes_total\{kind="wandb",outcome="done"\} [1-9]/);
      expect(metrics).toMatch(/drawbridge_target_lag_changes\{target="main",kind="wandb"\} \d+/);
      const shown = await api.get(`/targets/${made.body.id}`);
      expect(shown.body).toMatchObject({ name: 'main', state: 'active', parked: 0 });
      // Every type of subject can be asked for by itself.
      for (const type of ['user', 'team', 'role', 'service_account']) {
        const subject = `${type}:${exchange}`;
        expect((await api.get(`/targets/${made.body.id}/plan?subject=${subject}`)).status).toBe(200);
        const retried = await api.send('POST', `/targets/${made.body.id}/retries`, { subject });
        expect(retried).toMatchObject({ status: 202, body: { retried: 0 } });
      }
      const stored = await bridge().core.store.targets.findById(bridge().core.store.reader, made.body.id);
      expect(stored?.sealed).toMatch(/^v1\./);
      expect(JSON.stringify(stored)).not.toContain(fake.apiKey);
      expect((await api.send('DELETE', `/targets/${made.body.id}`)).status).toBe(204);
      await fake.stop();
    });
  },
  env,
);
