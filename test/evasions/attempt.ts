/** One real attempt to get at a masked value. */
export interface Attempt {
  /** What is tried, in a few words. */
  readonly name: string;
  /** Run in order in one session; the last one is what would show the secret. */
  readonly sql: readonly string[];
}

/** Attempts of one kind, each a name and the statements. */
export function attempts(
  kind: string,
  table: Readonly<Record<string, string | readonly string[]>>,
): readonly Attempt[] {
  return Object.entries(table).map(([name, sql]) => ({
    name: `${kind}: ${name}`,
    sql: typeof sql === 'string' ? [sql] : sql,
  }));
}
