/** One look at one thing: what was found, and what to do when it is not well. */
export interface Finding {
  readonly what: string;
  readonly problem: string | null;
  /** Not as it should be, but it may be meant: the configuration says so, or leaves it open. */
  readonly accepted?: true;
}
