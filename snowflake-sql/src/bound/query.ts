/**
 * Bound expressions, relations and queries, in which every name has been resolved. They are in one file because they are
 * defined in terms of each other.
 *
 * Binding produces them from a parsed tree, once, in one session context. Nothing in them is looked up again: a column is an
 * index in a relation, a relation is a catalog object or a query, and stars, aliases, positions, USING and NATURAL have been
 * resolved. The flow of values is derived from them, and the embedded warehouse runs them.
 *
 * Nodes are shared where the text shares them (a view, a CTE, an alias used twice), so they form a graph, which is acyclic
 * except for recursive CTEs. Walkers should remember their results for CTEs, views and outputs.
 */
import type { ObjectName } from '../object-name.ts';
import type { SourceRange } from '../source-range.ts';
import type {
  BinaryOperator,
  ComparisonOperator,
  DataType,
  IntervalLiteral,
  NumberLiteral,
  Sample,
  StringLiteral,
  TypedLiteral,
} from '../tree/index.ts';
import type { EarlierResult, FormatOptions, VariableOrigin } from '../catalog.ts';
import type { Family } from '../functions/index.ts';
import type { ColumnSource, ObjectType, OpaquePart } from '../understanding.ts';

/** `at` is a range in the statement's own text; for nodes of a view's definition, where the view is named. */
interface BoundNode<Kind extends string> {
  readonly kind: Kind;
  readonly at: SourceRange;
}

export type BoundExpression =
  | BoundLiteral
  | BoundBind
  | BoundVariable
  | BoundColumnReference
  | BoundOpenColumn
  | BoundMergedColumn
  | BoundOutputReference
  | BoundResultReference
  | BoundLocal
  | BoundUnknown
  | BoundEither
  | BoundColumns
  | BoundRow
  | BoundArray
  | BoundObject
  | BoundWrapped
  | BoundLogical
  | BoundNot
  | BoundUnary
  | BoundBinary
  | BoundComparison
  | BoundQuantified
  | BoundDistinctFrom
  | BoundBetween
  | BoundInList
  | BoundInQuery
  | BoundLike
  | BoundIs
  | BoundCase
  | BoundCast
  | BoundPath
  | BoundCall
  | BoundExtract
  | BoundSubquery
  | BoundExists
  | BoundLambda;

/** A value that does not depend on data: a literal, `CONNECT BY`'s LEVEL, a sequence's NEXTVAL. */
export interface BoundLiteral extends BoundNode<'literal'> {
  readonly value:
    | StringLiteral
    | NumberLiteral
    | TypedLiteral
    | IntervalLiteral
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'null' }
    | { readonly kind: 'default' }
    | { readonly kind: 'level' }
    | { readonly kind: 'sequence'; readonly name: ObjectName };
}

export interface BoundBind extends BoundNode<'bind'> {
  /** A position from `1` (of a `?`, its order in the text), or a name in upper case. */
  readonly name: string;
  /** The type family of the value given for it; null if it is not known. */
  readonly family: Family | null;
}

/** `$name`; `origin` is null if this session has not set it. */
export interface BoundVariable extends BoundNode<'variable'> {
  readonly name: string;
  readonly origin: VariableOrigin | null;
}

/** The column at an index (from 0) of a relation in scope, which may belong to an enclosing query. */
export interface BoundColumnReference extends BoundNode<'column'> {
  readonly relation: RelationId;
  readonly index: number;
  readonly name: string;
  /** Unique among the references of a statement, so that each can be accounted for. */
  readonly reference: number;
}

/** A name that can only refer to one of the relation's columns that are not known. */
export interface BoundOpenColumn extends BoundNode<'open_column'> {
  readonly relation: RelationId;
  readonly name: string;
  readonly reference: number;
}

/**
 * A column merged by USING or NATURAL: the left value of an inner or left join, the right one of a right join, and
 * whichever is there of a full join.
 */
export interface BoundMergedColumn extends BoundNode<'merged'> {
  readonly join: BoundJoin['type'];
  readonly left: BoundExpression;
  readonly right: BoundExpression;
}

/** An item of the same SELECT, by its alias or (in GROUP BY) its position. */
export interface BoundOutputReference extends BoundNode<'output'> {
  readonly output: BoundOutput;
}

/** In ORDER BY: a column of the query's own result, by index from 0. */
export interface BoundResultReference extends BoundNode<'result'> {
  readonly index: number;
}

