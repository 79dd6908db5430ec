/** Pushed groups as admins see them: of every connection of the organization, with how many are in each. */
import type { Handle } from '../../synclog/handle.ts';
import type { Group } from './group.ts';

export interface CountedGroup extends Group {
  readonly memberCount: number;
}

export interface GroupQuery {
  readonly connectionId?: string;
  /** Part of the name, in any letter case. */
  readonly text?: string;
  /** Groups after this id, in the order of ids. */
  readonly afterId: string;
  readonly limit: number;
}

export interface GroupPages {
  find(db: Handle, organizationId: string, id: string): Promise<CountedGroup | undefined>;
  page(db: Handle, organizationId: string, query: GroupQuery): Promise<readonly CountedGroup[]>;
}
