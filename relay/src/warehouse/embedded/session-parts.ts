import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type CatalogTable, formatObjectName, type ObjectName } from '@sluice/snowflake-sql';
import type { SessionState, SessionSurroundings } from '../session-state.ts';
import type { Declared } from './declared.ts';
import { forgetOwn, registerOwn } from './registry.ts';

/** What one session has of its own, beside what DuckDB keeps for its connection. */
export interface SessionParts {
  readonly connection: DuckDBConnection;
  state: SessionState;
  lastQueryId: string | null;
  /** Names of session variables that are set. */
  readonly variables: Set<string>;
  /** Its temporary tables, by their full names, which DuckDB knows them by. */
  temporary: Map<string, CatalogTable>;
  transaction: OpenTransaction | null;
}

export interface OpenTransaction {
  /** The client's own, from its BEGIN on, or one around a single statement. */
  readonly of: 'client' | 'statement';
  /** The session's temporary tables when it began. */
  readonly before: ReadonlyMap<string, CatalogTable>;
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

/** A temporary table that has just been made or changed. */
export async function keepTemporary(
  { connection, temporary }: SessionParts,
  object: ObjectName,
  declared: Declared,
  isNew: boolean,
): Promise<void> {
  const columns = await registerOwn(connection, object, declared, isNew);
  const base = { type: 'table', name: object, columns, temporary: true } as const;
  temporary.set(formatObjectName(object), { ...base, version: randomUUID() });
}

export async function forgetTemporary(
  { connection, temporary }: SessionParts,
  object: ObjectName,
): Promise<void> {
  await forgetOwn(connection, object);
  temporary.delete(formatObjectName(object));
}
