/** The relay's own files, as far as a store needs them. */
export interface StoreFiles {
  readonly database: string;
  /** What keeps other relays from it, if anything does: without it, nothing is written. */
  readonly lock?: string;
}
