import type { Family } from './functions/index.ts';
import type { ObjectName } from './object-name.ts';
import type { ColumnSource, OutputColumn } from './understanding.ts';

/**
 * What is known of the warehouse's objects: pure data, a snapshot. The same text under the same catalog
 * version and session context always has the same meaning, which is what makes caching sound.
 */
export interface Catalog {
  /** Changes whenever anything in it does. */
  readonly version: string;
  /** The object of exactly this (stored) name, or nothing. */
  find(name: ObjectName): CatalogObject | undefined;
}

export type CatalogObject = CatalogTable | CatalogView | CatalogFunction;

export interface CatalogTable {
  readonly type: 'table';
  readonly name: ObjectName;
  readonly columns: readonly CatalogColumn[];
  /** The session's own: it hides one of the same name, which may be alike and hold other rows. */
  readonly temporary?: true;
}

export interface CatalogView {
  readonly type: 'view';
  readonly name: ObjectName;
  readonly columns: readonly CatalogColumn[];
  /** The query behind it, resolved in the view's own database and schema; absent when it may not be read. */
  readonly definition?: string;
}

export interface CatalogFunction {
  readonly type: 'function';
  readonly name: ObjectName;
  readonly returnsTable: boolean;
}

export interface CatalogColumn {
  readonly name: string;
  /** Snowflake's type as written in DDL: `NUMBER(38,0)`, `VARCHAR(16777216)`, `VARIANT`. */
  readonly type: string;
}

/** What of a session a statement's meaning depends on. */
export interface ResolutionContext {
  readonly database?: string;
  readonly schema?: string;
  /** What session variables (`$name`, upper-cased) were set from. */
  readonly variables: Pick<ReadonlyMap<string, VariableOrigin>, 'get'>;
  /** The outputs of this session's earlier statements by query id, newest last: for RESULT_SCAN and LAST_QUERY_ID. */
  readonly results: Pick<ReadonlyMap<string, EarlierResult>, 'get' | 'keys'>;
  /** What kinds of values are bound, by place from `1` or by name; absent where that is not known. */
  readonly binds?: ReadonlyMap<string, Family>;
  /** Objects of which it is false are not there for whoever names them, though views may read them. Absent: all are. */
  readonly mayName?: (name: ObjectName) => boolean;
}

export interface VariableOrigin {
  /** The literal text when the variable was set from a literal, so that IDENTIFIER($name) can be resolved. */
  readonly literal?: string;
  readonly sources: readonly ColumnSource[];
  /** The statement that set it: whoever approved one value has not approved another. */
  readonly setBy?: string;
}

export interface EarlierResult {
  readonly outputs: readonly OutputColumn[];
}
