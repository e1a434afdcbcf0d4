/** A statement that is refused, words that its advice must have, and the form that the advice leads to. */
export interface Refused {
  readonly sql: string;
  /** Of the reason: the clause or function. */
  readonly names: string;
  readonly advice: string;
  readonly instead: string;
}

export const refused = (sql: string, names: string, advice: string, instead: string): Refused => ({
  sql,
  names,
  advice,
  instead,
});
