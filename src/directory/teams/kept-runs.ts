/** The runs that a team's former people left, as the ledger knows them. */
import type { Handle } from '../../synclog/handle.ts';
import type { Team } from './team.ts';

/** Runs of one removed person in one project of the team, from the last inventory. */
export interface KeptRuns {
  readonly userId: string;
  /** Name of the person, or a pseudonym after erasure. */
  readonly person: string;
  readonly project: string;
  readonly runs: number;
  /** Epoch milliseconds. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly takenAt: number;
}

export interface KeptRunsPort {
  ofTeam(db: Handle, team: Pick<Team, 'id' | 'name' | 'organizationId'>): Promise<readonly KeptRuns[]>;
}