/** A parameter of an enclosing lambda. */
export interface BoundLocal extends BoundNode<'local'> {
  readonly lambda: LambdaId;
  readonly name: string;
}

/** Known only at execution: a name given by a value, a stage. It may depend on anything in these relations. */
export interface BoundUnknown extends BoundNode<'unknown'> {
  readonly reason: string;
  readonly sees: readonly RelationId[];
}

/** Where Snowflake's documentation allows two readings: the flow covers both, and the embedded warehouse runs the first. */
export interface BoundEither extends BoundNode<'either'> {
  readonly readings: readonly BoundExpression[];
}

/** `*` or `t.*` as an argument or in an object literal: the columns that it expands to. */
export interface BoundColumns extends BoundNode<'columns'> {
  /** Whether it is `t.*`, for which COUNT omits rows in which one of the columns is NULL; with `*` it counts all rows. */
  readonly qualified: boolean;
  readonly columns: readonly BoundOutput[];
  readonly open: OpaquePart | null;
}

export interface BoundRow extends BoundNode<'row'> {
  readonly items: readonly BoundExpression[];
}

export interface BoundArray extends BoundNode<'array'> {
  readonly items: readonly BoundExpression[];
}

export interface BoundObject extends BoundNode<'object'> {
  /** `key` is null for `*` and `**`, whose `value` is `columns` or `wrapped`. */
  readonly entries: readonly { readonly key: string | null; readonly value: BoundExpression }[];
}

/** Changes how its operand is interpreted, without other columns. */
export interface BoundWrapped extends BoundNode<'wrapped'> {
  readonly how:
    'collate' | 'spread' | 'outer_join_mark' | 'prior' | 'connect_by_root' | 'final' | 'running' | 'named';
  /** The collation, or an argument's name. */
  readonly word: string | null;
  readonly operand: BoundExpression;
}

export interface BoundLogical extends BoundNode<'logical'> {
  readonly operator: 'AND' | 'OR';
  readonly operands: readonly BoundExpression[];
}

export interface BoundNot extends BoundNode<'not'> {
  readonly operand: BoundExpression;
}

export interface BoundUnary extends BoundNode<'unary'> {
  readonly operator: '+' | '-';
  readonly operand: BoundExpression;
}

/** `operators[i]` stands before `operands[i + 1]`, left to right. */
export interface BoundBinary extends BoundNode<'binary'> {
  readonly operators: readonly BinaryOperator[];
  readonly operands: readonly BoundExpression[];
}

export interface BoundComparison extends BoundNode<'comparison'> {
  readonly operator: ComparisonOperator;
  readonly left: BoundExpression;
  readonly right: BoundExpression;
}

export interface BoundQuantified extends BoundNode<'quantified'> {
  readonly operator: ComparisonOperator;
  readonly quantifier: 'ANY' | 'ALL';
  readonly left: BoundExpression;
  readonly right: BoundExpression;
}

export interface BoundDistinctFrom extends BoundNode<'distinct_from'> {
  readonly negated: boolean;
  readonly left: BoundExpression;
  readonly right: BoundExpression;
}

export interface BoundBetween extends BoundNode<'between'> {
  readonly negated: boolean;
  readonly operand: BoundExpression;
  readonly low: BoundExpression;
  readonly high: BoundExpression;
}

export interface BoundInList extends BoundNode<'in_list'> {
  readonly negated: boolean;
  readonly operand: BoundExpression;
  readonly list: readonly BoundExpression[];
}

export interface BoundInQuery extends BoundNode<'in_query'> {
  readonly negated: boolean;
  readonly operand: BoundExpression;
  readonly query: BoundQuery;
}

export interface BoundLike extends BoundNode<'like'> {
  readonly operator: 'LIKE' | 'ILIKE' | 'RLIKE' | 'REGEXP';
  readonly negated: boolean;
  readonly quantifier: 'ANY' | 'ALL' | null;
  readonly operand: BoundExpression;
  readonly patterns: readonly BoundExpression[];
  readonly escape: BoundExpression | null;
}

export interface BoundIs extends BoundNode<'is'> {
  readonly negated: boolean;
  readonly test: 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN';
  readonly operand: BoundExpression;
}

export interface BoundCase extends BoundNode<'case'> {
  readonly operand: BoundExpression | null;
  readonly branches: readonly { readonly when: BoundExpression; readonly result: BoundExpression }[];
  readonly otherwise: BoundExpression | null;
}

