/** Inventories as CSV, and told by a tracker over the API. */
import { describe, expect, it } from 'vitest';
import { parseInventoryCsv } from '../../src/ledger/inventory/reported.ts';

describe('an inventory as CSV', () => {
  it('adds up the lines of a project, and takes a run that is named twice once', () => {
    const csv = [
      'User, Team, Project, Run ID, Created At',
      'ada,vision,cats,r1,2026-01-02T00:00:00Z',
      'ada,vision,cats,r2,2026-01-01T00:00:00Z',
      'ada,vision,cats,r1,2026-01-02T00:00:00Z',
      'ada,,dogs,r9,',
      'bob,vision,cats,r3,2026-01-05T00:00:00Z',
    ].join('\n');
    const at = (day: number) => Date.UTC(2026, 0, day);
    expect(parseInventoryCsv(csv)).toEqual([
      {
        user: 'ada',
        projects: [
          { team: 'vision', project: 'cats', runs: 2, runIds: ['r1', 'r2'], firstRunAt: at(1), lastRunAt: at(2) },
          { team: null, project: 'dogs', runs: 1, runIds: ['r9'], firstRunAt: null, lastRunAt: null },
        ],
      },
      {
        user: 'bob',
        projects: [{ team: 'vision', project: 'cats', runs: 1, runIds: ['r3'], firstRunAt: at(5), lastRunAt: at(5) }],
      },
    ]);
  });

  it('takes numbers where there are no ids, and quoted names', () => {
    expect(parseInventoryCsv('\ufeffuser,project,runs,first_run_at\nada,"cats, big",340,2026-01-01\n')).toMatchObject([
      { user: 'ada', projects: [{ project: 'cats, big', runs: 340, runIds: null, firstRunAt: Date.UTC(2026, 0, 1) }] },
    ]);
  });

  it('reads 50,000 lines of one project in a moment', { timeout: 5_000 }, () => {
    const lines = Array.from({ length: 50_000 }, (_, index) => `ada,cats,r${index}`);
    const [report] = parseInventoryCsv(['user,project,run_id', ...lines].join('\n'));
    expect(report?.projects[0]?.runs).toBe(50_000);
  });

  it.each([
    { fault: 'no-user', csv: 'user,project,runs\n,cats,1', says: 'Line 2 has no user.' },
    { fault: 'no-project', csv: 'user,project,runs\nada,,1', says: 'Line 2 has no project.' },
    { fault: 'neither-id-nor-number', csv: 'user,project\nada,cats', says: 'Line 2 has no runs.' },
    { fault: 'not-a-number', csv: 'user,project,runs\nada,cats,many', says: 'Line 2: runs is not a whole number.' },
    {
      fault: 'not-a-time',
      csv: 'user,project,runs,first_run_at\nada,cats,1,soon',
      says: 'Line 2: first_run_at is not a time.',
    },
    {
      fault: 'project-told-twice',
      csv: 'user,project,runs\nada,cats,1\nada,cats,2',
      says: 'Line 3 tells of a project',
    },
    { fault: 'torn-quote', csv: 'user,project,runs\n"ada,cats,1', says: 'This is not CSV' },
    { fault: 'ragged-line', csv: 'user,project,runs\nada,cats', says: 'This is not CSV' },
  ])('is refused: $fault', ({ csv, says }) => {
    expect(() => parseInventoryCsv(csv)).toThrow(says);
  });
});
