/** What is known of a server only while it runs. */
export interface Running {
  ready: boolean;
  /** Where the outside finds this installation; the port is known after listening only. */
  publicUrl: string;
  /** Where this process answers on this machine. */
  ownUrl: string;
  /** Aborted when stopping begins, so that live views end. */
  readonly stopping: AbortController;
}
