/**
 * What somebody asks in an everyday session: statements in order, the last of which answers. None needs a masked
 * value, so none should be refused or asked about.
 */
export type Question = readonly string[];

/** Questions of one statement each. */
export function questions(...statements: readonly string[]): readonly Question[] {
  return statements.map((sql) => [sql]);
}
