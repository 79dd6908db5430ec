/** A fault of ours: the log says where. */
export class MisfitError extends Error {
  constructor(operation: string, cause: unknown) {
    super(`${operation} answers with something that its declaration does not know.`, { cause });
    this.name = 'MisfitError';
  }
}
