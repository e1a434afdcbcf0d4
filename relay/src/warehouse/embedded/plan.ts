import type { ObjectName, Tree } from '@sluice/snowflake-sql';
import type { CountedRows } from '../result.ts';
import type { SessionParameters, SessionState } from '../session-state.ts';
import type { Declared } from './declared.ts';
import type { Needed } from './metadata/show.ts';
import type { BatchInsert } from './render/batch.ts';
import type { MultiInsertSql } from './render/multi-insert.ts';
import type { FilesPlan, FilesRead } from './stages/plan-files.ts';
import type { RegistryChange } from './registry-change.ts';
import type { KnownColumns } from './types/known-columns.ts';

/**
 * What one statement comes to on DuckDB: texts that are ready to run, and what they leave behind in the session.
 * Plain data, so that it can be made on another thread than the one that runs it.
 */
export type Plan = PlanOfKind & {
  /** Ids of the statements whose results it reads; absent for none. */
  readonly earlier?: readonly string[];
  /** Files of stages that it reads, by what DuckDB is told of them by; absent for none. */
  readonly reads?: readonly FilesRead[];
};

type PlanOfKind =
  | {
      readonly kind: 'query';
      readonly sql: string;
      readonly columns: KnownColumns;
      readonly statementTypeId: number;
      readonly takesBinds: boolean;
      /** What has to be there for it, where nothing else looks. */
      readonly needs: Needed;
      /** Whether it may show how objects are defined, which is for those who may know of them. */
      readonly showsDefinitions: boolean;
    }
  | {
      readonly kind: 'change';
      readonly sql: string;
      readonly counts: CountedRows;
      /** Rows of its target that a row of FROM is for, and of them, those that more than one is for. */
      readonly joined: string | null;
      readonly rowCount: RowCount;
      /** The rows that it takes away with what it puts in: `last` tells the last of them, by which `remove` finds them; null for none. */
      readonly overwrites: { readonly last: string; readonly remove: string } | null;
      /** The same for all rows of its binds at once; null when it has to be run for each. */
      readonly batch: BatchInsert | null;
    }
  | {
      readonly kind: 'merge';
      readonly sql: string;
      readonly rowCount: RowCount;
      readonly does: readonly CountedRows[];
      /** How many rows of its target more than one row of the source would update; null when it updates none. */
      readonly ambiguous: string | null;
    }
  | ({ readonly kind: 'multi_insert' } & MultiInsertSql)
  | { readonly kind: 'truncate'; readonly table: string; readonly object: ObjectName }
  | { readonly kind: 'set'; readonly values: string; readonly names: readonly string[] }
  | { readonly kind: 'unset'; readonly names: readonly string[] }
  /** `state` is null when nothing is used; `check`: what of it may not be there. */
  | {
      readonly kind: 'use';
      readonly state: SessionState | null;
      readonly check: 'schema' | 'warehouse' | null;
    }
  | { readonly kind: 'transaction'; readonly action: Tree.Transaction['action'] }
  | { readonly kind: 'parameters'; readonly set: SessionParameters; readonly unset: readonly string[] }
  | DdlPlan
  /** A block, which the relay runs statement by statement. */
  | { readonly kind: 'script' }
  | FilesPlan
  /** The columns of what an earlier statement has answered. */
  | { readonly kind: 'describe_result'; readonly queryId: string };

/** Asks for the number of rows that it will change, or more; null when that cannot be told, or nobody wants it. */
export type RowCount = string | null;

export interface DdlPlan {
  readonly kind: 'ddl';
  /** Empty where only the registry is told. */
  readonly sql: string;
  /** The table, when it is made with rows in it. */
  readonly madeOfRows: { readonly table: string; readonly rowCount: RowCount } | null;
  /** What the registry is told of it, in the same transaction; null for nothing: of a temporary table, say. */
  readonly registry: RegistryChange | null;
  readonly temporary: TemporaryChange | null;
  /** What has to be there for it. */
  readonly needs: Needed;
  readonly status: string;
  /** What it says instead where there is nothing to be done, since its object is there already, or is not; null where that fails. */
  readonly idle: { readonly object: ObjectName; readonly whenThere: boolean; readonly status: string } | null;
  /** The table that it makes of a query's rows, which are counted; null for none. */
  readonly ofQuery: string | null;
  /** How a column draws from the sequence that it takes away, or how that begins of all in a schema; null for none. */
  readonly drawnBy: string | null;
  /** The schema that it takes away, with all that is in it; null for none. */
  readonly schemaGone: SchemaGone | null;
  /** The schema that it makes, in which the session is afterwards; null for none. */
  readonly schemaMade: SchemaMade | null;
}

export interface SchemaMade {
  readonly schema: ObjectName;
  /** IF NOT EXISTS: one that is there already is left, and so is where the session is. */
  readonly ifNew: boolean;
}

export interface SchemaGone {
  readonly schema: ObjectName;
  /** RESTRICT: not while tables in other schemas refer to its tables. */
  readonly restricted: boolean;
}

/** What becomes of a temporary table or view, when a statement is about one. */
export type TemporaryChange =
  | {
      readonly is: 'made';
      readonly object: ObjectName;
      /** A view's query, in Snowflake's SQL; null for a table. */
      readonly definition: string | null;
      readonly declared: Declared;
      /** One that is there already stays what it is. */
      readonly ifNew: boolean;
    }
  | { readonly is: 'changed'; readonly object: ObjectName; readonly declared: Declared }
  | { readonly is: 'dropped'; readonly object: ObjectName };
