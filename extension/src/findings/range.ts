/** Characters of a text, from its start. */
export interface Range {
  readonly start: number;
  readonly end: number;
}