export interface BoundCast extends BoundNode<'cast'> {
  readonly style: '::' | 'CAST' | 'TRY_CAST';
  readonly operand: BoundExpression;
  readonly type: DataType;
}

/** A part of a semi-structured value, outermost step first. */
export interface BoundPath extends BoundNode<'path'> {
  readonly base: BoundExpression;
  /** A field's exact name, an element's number, or an expression that gives either. */
  readonly steps: readonly (string | number | BoundExpression)[];
}

/**
 * Any function call. A user-defined function has its resolved name; a built-in one has its upper-case name, without database
 * and schema. Date parts are `words`, never columns.
 */
export interface BoundCall extends BoundNode<'call'> {
  readonly name: ObjectName;
  readonly builtIn: boolean;
  readonly distinct: boolean;
  /** A keyword such as a date part is a `BoundWord`; `NAME => value` is `wrapped` as `named`; `*` is `columns`. */
  readonly arguments: readonly (BoundExpression | BoundWord)[];
  readonly withinGroup: readonly BoundOrder[];
  readonly fromLast: boolean;
  readonly nulls: 'IGNORE' | 'RESPECT' | null;
  readonly over: BoundWindow | null;
  /** `model!METHOD(...)` and similar: what is called is not known. */
  readonly method: boolean;
}

/** A bare word with a meaning for a function, such as a date part. Upper case. */
export interface BoundWord extends BoundNode<'word'> {
  readonly word: string;
}

export interface BoundWindow {
  readonly at: SourceRange;
  readonly partitionBy: readonly BoundExpression[];
  readonly orderBy: readonly BoundOrder[];
  readonly frame: {
    readonly unit: 'ROWS' | 'RANGE' | 'GROUPS';
    readonly from: BoundFrameBound;
    readonly to: BoundFrameBound | null;
  } | null;
}

export interface BoundFrameBound {
  readonly direction: 'PRECEDING' | 'FOLLOWING' | 'CURRENT ROW';
  /** Null when unbounded, or for the current row. */
  readonly offset: BoundExpression | null;
}

export interface BoundExtract extends BoundNode<'extract'> {
  /** Upper case. */
  readonly part: string;
  readonly from: BoundExpression;
}

/** `(SELECT ...)` as a value; `TABLE(SELECT ...)` as an argument. */
export interface BoundSubquery extends BoundNode<'subquery'> {
  readonly query: BoundQuery;
}

export interface BoundExists extends BoundNode<'exists'> {
  readonly query: BoundQuery;
}

/** Its parameters are elements of the other argument. */
export interface BoundLambda extends BoundNode<'lambda'> {
  readonly id: LambdaId;
  readonly parameters: readonly string[];
  readonly body: BoundExpression;
}

export type LambdaId = number & { readonly lambda: unique symbol };

/* ---- queries ---- */

/** A whole query. Its columns are those of its body. */
export interface BoundQuery extends BoundNode<'query'> {
  readonly ctes: readonly BoundCte[];
  readonly body: BoundBody;
  /** May refer to columns of the result (`result`) and of the body's FROM. */
  readonly orderBy: readonly BoundOrder[];
  readonly limit: BoundExpression | null;
  readonly offset: BoundExpression | null;
  readonly columns: readonly BoundColumn[];
  /** Set if it has further columns. */
  readonly open: OpaquePart | null;
}

export type BoundBody = BoundSelect | BoundValues | BoundSetOperation | BoundQuery;

/** The name of a column; how it is computed is in the node that computes it. */
export interface BoundColumn {
  readonly name: string;
  /** Whether `name` is certain: an alias or a column name, not derived from the text of the expression. */
  readonly named: boolean;
}

export interface BoundSelect extends BoundNode<'select'> {
  readonly distinct: boolean;
  readonly from: BoundFrom | null;
  readonly outputs: readonly BoundOutput[];
  /** Set if a `*` stands for columns that are not known. */
  readonly open: OpaquePart | null;
  /** `TOP n`. */
  readonly top: BoundExpression | null;
  /** Scripting: the result goes to variables. */
  readonly into: boolean;
  readonly where: BoundExpression | null;
  readonly connectBy: {
    readonly startWith: BoundExpression | null;
    readonly condition: BoundExpression;
  } | null;
  /** Null without GROUP BY; for GROUP BY ALL, the outputs that contain no aggregate. */
  readonly groupBy: readonly BoundGrouping[] | null;
  readonly having: BoundExpression | null;
  readonly qualify: BoundExpression | null;
}

