/** The result of one check: what was found, and what to do if something is wrong. */
export interface Finding {
  readonly what: string;
  readonly problem: string | null;
  /** The setting is not recommended but may be intended: the configuration confirms it, or leaves it open. */
  readonly accepted?: true;
}
