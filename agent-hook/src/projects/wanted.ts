/** What a target is found with, of a file that describes targets. */
export interface Wanted {
  /** In order; none where the file's own first or default one is meant. */
  readonly targets: readonly string[];
  /** Another file beside it. */
  readonly read: (path: string) => string | null;
  /** It is shown what would be run, and lines alone are run that say so. */
  readonly isTrial: boolean;
}
