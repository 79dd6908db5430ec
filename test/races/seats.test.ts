import { expect, it } from 'vitest';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

describeBridge(
  'seats',
  (bridge) => {
    it('never overshoots, whatever races for the last seat', async () => {
      const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          client.send('POST', '/Users', { userName: `seat-${index}@seats.example` }),
        ),
      );
      expect(answers.filter((answer) => answer.status === 201)).toHaveLength(5);
      const refused = answers.find((answer) => answer.status !== 201);
      expect(refused?.status).toBe(403);
      expect(refused?.body.detail).toBe('Seat limit reached (5 of 5).');
    });

    it('needs no seat for an inactive user, and one to bring them back', async () => {
      const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
      const { body } = await client.send('POST', '/Users', { userName: 'inactive@seats.example', active: false });
      expect(body.active).toBe(false);
      const answer = await client.patch(`/Users/${body.id}`, { op: 'replace', path: 'active', value: true });
      expect([answer.status, answer.body.detail]).toEqual([403, 'Seat limit reached (5 of 5).']);
    });
  },
  { SEATS: '5' },
);
