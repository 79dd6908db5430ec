/** Why somebody was not signed in, in words. */
export interface RefusalWords {
  /** For the person, on the page; a sentence or two, no jargon. */
  readonly text: string;
  /** For the admin: why this happens. */
  readonly cause: string;
  /** For the admin: what to do. */
  readonly remedy: string;
  /** The code whose words the page shows instead, so that it does not tell which half of a guess was right. */
  readonly shownAs?: string;
}
