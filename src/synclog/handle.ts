/** A database handle as the core sees it: the reader or an open transaction. Only store/ knows what is behind it. */
export interface Handle {
  readonly isTransaction: boolean;
}
