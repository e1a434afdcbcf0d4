import { randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type CatalogTable,
  type CatalogView,
  formatObjectName,
  type ObjectName,
} from '@sluice/snowflake-sql';
import type { SessionParameters, SessionState, SessionSurroundings } from '../session-state.ts';
import type { RowCounts } from '../result.ts';
import type { ExecutableStatement } from '../warehouse.ts';
import type { Plan, TemporaryChange } from './plan.ts';
import type { SessionFiles } from './stages/session-files.ts';
import { forgetOwn, registerOwn } from './registry.ts';
import type { Commits } from './commits.ts';

/** A temporary table or view, which hides what else has its name. */
export type TemporaryObject = CatalogTable | CatalogView;

/** What one session has of its own, beside what DuckDB keeps for its connection. */
export interface SessionParts {
  readonly connection: DuckDBConnection;
  readonly files: SessionFiles;
  state: SessionState;
  /** Ids of the statements that have run, newest last; not all of them. */
  queryIds: readonly string[];
  /** Earlier results that the last statement has read: they are there until the next one. */
  readonly loadedEarlier: Set<string>;
  /** What CURRENT_USER() and its kin answer, beside what changes. */
  readonly answers: Readonly<Record<string, string | null>>;
  /** Names of session variables that are set. */
  readonly variables: Set<string>;
  /** Its temporary tables and views, by their full names, which DuckDB knows them by. */
  temporary: Map<string, TemporaryObject>;
  transaction: OpenTransaction | null;
  /** Of all sessions. */
  readonly commits: Commits;
  /** Of the client's transaction before, or of the one that is open. */
  lastTransaction: string | null;
  /** Those that are set. */
  parameters: SessionParameters;
}

/** A change that the client's open transaction has made, with what it takes to make it once more. */
export interface DoneChange {
  readonly plan: Plan;
  readonly statement: ExecutableStatement;
  readonly changed: RowCounts | null;
}

export interface OpenTransaction {
  /** The client's own, from its BEGIN on, or one around a single statement. */
  readonly of: 'client' | 'statement';
  /** Of the client's: when it began, in nanoseconds since the epoch. */
  readonly id: string | null;
  /** The session's temporary tables and views when it began. */
  readonly before: ReadonlyMap<string, TemporaryObject>;
  /** What had been committed when it began, as `commits` counts. */
  readonly since: number;
  /** The objects of the statements that have changed something in it. */
  readonly touched: Set<string>;
  /** The client's changes so far; null when they cannot be made once more. */
  readonly done: readonly DoneChange[] | null;
  /** Of those, and of what it takes to make them. */
  readonly bytes: number;
  /** A statement has begun to change rows, and has not come to its end. */
  readonly isChanging: boolean;
}

/** The role of a session that has none: everybody is in it. */
const EVERYBODY = 'PUBLIC';

/** What a statement is planned under. */
export function surroundingsOf({
  state,
  queryIds,
  temporary,
  variables,
  parameters,
  transaction,
  lastTransaction,
  answers,
}: SessionParts): SessionSurroundings {
  return {
    planner: 'embedded',
    state,
    answers: {
      temporary: new Set(temporary.keys()),
      variables: new Set(variables),
      parameters,
      session: {
        CURRENT_DATABASE: state.database,
        CURRENT_SCHEMA: state.schema,
        CURRENT_WAREHOUSE: state.warehouse,
        CURRENT_ROLE: state.role ?? EVERYBODY,
        INVOKER_ROLE: state.role ?? EVERYBODY,
        CURRENT_ROLE_TYPE: 'ROLE',
        CURRENT_AVAILABLE_ROLES: JSON.stringify([state.role ?? EVERYBODY]),
        CURRENT_SECONDARY_ROLES: '{"roles":"","value":""}',
        CURRENT_SCHEMAS:
          state.database === null || state.schema === null
            ? '[]'
            : JSON.stringify([`${state.database}.${state.schema}`]),
        CURRENT_VERSION: '9.30.0',
        CURRENT_ACCOUNT: 'SLUICE',
        CURRENT_ACCOUNT_NAME: 'SLUICE',
        CURRENT_ORGANIZATION_NAME: 'SLUICE',
        CURRENT_REGION: 'EMBEDDED',
        CURRENT_TRANSACTION: transaction?.id ?? null,
        LAST_TRANSACTION: lastTransaction,
        ...answers,
      },
      queryIds,
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