/** One item of a select list, or one column that a `*` expands to. */
export interface BoundOutput extends BoundColumn {
  readonly expression: BoundExpression;
  readonly at: SourceRange;
}

export type BoundGrouping =
  | BoundExpression
  | {
      readonly kind: 'grouping';
      readonly type: 'CUBE' | 'ROLLUP' | 'GROUPING SETS';
      readonly sets: readonly BoundGrouping[];
    };

export interface BoundOrder {
  readonly expression: BoundExpression;
  readonly descending: boolean;
  readonly nulls: 'FIRST' | 'LAST' | null;
}

export interface BoundValues extends BoundNode<'values'> {
  readonly columns: readonly BoundColumn[];
  readonly rows: readonly (readonly BoundExpression[])[];
}

/** `operators[i]` stands before `operands[i + 1]`, left to right. */
export interface BoundSetOperation extends BoundNode<'set_operation'> {
  readonly operators: readonly {
    readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
    readonly all: boolean;
  }[];
  readonly operands: readonly BoundBody[];
  readonly columns: readonly BoundColumn[];
  /**
   * For each of `columns`, its index in each operand: the same for all, unless columns are matched BY NAME; -1 if an operand
   * lacks the column, which is then NULL.
   */
  readonly places: readonly (readonly number[])[];
}

/** A common table expression. References to it are relations of kind `cte`. */
export interface BoundCte {
  readonly id: CteId;
  readonly name: string;
  readonly columns: readonly BoundColumn[];
  /** Whether it refers to itself: then its body is a set operation whose first operand does not. */
  readonly recursive: boolean;
  /** Set once its body is bound: a recursive one is referred to earlier. */
  readonly query: BoundQuery;
}

export type CteId = number & { readonly cte: unique symbol };

/* ---- FROM ---- */

export type RelationId = number & { readonly relation: unique symbol };

/** What a query reads: relations, and how they are joined. A comma is a cross join. */
export type BoundFrom = BoundRelation | BoundJoin;

export interface BoundJoin extends BoundNode<'join'> {
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'asof';
  readonly left: BoundFrom;
  readonly right: BoundFrom;
  readonly on: BoundExpression | null;
  /** The columns that USING or NATURAL compares. */
  readonly equal: readonly { readonly left: BoundExpression; readonly right: BoundExpression }[];
  /** `MATCH_CONDITION` of an ASOF join. */
  readonly match: BoundExpression | null;
}

/** The common fields of relations. A relation sees the preceding items of FROM only if its documentation says so. */
interface RelationNode<Kind extends string> extends BoundNode<Kind> {
  readonly id: RelationId;
  readonly columns: readonly BoundColumn[];
  /** Set if it has further columns that are not known here. */
  readonly open: OpaquePart | null;
  readonly sample: BoundSample | null;
}

export interface BoundSample {
  readonly method: Sample['method'];
  readonly rows: boolean;
  readonly size: BoundExpression;
  readonly seed: BoundExpression | null;
}

export type BoundRelation =
  | BoundTable
  | BoundViewReference
  | BoundCteReference
  | BoundDerived
  | BoundTableFunction
  | BoundEarlier
  | BoundStaged
  | BoundOpaqueRelation
  | BoundPivot
  | BoundUnpivot
  | BoundMatchRecognize;

/** A table of the catalog, or a view whose definition is not known: a source of values. */
export interface BoundTable extends RelationNode<'table'> {
  readonly object: ObjectName;
  readonly objectType: Extract<ObjectType, 'table' | 'view'>;
  /** The type of each column, as in the catalog. */
  readonly types: readonly string[];
  /** Whether each cannot be NULL. */
  readonly required: readonly boolean[];
  /** The names of columns that no two rows have alike; null if none are known. */
  readonly key: readonly string[] | null;
  /** `AT`, `BEFORE`, CHANGES: the moments, in order. */
  readonly travel: readonly { readonly point: 'AT' | 'BEFORE' | 'END'; readonly argument: BoundExpression }[];
  readonly changes: boolean;
  /** The target of an UPDATE, DELETE or MERGE: it is read in place, not through a query of its own. */
  readonly target: boolean;
}

