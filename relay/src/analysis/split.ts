import type { Analyzer } from '@sluice/snowflake-sql/analysis';

/** The texts of a request of several statements; null when one of them does not parse. */
export type Split = readonly string[] | null;

export function split(analyzer: Pick<Analyzer, 'parse'>, sql: string): Split {
  const { statements, failure } = analyzer.parse(sql);
  if (failure !== null) return null;
  return statements.map(({ source, range }) => source.slice(range.start, range.end));
}
