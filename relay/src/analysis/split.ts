import { countPlaces, isTemporaryCreate, type StatementName } from '@sluice/snowflake-sql';
import type { Analyzer } from '@sluice/snowflake-sql/analysis';

/** The statements of a request; null when one of them does not parse. */
export type Split = readonly SplitStatement[] | null;

export interface SplitStatement {
  readonly sql: string;
  readonly kind: StatementName;
  /** Whether it makes something that is only its session's. */
  readonly isTemporary: boolean;
  /** How many `?` it has. */
  readonly places: number;
}

export function split(analyzer: Pick<Analyzer, 'parse'>, sql: string): Split {
  const { statements, failure } = analyzer.parse(sql);
  if (failure !== null) return null;
  return statements.map(({ source, range, kind, statement }) => ({
    sql: source.slice(range.start, range.end),
    kind: kind.name,
    isTemporary: statement.kind === 'create' && isTemporaryCreate(statement),
    places: countPlaces(statement),
  }));
}
