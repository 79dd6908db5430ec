/** Whatever is sent while rules are applied: in the end everybody holds what the rules give, as if nothing had come between. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RuleRun } from '../../src/directory/rules/rule-run.ts';
import { advanceRun } from '../../src/directory/rules/rule-steps.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { effectOf, previewRules } from '../../src/directory/rules/rules-preview.ts';
import { isAppError } from '../../src/errors.ts';
import type { MappingRule } from '../../src/mapping/rule.ts';
import { describeDirectory } from '../support/directory.ts';
import { anyRules, anySending, openRulesPlace, type RulesPlace, type Sending } from './rules-place.ts';

const SMALL = { page: 2, chunk: 1 };

type Happening =
  | { readonly kind: 'save'; readonly rules: readonly MappingRule[] }
  | { readonly kind: 'step' }
  /** Whoever worked on it is gone: another begins with what is stored. */
  | { readonly kind: 'crash' }
  /** A custom role comes or goes. */
  | { readonly kind: 'role' }
  | { readonly kind: 'send'; readonly sending: Sending };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('save' as const), rules: anyRules }) },
  { weight: 6, arbitrary: fc.constant({ kind: 'step' as const }) },
  fc.constant({ kind: 'crash' as const }),
  fc.constant({ kind: 'role' as const }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('send' as const), sending: anySending }) },
);

async function save(place: RulesPlace, rules: readonly MappingRule[]): Promise<RuleRun | undefined> {
  const { org, connection } = place;
  try {
    return await org.run((work) => setRules(org.parts, work, connection, rules, 0));
  } catch (error) {
    if (isAppError(error, 'last_admin')) return undefined;
    throw error;
  }
}

async function toTheEnd(place: RulesPlace, from: RuleRun): Promise<RuleRun> {
  let run = from;
  for (let steps = 0; run.stage !== 'done'; steps += 1) {
    if (steps > 500) throw new Error(`the run does not end: ${JSON.stringify(run)}`);
    run = await advanceRun(place.org.parts, run, SMALL);
  }
  return run;
}

const crowd: readonly Sending[] = [
  ...[0, 1, 2, 0, 1, 2].map((n) => ({ kind: 'create' as const, n })),
  ...[0, 2, 3, 4, 7].map((n) => ({ kind: 'push' as const, n })),
];

describeDirectory('applying mapping rules', (directory) => {
  it('ends with what the rules give, whatever is sent between its steps', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 12, maxLength: 36 }), anyRules, async (happenings, last) => {
        const place = await openRulesPlace(directory());
        const { org, connection } = place;
        const { store } = org.parts;
        await org.person('boss@rules.example', 'admin');
        for (const sending of crowd) await place.send(sending);
        let run: RuleRun | undefined;
        for (const what of happenings) {
          directory().clock.now += 300;
          // The worker goes on with what it has in hand, and finds out by itself that other rules were saved.
          if (what.kind === 'save') {
            const saved = await save(place, what.rules);
            if (run?.stage !== 'people') run = saved;
          } else if (what.kind === 'role') await place.turnRole();
          else if (what.kind === 'send') await place.send(what.sending);
          else if (what.kind === 'crash') run = await store.ruleRuns.find(store.reader, connection.id);
          else if (run !== undefined) run = await advanceRun(org.parts, run, SMALL);
        }
        // The job ends with what the worker has in hand; marked again meanwhile, it looks once more at what is stored.
        if (run !== undefined) await toTheEnd(place, run);
        const stored = await store.ruleRuns.find(store.reader, connection.id);
        if (stored !== undefined) await toTheEnd(place, stored);
        expect(await place.held()).toEqual(await place.wanted());
        const again = await save(place, last);
        if (again !== undefined) await toTheEnd(place, again);
        expect(await place.held()).toEqual(await place.wanted());
      }),
      { numRuns: 40 },
    );
  });

  it('does what the preview said, or is refused as it said', { timeout: 240_000 }, async () => {
    let refusals = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anySending, { maxLength: 12 }), anyRules, anyRules, async (sendings, first, rules) => {
        const place = await openRulesPlace(directory());
        const { org, connection } = place;
        for (const sending of crowd) await place.send(sending);
        const before = await save(place, first);
        if (before !== undefined) await toTheEnd(place, before);
        for (const sending of sendings) await place.send(sending);
        const preview = await previewRules(org.parts, connection, rules);
        const position = (await changesOf(place)).length;
        const begun = await save(place, rules);
        expect(begun === undefined).toBe(preview.refusal !== null);
        if (begun === undefined) {
          refusals += 1;
          expect(await changesOf(place)).toHaveLength(position);
          return;
        }
        const run = await toTheEnd(place, begun);
        expect(run.done).toBe(begun.total);
        const did = effectOf((await changesOf(place)).slice(position));
        const sorted = (list: readonly object[]) => list.map((each) => JSON.stringify(each)).toSorted();
        expect(sorted(did.gains)).toEqual(sorted(preview.gains));
        expect(sorted(did.losses)).toEqual(sorted(preview.losses));
        expect({ counts: did.counts, newTeams: did.newTeams }).toEqual({
          counts: preview.counts,
          newTeams: preview.newTeams,
        });
        expect(preview.counts).toEqual({ gains: run.gained, losses: run.lost, users: run.changed });
        expect(await previewRules(org.parts, connection, rules)).toMatchObject({ counts: { users: 0 } });
      }),
      { numRuns: 60 },
    );
    expect(refusals).toBeGreaterThan(0);
  });

  async function changesOf({ org }: RulesPlace) {
    return (await directory().core.store.changeFeed.readChanges('0', 10_000, org.id)).changes;
  }
});
