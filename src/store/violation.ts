/** Turns the engines' words for a broken unique key into ours, at the edge. */
import { AppError } from '../errors.ts';

function isUniqueViolation(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** Runs `work`; a broken unique key becomes AppError `uniqueness` with `text`. */
export async function asUniqueness<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error)) throw new AppError('uniqueness', text, { cause: error });
    throw error;
  }
}
