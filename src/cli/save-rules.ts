/** `connection rules set`: saves, applies the rules itself unless a server does, waits, and says what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Actor } from '../directory/actor.ts';
import type { Connection } from '../directory/connections/connection.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { type RuleRunState, readRuleRun } from '../directory/rules/rule-run-worker.ts';
import { setRules } from '../directory/rules/rules.ts';
import { effectOf, previewRules } from '../directory/rules/rules-preview.ts';
import { runWork } from '../directory/work.ts';
import type { MappingRule } from '../mapping/rule.ts';
import type { RulesPreview, RulesProgress } from './services.ts';

/** Takes the runs of mapping rules that are due here and now as far as they go. */
export type RunRules = () => Promise<void>;

const TOLD_EVERY_MS = 1_000;
/** How long to wait while nothing moves: another process has the run, or it failed and comes back later. */
const PATIENCE_MS = 10 * 60_000;

export async function saveRules(
  { directory, runRules }: { readonly directory: DirectoryParts; readonly runRules: RunRules },
  actor: Actor,
  connection: Connection,
  rules: readonly MappingRule[],
  onProgress: (progress: RulesProgress) => void,
): Promise<RulesPreview> {
  const { organizationId, id } = connection;
  // Who gains and loses what in a long run is told as it was foreseen; how many, as it came.
  const foreseen = await previewRules(directory, connection, rules);
  const context = { organizationId, actor, exchangeId: null };
  const saved = await runWork(
    directory,
    context,
    async (work) => {
      const run = await setRules(directory, work, connection, rules);
      return { run, effect: effectOf(work.changes) };
    },
    id,
  );
  if (saved.run.stage === 'done') return { ...saved.effect, warnings: foreseen.warnings, run: null };
  const run = await waitForRun(directory, runRules, id, onProgress);
  const counts = { gains: run.gained, losses: run.lost, users: run.changed };
  return { ...foreseen, counts, run: run.state === 'done' ? null : toProgress(run) };
}

async function waitForRun(
  directory: DirectoryParts,
  runRules: RunRules,
  connectionId: string,
  onProgress: (progress: RulesProgress) => void,
): Promise<RuleRunState> {
  const read = async (): Promise<RuleRunState> => {
    const run = await readRuleRun(directory, directory.store.reader, connectionId);
    if (run === undefined) throw new Error('The run of the rules is gone.');
    return run;
  };
  const telling = setInterval(() => void read().then((run) => onProgress(toProgress(run))), TOLD_EVERY_MS);
  try {
    for (let moved = directory.now(), seen = ''; ; ) {
      await runRules();
      const run = await read();
      if (run.state === 'done' || run.state === 'parked') return run;
      if (run.cursor !== seen) [moved, seen] = [directory.now(), run.cursor];
      if (directory.now() - moved > PATIENCE_MS) return run;
      await sleep(250);
    }
  } finally {
    clearInterval(telling);
  }
}

function toProgress({ state, reason, done, total, gained, lost }: RuleRunState): RulesProgress {
  return { state, reason, done, total, gained, lost };
}
