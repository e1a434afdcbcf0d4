import type { Identifier, Name, Node } from './names.ts';
import type { ColumnReference, Expression, FromItem, Query, Relation, TableAlias } from './query.ts';

export type DmlStatement = Insert | MultiInsert | Update | Delete | Merge | Truncate;

/** `INSERT INTO t (a) SELECT ...`, or VALUES, which is also a query. */
export interface Insert extends Node<'insert'> {
  readonly overwrite: boolean;
  readonly target: Name;
  /** Empty when the statement names no columns, which means every column, in order. */
  readonly columns: readonly Identifier[];
  readonly source: Query;
}

/** `INSERT ALL|FIRST WHEN ... THEN INTO ... ELSE INTO ... SELECT ...`. */
export interface MultiInsert extends Node<'multi_insert'> {
  readonly overwrite: boolean;
  readonly first: boolean;
  readonly branches: readonly InsertBranch[];
  readonly source: Query;
}

export interface InsertBranch extends Node<'insert_branch'> {
  readonly condition: Expression | null;
  /** The ELSE branch: taken when no earlier condition held. */
  readonly otherwise: boolean;
  readonly targets: readonly InsertTarget[];
}

export interface InsertTarget extends Node<'insert_target'> {
  readonly target: Name;
  readonly columns: readonly Identifier[];
  /** Null for the source's columns, in order. */
  readonly values: readonly Expression[] | null;
}

/** The table that a statement changes. */
export interface ChangedTable extends Node<'changed_table'> {
  readonly name: Name;
  readonly alias: TableAlias | null;
}

export interface Update extends Node<'update'> {
  readonly target: ChangedTable;
  readonly assignments: readonly Assignment[];
  readonly from: readonly FromItem[];
  readonly where: Expression | null;
}

export interface Assignment extends Node<'assignment'> {
  readonly column: ColumnReference;
  readonly value: Expression;
}

export interface Delete extends Node<'delete'> {
  readonly target: ChangedTable;
  readonly using: readonly FromItem[];
  readonly where: Expression | null;
}

export interface Merge extends Node<'merge'> {
  readonly target: ChangedTable;
  readonly source: Relation;
  readonly on: Expression;
  readonly clauses: readonly MergeClause[];
}

export interface MergeClause extends Node<'merge_clause'> {
  readonly matched: boolean;
  readonly condition: Expression | null;
  readonly action: MergeUpdate | MergeDelete | MergeInsert;
}

/** `UPDATE SET a = b`, or `UPDATE ALL BY NAME` with no assignments. */
export interface MergeUpdate extends Node<'merge_update'> {
  readonly allByName: boolean;
  readonly assignments: readonly Assignment[];
}

export interface MergeDelete extends Node<'merge_delete'> {}

/** `INSERT (a) VALUES (b)`, or `INSERT ALL BY NAME` with neither. */
export interface MergeInsert extends Node<'merge_insert'> {
  readonly allByName: boolean;
  readonly columns: readonly Identifier[];
  readonly values: readonly Expression[];
}

export interface Truncate extends Node<'truncate'> {
  readonly objectType: 'table' | 'materialized_view';
  readonly ifExists: boolean;
  readonly target: Name;
}
