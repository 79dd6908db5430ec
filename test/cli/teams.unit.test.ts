/** The verbs `team` and `role`. */
import { describe, expect, it } from 'vitest';
import { run } from './scripted-services.ts';

describe('team', () => {
  it('lists teams, and says which has no admin', async () => {
    expect((await run(['team', 'list'])).out.split('\n')).toEqual([
      'NAME    MEMBERS  ADMINS  STORAGE           STATE   ID',
      'vision  3        none    AWS runs.example  active  0199',
      '',
    ]);
  });

  it('hands a bucket over as it was typed, to be checked where every door has it checked', async () => {
    const { err, code } = await run([
      ...['team', 'create', '--name', 'nlp', '--provider', 'AWS', '--bucket', 'runs', '--kms-key', 'k'],
    ]);
    expect([code, JSON.parse(err)]).toEqual([2, { provider: 'AWS', name: 'runs', kmsKey: 'k' }]);
  });

  it('takes the storage of the instance where no bucket is named', async () => {
    expect((await run(['team', 'create', '--name', 'nlp'])).out).toBe('Team nlp is ready.\n');
  });

  it.each([
    ['archive', 'Team vision is archived.'],
    ['restore', 'Team vision is back.'],
  ])('%s says what became of the team', async (verb, want) => {
    expect((await run(['team', verb, 'vision'])).out).toBe(`${want}\n`);
  });
});

describe('role', () => {
  it('lists roles with what they add and who holds them', async () => {
    expect((await run(['role', 'list'])).out).toContain('Labeler  viewer     run:stop  2 holders in 1 team');
  });

  it.each([
    [['--preview'], 'would be deleted. 2 holders in 1 team would hold viewer instead.', 'would hold'],
    [[], 'is deleted. 2 holders in 1 team hold viewer instead.', 'hold'],
  ])('delete %j says who is touched', async (options, want, verb) => {
    const lost = `1 holder by rule pattern of okta, which takes it from a group's name, ${verb} nothing by that.`;
    expect((await run(['role', 'delete', 'Labeler', ...options])).out).toBe(`Role Labeler ${want} ${lost}\n`);
  });

  it('builds on View-Only or Member only', async () => {
    const { code, err } = await run(['role', 'create', '--name', 'x', '--inherits', 'admin']);
    expect(code).toBe(2);
    expect(err).toContain('viewer, member');
  });

  it('that is not there is exit code 3', async () => {
    expect((await run(['role', 'delete', 'Nobody'])).code).toBe(3);
  });
});
