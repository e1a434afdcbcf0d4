import type { ColumnRef, ObjectName } from '../object-name.ts';
import type { FormatOptions } from '../catalog.ts';
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
  BoundFiles,
  BoundFrom,
  BoundQuery,
  BoundRelation,
  BoundTable,
  BoundView,
} from './query.ts';

/** A bound statement: what it does, and what was recorded while its names were resolved. */
export interface Bound {
  readonly kind: StatementKind;
  /** The range of the statement within the text. */
  readonly range: SourceRange;
  readonly tree: Statement;
  readonly statement: BoundStatement;
  readonly objects: readonly ObjectUse[];
  readonly functions: readonly FunctionUse[];
  /** Parts whose meaning is not known, as far as the binder can tell. */
  readonly opaque: readonly OpaquePart[];
  readonly sessionEffects: readonly SessionEffect[];
  /** The resolved names of objects in the tree, which a warehouse uses to run DDL. */
  readonly names: ReadonlyMap<Name, ObjectName>;
  /** Every view that is read, each after the views that it reads itself. */
  readonly views: readonly BoundView[];
  /** The number of column references, whose ids count from 0. */
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
  | BoundFileStatement
  | BoundCreate
  | BoundAlter
  | BoundSet
  | BoundInner
  | BoundOther;

/** The target table of a statement, with all its columns. */
export interface BoundTarget {
  readonly object: ObjectName;
  readonly columns: readonly string[];
  readonly types: readonly string[];
  /** Whether NULL cannot be written to each. */
  readonly required: readonly boolean[];
}

/** A value and the column of the target that it is assigned to. */
export interface BoundAssignment {
  readonly column: string;
  readonly value: BoundExpression;
}

export interface BoundInsert {
  readonly kind: 'insert';
  readonly at: SourceRange;
  readonly overwrite: boolean;
  readonly target: BoundTarget;
  /** The columns that those of the source are written to, in order. */
  readonly columns: readonly string[];
  readonly source: BoundQuery;
}

export interface BoundMultiInsert {
  readonly kind: 'multi_insert';
  readonly at: SourceRange;
  readonly overwrite: boolean;
  /** The relation for `source` that conditions and values refer to. */
  readonly source: BoundRelation;
  /** Whether a row takes the first branch alone whose condition is true for it. */
  readonly first: boolean;
  readonly branches: readonly {
    readonly condition: BoundExpression | null;
    /** ELSE: for rows for which no earlier condition is true. */
    readonly otherwise: boolean;
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
  /** `ALL BY NAME` has been expanded to the columns of the source. */
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
  /** Null for a location that is no stage that is known of: a URL. */
  readonly to: BoundFiles | null;
  /** What it says beside the format, as `FormatOptions`: HEADER, OVERWRITE, SINGLE. */
  readonly options: FormatOptions;
  readonly source: BoundQuery;
  /** Refers to the columns of `source` with `result` references. */
  readonly partitionBy: BoundExpression | null;
}

/** COPY INTO a table from files, through a query if it transforms them. */
export interface BoundLoad {
  readonly kind: 'load';
  readonly at: SourceRange;
  readonly target: BoundTarget;
  readonly columns: readonly string[];
  /** Null for files that nothing is known of. */
  readonly source: BoundQuery | null;
  /** What it says beside the format, as `FormatOptions`: ON_ERROR, PURGE. */
  readonly options: FormatOptions;
}

/** PUT, GET, LIST or REMOVE, of a stage that is known of. */
export interface BoundFileStatement {
  readonly kind: 'files';
  readonly at: SourceRange;
  readonly what: 'put' | 'get' | 'list' | 'remove';
  readonly files: BoundFiles;
  /** Of PUT, where the files are at the client; of GET, where they go there; otherwise empty. */
  readonly local: string;
  readonly options: FormatOptions;
}

/** CREATE of any object, with the parts that values flow through. */
export interface BoundCreate {
  readonly kind: 'create';
  readonly at: SourceRange;
  readonly object: ObjectName | null;
  /** The query of CTAS, a view or a dynamic table. */
  readonly query: BoundQuery | null;
  /** The names of the new columns, in the order of the query's columns. */
  readonly columns: readonly string[];
  /** What the values of each must fit, or the statement fails. */
  readonly fits: readonly ColumnFit[];
  /** The source of a CLONE (LIKE copies no rows); unknown if it is not a table or view. */
  readonly clone: BoundRelation | null;
  readonly computed: readonly BoundComputed[];
  readonly inner: readonly BoundInnerStatement[];
}

/** The type of a column as in a catalog, if the text names one, and whether it cannot be NULL. */
export interface ColumnFit {
  readonly type: string | null;
  readonly required: boolean;
}

/** The expression of a column's DEFAULT or of a computed column. */
export interface BoundComputed {
  readonly column: string;
  readonly how: 'default' | 'computed';
  readonly value: BoundExpression;
  /** The new table itself, which a computed column refers to. */
  readonly own: BoundTable | null;
}

export interface BoundAlter {
  readonly kind: 'alter';
  readonly at: SourceRange;
  readonly object: ObjectName | null;
  /** Values that can be found under another name afterwards: renames, swaps. */
  readonly moves: readonly { readonly from: ColumnRef; readonly to: ColumnRef }[];
  /** Columns whose values must fit a new type or constraint, or the statement fails. */
  readonly checked: readonly ColumnRef[];
  readonly computed: readonly BoundComputed[];
  readonly inner: readonly BoundInnerStatement[];
}

/** SET: every value is computed from the state before the statement. */
export interface BoundSet {
  readonly kind: 'set';
  readonly at: SourceRange;
  readonly assignments: readonly {
    readonly name: string;
    readonly value: BoundExpression;
    /** The text that it is set to, if it is a literal. */
    readonly literal: string | null;
  }[];
}

/** A statement that contains others: a block, a flow, EXPLAIN, EXECUTE IMMEDIATE of a literal. */
export interface BoundInner {
  readonly kind: 'inner';
  readonly at: SourceRange;
  /** The statement whose result is the result of the whole: the last step of a flow, or the only statement of a literal. */
  readonly result: 'last' | 'none';
  readonly inner: readonly BoundInnerStatement[];
  /** Values that are passed in. */
  readonly using: readonly BoundExpression[];
}

/** A nested statement: bound, or not understood. */
export type BoundInnerStatement =
  { readonly bound: Bound; readonly problem: null } | { readonly bound: null; readonly problem: NotBound };

export interface NotBound {
  readonly kind: StatementKind;
  readonly range: SourceRange;
  readonly problem: UnderstandingProblem;
}

/** A statement without a known flow of values: its effect is given by its kind and its objects. */
export interface BoundOther {
  readonly kind: 'other';
  readonly at: SourceRange;
  /** The values passed to it: arguments of a procedure. */
  readonly arguments: readonly BoundExpression[];
  readonly inner: readonly BoundInnerStatement[];
}
