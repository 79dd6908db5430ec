/** Query parameters of a SCIM request. Names are taken in any case; what is unknown is ignored (Entra's stray flag). */
export class Query {
  readonly #values = new Map<string, string>();

  /** @param search what follows the question mark; a plus sign is a blank */
  constructor(search: string) {
    if (search === '') return;
    for (const [name, value] of new URLSearchParams(search)) {
      const key = name.toLowerCase();
      if (!this.#values.has(key)) this.#values.set(key, value);
    }
  }

  /** The first value; undefined when the parameter is absent. */
  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase());
  }
}
