/** What a change is about: enough to tell it in words. */
export type SubjectType =
  | 'organization'
  | 'connection'
  | 'user'
  | 'group'
  | 'team'
  | 'role'
  | 'service_account'
  | 'invite'
  | 'target';

/** A thing by its id, with its name at that time. */
export interface Subject {
  readonly type: SubjectType;
  readonly id: string;
  readonly name: string;
}

/** JSON object; only what changed, so that before and after can be laid side by side. */
export type ChangeState = Readonly<Record<string, unknown>>;

export interface Told {
  readonly subject: Subject;
  /** The group of a membership, the team of a grant. */
  readonly related?: Subject;
  readonly before?: ChangeState;
  readonly after?: ChangeState;
}

/** The rest of a sentence that starts with who did it, without a full stop: `created Ada Byron`. */
export type Tell = (told: Told) => string;

/** A text in a state, or something else in its place. */
export function textIn(state: ChangeState | undefined, key: string, otherwise: string): string {
  const value = state?.[key];
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
