import type { DuckDBConnection } from '@duckdb/node-api';
import { formatObjectName, type ObjectName } from '@sluice/snowflake-sql';
import type { SessionState } from '../warehouse.ts';
import type { SessionSurroundings } from './plan.ts';

/** What one session has of its own, beside what DuckDB keeps for its connection. */
export interface SessionParts {
  readonly connection: DuckDBConnection;
  /** Counts changes to what exists, in any session. */
  readonly schema: { version: number };
  state: SessionState;
  lastQueryId: string | null;
  /** Names of session variables that are set. */
  readonly variables: Set<string>;
  /** Its temporary tables, by their full names, which DuckDB knows them by. */
  temporary: Map<string, ObjectName>;
  /** Its temporary tables when the open transaction began; null outside of one. */
  beforeTransaction: ReadonlyMap<string, ObjectName> | null;
}

/** What a statement is planned under. */
export function surroundingsOf({
  state,
  lastQueryId,
  temporary,
  variables,
}: SessionParts): SessionSurroundings {
  return {
    state,
    answers: {
      temporary: new Set(temporary.keys()),
      variables: new Set(variables),
      session: {
        CURRENT_DATABASE: state.database,
        CURRENT_SCHEMA: state.schema,
        CURRENT_WAREHOUSE: state.warehouse,
        CURRENT_ROLE: state.role,
        CURRENT_VERSION: '9.30.0',
        CURRENT_ACCOUNT: 'SLUICE',
        LAST_QUERY_ID: lastQueryId,
      },
    },
  };
}

export function keepTemporary({ temporary }: SessionParts, object: ObjectName): void {
  temporary.set(formatObjectName(object), object);
}

export function forgetTemporary({ temporary }: SessionParts, object: ObjectName): void {
  temporary.delete(formatObjectName(object));
}
