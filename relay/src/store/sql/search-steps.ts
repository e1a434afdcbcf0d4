/** What a search may still do: some microseconds each. */
export interface Steps {
  left: number;
}

/** Positions that may be found, the newest first; everything from `searchedTo` on has been looked at. */
export interface Candidates {
  readonly positions: readonly number[];
  readonly searchedTo: number;
}
