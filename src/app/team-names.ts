/** Who knows teams by their first name for good: a W&B server, whether teams are pushed to it or only asked about. */
import type { TrackerConfig } from '../config.ts';
import type { TeamNamePort } from '../directory/teams/team.ts';
import type { TargetStore } from '../targets/store.ts';

/** Kinds of targets that rename no team. */
const FIXING: readonly string[] = ['wandb'];

export function createTeamNames(targets: TargetStore, tracker: TrackerConfig | null): TeamNamePort {
  return {
    async fixedBy(db, organizationId) {
      const target = (await targets.list(db, organizationId)).find(({ kind }) => FIXING.includes(kind));
      if (target !== undefined) return target.name;
      // Inventories look for a team by its name.
      return tracker?.kind === 'wandb' ? 'W&B Server' : undefined;
    },
  };
}
