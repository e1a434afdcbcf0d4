import type { ColumnRef, ObjectName } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';
import type { StatementKind } from '../kinds.ts';
import type { Name, Statement } from '../tree/index.ts';
import type {
  FunctionUse,
  ObjectUse,
  OpaquePart,
  SessionEffect,
  UnderstandingProblem,
} from '../understanding.ts';
import type {
  BoundExpression,
  BoundFrom,
  BoundQuery,
  BoundRelation,
  BoundTable,
  BoundView,
} from './query.ts';

/** One statement, bound: what it does, and what was noted while its names were resolved. */
export interface Bound {
  readonly kind: StatementKind;
  /** The statement's own text within the request. */
  readonly range: SourceRange;
  readonly tree: Statement;
  readonly statement: BoundStatement;
  readonly objects: readonly ObjectUse[];
  readonly functions: readonly FunctionUse[];
  /** Parts whose meaning cannot be known from here, as far as binding can tell. */
  readonly opaque: readonly OpaquePart[];
  readonly sessionEffects: readonly SessionEffect[];
  /** Names of objects in the tree, as they were resolved: what a warehouse runs DDL under. */
  readonly names: ReadonlyMap<Name, ObjectName>;
  /** Every view that is read, each after those that it reads itself. */
  readonly views: readonly BoundView[];
  /** How many column references there are; they are numbered from 0. */
  readonly references: number;
}

export type BoundStatement =
  | BoundQuery
  | BoundInsert
  | BoundMultiInsert
  | BoundUpdate
  | BoundDelete
  | BoundMerge
  | BoundTruncate
  | BoundUnload
  | BoundLoad
  | BoundCreate
  | BoundAlter
  | BoundSet
  | BoundInner
  | BoundOther;

/** The table that a statement changes, with all its columns. */
export interface BoundTarget {
  readonly object: ObjectName;
  readonly columns: readonly string[];
  readonly types: readonly string[];
}

/** A value and the target's column that it goes to. */
export interface BoundAssignment {
  readonly column: string;
  readonly value: BoundExpression;
}

export interface BoundInsert {
  readonly kind: 'insert';
  readonly at: SourceRange;
  readonly overwrite: boolean;
  readonly target: BoundTarget;
  /** The columns that the source's go to, in order. */
  readonly columns: readonly string[];
  readonly source: BoundQuery;
}

export interface BoundMultiInsert {
  readonly kind: 'multi_insert';
  readonly at: SourceRange;
  readonly overwrite: boolean;
  /** A relation over `source`, which conditions and values refer to. */
  readonly source: BoundRelation;
  readonly branches: readonly {
    readonly condition: BoundExpression | null;
    readonly targets: readonly {
      readonly target: BoundTarget;
      readonly values: readonly BoundAssignment[];
    }[];
  }[];
}

export interface BoundUpdate {
  readonly kind: 'update';
  readonly at: SourceRange;
  readonly target: BoundTable;
  readonly from: BoundFrom | null;
  readonly assignments: readonly BoundAssignment[];
  readonly where: BoundExpression | null;
}

export interface BoundDelete {
  readonly kind: 'delete';
  readonly at: SourceRange;
  readonly target: BoundTable;
  readonly using: BoundFrom | null;
  readonly where: BoundExpression | null;
}

export interface BoundMerge {
  readonly kind: 'merge';
  readonly at: SourceRange;
  readonly target: BoundTable;
  readonly source: BoundRelation;
  readonly on: BoundExpression;
  readonly clauses: readonly BoundMergeClause[];
}

export interface BoundMergeClause {
  readonly matched: boolean;
  readonly condition: BoundExpression | null;
  /** `ALL BY NAME` has been made of the source's columns. */
  readonly action:
    | { readonly kind: 'update' | 'insert'; readonly assignments: readonly BoundAssignment[] }
    | { readonly kind: 'delete' };
}

export interface BoundTruncate {
  readonly kind: 'truncate';
  readonly at: SourceRange;
  readonly target: BoundTarget;
}

/** COPY INTO a location. */
export interface BoundUnload {
  readonly kind: 'unload';
  readonly at: SourceRange;
  readonly location: string;
  readonly source: BoundQuery;
  /** Over `source`'s own columns, as `result` references. */
  readonly partitionBy: BoundExpression | null;
}

/** COPY INTO a table, from files: through a query when it transforms them. */
export interface BoundLoad {
  readonly kind: 'load';
  readonly at: SourceRange;
  readonly target: BoundTarget;
  readonly columns: readonly string[];
  readonly source: BoundQuery | null;
}

/** CREATE of anything, with the parts that values flow through. */
export interface BoundCreate {
  readonly kind: 'create';
  readonly at: SourceRange;
  readonly object: ObjectName | null;
  /** CTAS, a view's or a dynamic table's query. */
  readonly query: BoundQuery | null;
  /** The new columns' names, by the query's places. */
  readonly columns: readonly string[];
  /** What a CLONE copies (LIKE copies no rows); unknown when it is no table or view. */
  readonly clone: BoundRelation | null;
  readonly computed: readonly BoundComputed[];
  readonly inner: readonly BoundInnerStatement[];
}

/** What a column's DEFAULT or its computed value is made of. */
export interface BoundComputed {
  readonly column: string;
  readonly how: 'default' | 'computed';
  readonly value: BoundExpression;
  /** The new table itself: what a computed column refers to. */
  readonly own: BoundTable | null;
}

export interface BoundAlter {
  readonly kind: 'alter';
  readonly at: SourceRange;
  readonly object: ObjectName | null;
  /** Values that are found under another name afterwards: renames, swaps. */
  readonly moves: readonly { readonly from: ColumnRef; readonly to: ColumnRef }[];
  readonly computed: readonly BoundComputed[];
  readonly inner: readonly BoundInnerStatement[];
}

/** SET: every value is of the state before it. */
export interface BoundSet {
  readonly kind: 'set';
  readonly at: SourceRange;
  readonly assignments: readonly {
    readonly name: string;
    readonly value: BoundExpression;
    /** The text it is set to, when that stands in the statement. */
    readonly literal: string | null;
  }[];
}

/** What holds other statements: a block, a flow, EXPLAIN, EXECUTE IMMEDIATE of a text. */
export interface BoundInner {
  readonly kind: 'inner';
  readonly at: SourceRange;
  /** Whose result is the result of all of it: the last step of a flow, the only statement of a text; else none. */
  readonly result: 'last' | 'none';
  readonly inner: readonly BoundInnerStatement[];
  /** Values that are handed in. */
  readonly using: readonly BoundExpression[];
}

/** A statement inside another: bound, or not understood by itself. */
export type BoundInnerStatement =
  { readonly bound: Bound; readonly problem: null } | { readonly bound: null; readonly problem: NotBound };

export interface NotBound {
  readonly kind: StatementKind;
  readonly range: SourceRange;
  readonly problem: UnderstandingProblem;
}

/** A statement through which no values flow that could be told: what it does is in its objects and its kind. */
export interface BoundOther {
  readonly kind: 'other';
  readonly at: SourceRange;
  /** Values that it is given: arguments of a procedure. */
  readonly arguments: readonly BoundExpression[];
  readonly inner: readonly BoundInnerStatement[];
}
