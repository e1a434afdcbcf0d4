import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type CatalogTable,
  type CatalogView,
  formatObjectName,
  type ObjectName,
} from '@sluice/snowflake-sql';
import type { SessionState, SessionSurroundings } from '../session-state.ts';
import type { TemporaryChange } from './plan.ts';
import { forgetOwn, registerOwn } from './registry.ts';

/** A temporary table or view, which hides what else has its name. */
export type TemporaryObject = CatalogTable | CatalogView;

/** What one session has of its own, beside what DuckDB keeps for its connection. */
export interface SessionParts {
  readonly connection: DuckDBConnection;
  state: SessionState;
  lastQueryId: string | null;
  /** Names of session variables that are set. */
  readonly variables: Set<string>;
  /** Its temporary tables and views, by their full names, which DuckDB knows them by. */
  temporary: Map<string, TemporaryObject>;
  transaction: OpenTransaction | null;
}

export interface OpenTransaction {
  /** The client's own, from its BEGIN on, or one around a single statement. */
  readonly of: 'client' | 'statement';
  /** The session's temporary tables and views when it began. */
  readonly before: ReadonlyMap<string, TemporaryObject>;
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

/** A temporary table or view that has just been made or changed. */
export async function keepTemporary(
  { connection, temporary }: SessionParts,
  change: Exclude<TemporaryChange, { is: 'dropped' }>,
): Promise<void> {
  const { object } = change;
  const definition = change.is === 'made' ? change.definition : null;
  const columns = await registerOwn(connection, change, definition);
  const base = { name: object, columns, temporary: true, version: randomUUID() } as const;
  // A view's own text is followed, as a shared view's is: what it reads is masked and decided on as if it were written out.
  const kept: TemporaryObject =
    definition === null ? { ...base, type: 'table' } : { ...base, type: 'view', definition };
  temporary.set(formatObjectName(object), kept);
}

export async function forgetTemporary(
  { connection, temporary }: SessionParts,
  object: ObjectName,
): Promise<void> {
  await forgetOwn(connection, object);
  temporary.delete(formatObjectName(object));
}