/** A view with its definition, which is bound once for all references. */
export interface BoundViewReference extends RelationNode<'view'> {
  readonly view: BoundView;
}

export interface BoundView {
  readonly object: ObjectName;
  readonly columns: readonly BoundColumn[];
  /** Null if its definition cannot be analysed; then its columns are of unknown origin, for this reason. */
  readonly query: BoundQuery | null;
  readonly unknown: OpaquePart | null;
}

export interface BoundCteReference extends RelationNode<'cte'> {
  readonly cte: BoundCte;
}

/** A query in FROM; a lateral one sees the preceding items. */
export interface BoundDerived extends RelationNode<'derived'> {
  readonly lateral: boolean;
  readonly query: BoundQuery;
}

/** A table function such as FLATTEN: always lateral. A user-defined one is not `builtIn`, and is open. */
export interface BoundTableFunction extends RelationNode<'table_function'> {
  readonly call: BoundCall;
}

/** The result of an earlier statement (RESULT_SCAN) or of an earlier step of this one (`$1` after `->>`). */
export interface BoundEarlier extends RelationNode<'earlier'> {
  /** The index (from 0) of the step in the flow, or the result of an earlier statement. */
  readonly of: { readonly step: number } | { readonly result: EarlierResult; readonly queryId: string };
}

/**
 * Files of a stage, read as rows. Its columns are known by their places alone: there are as many as are referred to,
 * and a reference to a further one adds it (`$3`).
 */
export interface BoundStaged extends RelationNode<'staged'> {
  /** `schema`: not the rows, but what columns there are (INFER_SCHEMA). */
  readonly what: 'rows' | 'schema';
  readonly files: BoundFiles;
  /** Whether its columns are all that the files have to have: those of a table that they are loaded into. */
  readonly whole: boolean;
  /** By the names of columns rather than by their places (MATCH_BY_COLUMN_NAME). */
  readonly match: { readonly names: readonly string[]; readonly exact: boolean } | null;
}

/** Some files of a stage, and how they are to be read. Plain data. */
export interface BoundFiles {
  /** `~` with neither database nor schema for the user's own; `%T` for a table's. */
  readonly stage: ObjectName;
  /** What the names of the files begin with, without a slash before it. */
  readonly path: string;
  /** A regular expression that the whole of their names must match; null for all. */
  readonly pattern: string | null;
  /** Just these, below `path`; null for all. */
  readonly names: readonly string[] | null;
  /** That of the stage, then the named one, then what the statement says. */
  readonly format: FormatOptions;
  readonly contents: readonly ColumnSource[];
}

/** A stage that nothing is known of, or a semantic view: rows about which nothing is known. */
export interface BoundOpaqueRelation extends RelationNode<'opaque_relation'> {
  readonly reason: string;
  /** Its arguments. */
  readonly arguments: readonly BoundExpression[];
}

/** Its columns: those of `input` that are kept, then one for each value and aggregate. */
export interface BoundPivot extends RelationNode<'pivot'> {
  readonly input: BoundFrom;
  /** The remaining columns of the input, by which it groups. */
  readonly kept: readonly BoundExpression[];
  readonly aggregates: readonly BoundOutput[];
  readonly by: BoundExpression;
  /** Null for ANY and for a subquery: then the number of columns is not known, and the relation is open. */
  readonly values: readonly BoundExpression[] | null;
  readonly valuesQuery: BoundQuery | null;
  readonly defaultOnNull: BoundExpression | null;
}

/** Its columns: those of `input` that are kept, then the column of names and the column of values. */
export interface BoundUnpivot extends RelationNode<'unpivot'> {
  readonly input: BoundFrom;
  readonly kept: readonly BoundExpression[];
  readonly includeNulls: boolean;
  readonly taken: readonly { readonly column: BoundExpression; readonly label: string }[];
}

/** Its columns: those of `kept`, then the measures. */
export interface BoundMatchRecognize extends RelationNode<'match_recognize'> {
  readonly input: BoundFrom;
  readonly partitionBy: readonly BoundExpression[];
  readonly orderBy: readonly BoundOrder[];
  readonly define: readonly BoundExpression[];
  readonly kept: readonly BoundExpression[];
  readonly measures: readonly BoundOutput[];
}

/** The `ColumnSource` of a table's column. */
export function sourceOf(table: BoundTable, index: number): ColumnSource {
  return { column: { object: table.object, column: table.columns[index]!.name }, how: 'direct' };
}
