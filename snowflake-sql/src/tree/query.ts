/**
 * Expressions, queries and relations, in one file because their types refer to one another.
 *
 * Long chains are flat (`Logical`, `BinaryChain`, `SetOperation`, joins), so the tree is only as deep as the
 * source is nested.
 */
import type {
  Bind,
  BooleanLiteral,
  DataType,
  DefaultValue,
  DynamicName,
  Identifier,
  IntervalLiteral,
  Name,
  Node,
  NullLiteral,
  NumberLiteral,
  QualifiedName,
  Position,
  SessionVariable,
  StageReference,
  StringLiteral,
  TypedLiteral,
  Words,
} from './names.ts';

export type Expression =
  | StringLiteral
  | NumberLiteral
  | BooleanLiteral
  | NullLiteral
  | DefaultValue
  | TypedLiteral
  | IntervalLiteral
  | SessionVariable
  | Position
  | Bind
  | StageReference
  | DynamicName
  | ColumnReference
  | Star
  | Paren
  | Row
  | Subquery
  | Exists
  | Logical
  | Not
  | Unary
  | BinaryChain
  | Comparison
  | QuantifiedComparison
  | DistinctFrom
  | Between
  | InList
  | InQuery
  | Like
  | IsTest
  | Case
  | Cast
  | Collate
  | Path
  | Call
  | Extract
  | ArrayLiteral
  | ObjectLiteral
  | Spread
  | Lambda
  | NamedArgument
  | TableArgument
  | OuterJoinMark
  | Prior
  | MatchSemantics
  | OdbcEscape;

/**
 * `c`, `t.c`, `schema.t.c`, `db.schema.t.c`. Other names of the same form are also column references:
 * `seq.NEXTVAL`, a date part (`DATEADD(day, ...)`), a scripting variable. Keywords that are functions without
 * parentheses, such as CURRENT_DATE, are instead a `Call` with `bare` set.
 */
export interface ColumnReference extends Node<'column'> {
  readonly parts: readonly Identifier[];
  /** `db..t.c`: the schema between the first two parts is PUBLIC. */
  readonly publicSchema: boolean;
}

/**
 * `*`, `t.*`, with their modifiers. Occurs in a select list, as an argument (`COUNT(*)`, `HASH(t.*)`)
 * and inside an object literal (`{*}`).
 */
export interface Star extends Node<'star'> {
  readonly qualifier: QualifiedName | null;
  readonly ilike: StringLiteral | null;
  readonly exclude: readonly ColumnReference[];
  readonly replace: readonly StarReplace[];
  readonly rename: readonly StarRename[];
}

export interface StarReplace extends Node<'star_replace'> {
  readonly expression: Expression;
  readonly column: Identifier;
}

export interface StarRename extends Node<'star_rename'> {
  readonly from: ColumnReference;
  readonly to: Identifier;
}

/** `(x)`. */
export interface Paren extends Node<'paren'> {
  readonly inner: Expression;
}

/** `(a, b)`, and `()` where a call form allows it. */
export interface Row extends Node<'row'> {
  readonly items: readonly Expression[];
}

/** `(SELECT ...)` as a value; the range includes the parentheses. */
export interface Subquery extends Node<'subquery'> {
  readonly query: Query;
}

export interface Exists extends Node<'exists'> {
  readonly query: Query;
}

/** `a AND b AND c`: one flat node, with the operands in order. */
export interface Logical extends Node<'logical'> {
  readonly operator: 'AND' | 'OR';
  readonly operands: readonly Expression[];
}

export interface Not extends Node<'not'> {
  readonly operand: Expression;
}

export interface Unary extends Node<'unary'> {
  readonly operator: '+' | '-';
  readonly operand: Expression;
}

/** Operators of the same precedence, flat, left to right: `operators[i]` precedes `operands[i + 1]`. */
export interface BinaryChain extends Node<'binary'> {
  readonly operators: readonly BinaryOperator[];
  readonly operands: readonly Expression[];
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '||';

export type ComparisonOperator = '=' | '<>' | '!=' | '<' | '<=' | '>' | '>=';

export interface Comparison extends Node<'comparison'> {
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}

/** `a = ANY (SELECT ...)`, `a > ALL (...)`. */
export interface QuantifiedComparison extends Node<'quantified'> {
  readonly operator: ComparisonOperator;
  readonly quantifier: 'ANY' | 'ALL';
  readonly left: Expression;
  readonly right: Subquery | Row;
}

/** `a IS [NOT] DISTINCT FROM b`. */
export interface DistinctFrom extends Node<'distinct_from'> {
  readonly negated: boolean;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Between extends Node<'between'> {
  readonly negated: boolean;
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
}

export interface InList extends Node<'in_list'> {
  readonly negated: boolean;
  readonly operand: Expression;
  readonly list: readonly Expression[];
}

export interface InQuery extends Node<'in_query'> {
  readonly negated: boolean;
  readonly operand: Expression;
  readonly query: Query;
}

/** LIKE and similar operators; `patterns` has one item unless `quantifier` is set. */
export interface Like extends Node<'like'> {
  readonly operator: 'LIKE' | 'ILIKE' | 'RLIKE' | 'REGEXP';
  readonly negated: boolean;
  readonly quantifier: 'ANY' | 'ALL' | null;
  readonly operand: Expression;
  readonly patterns: readonly Expression[];
  readonly escape: Expression | null;
}

export interface IsTest extends Node<'is'> {
  readonly negated: boolean;
  readonly test: 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN';
  readonly operand: Expression;
}

export interface Case extends Node<'case'> {
  readonly operand: Expression | null;
  readonly branches: readonly CaseBranch[];
  readonly otherwise: Expression | null;
}

export interface CaseBranch extends Node<'case_branch'> {
  readonly when: Expression;
  readonly result: Expression;
}

export interface Cast extends Node<'cast'> {
  readonly style: '::' | 'CAST' | 'TRY_CAST';
  readonly operand: Expression;
  readonly type: DataType;
  /** Given after a structured type. */
  readonly fieldOptions: readonly ('RENAME FIELDS' | 'ADD FIELDS')[];
}

export interface Collate extends Node<'collate'> {
  readonly operand: Expression;
  readonly collation: StringLiteral;
}

/** `v:a.b[0]."c"`, `v[0]`, `v['a']`. */
export interface Path extends Node<'path'> {
  readonly base: Expression;
  readonly steps: readonly PathStep[];
}

export type PathStep = PathField | PathIndex;

/** `name` is exact: the fields of a VARIANT are case-sensitive. */
export interface PathField extends Node<'path_field'> {
  readonly name: string;
}

export interface PathIndex extends Node<'path_index'> {
  readonly index: Expression;
}

/**
 * Any function call: scalar, aggregate, window or table function. IFF, COALESCE and the like are also calls.
 */
export interface Call extends Node<'call'> {
  readonly name: Name;
  /** `model!PREDICT(...)`: the method called on an object. */
  readonly method: Identifier | null;
  /** `MODEL(name, version)!PREDICT(...)`: `name` is `MODEL`, and these are its own arguments. */
  readonly methodOf: readonly Expression[] | null;
  /** Called without parentheses, as CURRENT_DATE is. */
  readonly bare: boolean;
  readonly distinct: boolean;
  readonly arguments: readonly Expression[];
  readonly withinGroup: OrderBy | null;
  readonly fromLast: boolean;
  readonly nulls: 'IGNORE' | 'RESPECT' | null;
  readonly over: Window | null;
}

/** `OVER (...)`; in the argument of a table function, the same clauses without `OVER`. */
export interface Window extends Node<'window'> {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: OrderBy | null;
  readonly frame: Frame | null;
}

export interface Frame extends Node<'frame'> {
  readonly unit: 'ROWS' | 'RANGE' | 'GROUPS';
  readonly from: FrameBound;
  readonly to: FrameBound | null;
}

export interface FrameBound extends Node<'frame_bound'> {
  readonly direction: 'PRECEDING' | 'FOLLOWING' | 'CURRENT ROW';
  /** Null when unbounded, or for the current row. */
  readonly offset: Expression | null;
}

/** `EXTRACT(part FROM value)`. */
export interface Extract extends Node<'extract'> {
  readonly part: Identifier | StringLiteral;
  readonly from: Expression;
}

export interface ArrayLiteral extends Node<'array'> {
  readonly items: readonly Expression[];
}

/** `{'a': 1}`, `{*}`, `{t.* EXCLUDE c}`, `{}`. */
export interface ObjectLiteral extends Node<'object'> {
  readonly entries: readonly (ObjectEntry | Star | Spread)[];
}

export interface ObjectEntry extends Node<'object_entry'> {
  readonly key: StringLiteral | Identifier;
  readonly value: Expression;
}

/** `** x`: passes the items of an array as arguments. */
export interface Spread extends Node<'spread'> {
  readonly operand: Expression;
}

/** `x -> x + 1`, `(a INT, b INT) -> a + b`; only as an argument. */
export interface Lambda extends Node<'lambda'> {
  readonly parameters: readonly LambdaParameter[];
  readonly body: Expression;
}

export interface LambdaParameter extends Node<'lambda_parameter'> {
  readonly name: Identifier;
  readonly type: DataType | null;
}

/** `name => value`; only as an argument. */
export interface NamedArgument extends Node<'named_argument'> {
  readonly name: Identifier;
  readonly value: Expression;
}

/** `TABLE(t)`, `TABLE(SELECT ...)` as an argument of a table function, with its `PARTITION BY`. */
export interface TableArgument extends Node<'table_argument'> {
  readonly source: Name | Query;
  readonly window: Window | null;
}

/** `c (+)`: the old outer join syntax. */
export interface OuterJoinMark extends Node<'outer_join_mark'> {
  readonly operand: Expression;
}

/** `PRIOR c` and `CONNECT_BY_ROOT c` of CONNECT BY. */
export interface Prior extends Node<'prior'> {
  readonly operator: 'PRIOR' | 'CONNECT_BY_ROOT';
  readonly operand: Expression;
}

/** `FINAL x`, `RUNNING x` in MEASURES. */
export interface MatchSemantics extends Node<'match_semantics'> {
  readonly semantics: 'FINAL' | 'RUNNING';
  readonly operand: Expression;
}

/**
 * `{fn f(a)}`, `{d '2026-01-01'}`, `{t '...'}`, `{ts '...'}`: the portable syntax of ODBC and JDBC drivers; it means
 * `inner`.
 */
export interface OdbcEscape extends Node<'odbc_escape'> {
  /** `FN`, `D`, `T` or `TS`. */
  readonly escape: Words;
  /** A `Call` or a `TypedLiteral`. */
  readonly inner: Expression;
}

/* ---- queries ---- */

/** A whole query, as at the top level, in parentheses, in a view or in a CTE. */
export interface Query extends Node<'query'> {
  readonly with: With | null;
  readonly body: QueryBody;
  readonly orderBy: OrderBy | null;
  readonly limit: Limit | null;
  readonly forUpdate: ForUpdate | null;
}

export type QueryBody = Select | SetOperation | Values | ParenQuery;

/** `(query)` as a whole body or an operand of a set operation. */
export interface ParenQuery extends Node<'paren_query'> {
  readonly query: Query;
}

/** Set operators of the same precedence, flat, left to right: `operators[i]` precedes `operands[i + 1]`. */
export interface SetOperation extends Node<'set_operation'> {
  readonly operators: readonly SetOperator[];
  readonly operands: readonly QueryBody[];
}

export interface SetOperator extends Node<'set_operator'> {
  /** `MINUS` is read as EXCEPT. */
  readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT';
  readonly all: boolean;
  readonly byName: boolean;
}

export interface Values extends Node<'values'> {
  readonly rows: readonly Row[];
}

export interface With extends Node<'with'> {
  readonly recursive: boolean;
  readonly ctes: readonly Cte[];
}

export interface Cte extends Node<'cte'> {
  readonly name: Identifier;
  readonly columns: readonly Identifier[];
  readonly query: Query;
}

export interface Select extends Node<'select'> {
  readonly distinct: boolean;
  /** `TOP n`. */
  readonly top: Expression | null;
  readonly items: readonly (SelectItem | Star)[];
  /** Scripting: `SELECT a INTO :x`. */
  readonly into: readonly (Bind | Identifier)[];
  /** The comma-separated items; each holds its own joins. */
  readonly from: readonly FromItem[];
  readonly where: Expression | null;
  readonly connectBy: ConnectBy | null;
  readonly groupBy: GroupBy | null;
  readonly having: Expression | null;
  readonly qualify: Expression | null;
}

export interface SelectItem extends Node<'select_item'> {
  readonly expression: Expression;
  readonly alias: Identifier | null;
}

export interface ConnectBy extends Node<'connect_by'> {
  readonly startWith: Expression | null;
  readonly condition: Expression;
}

export interface GroupBy extends Node<'group_by'> {
  /** `GROUP BY ALL`. */
  readonly all: boolean;
  readonly items: readonly (Expression | Grouping)[];
}

export interface Grouping extends Node<'grouping'> {
  readonly type: 'CUBE' | 'ROLLUP' | 'GROUPING SETS';
  readonly sets: readonly (Expression | Grouping)[];
}

export interface OrderBy extends Node<'order_by'> {
  /** `ORDER BY ALL`; `items` is then empty. */
  readonly all: boolean;
  readonly items: readonly OrderItem[];
}

export interface OrderItem extends Node<'order_item'> {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls: 'FIRST' | 'LAST' | null;
}

/** `LIMIT n OFFSET m`, `OFFSET m FETCH FIRST n ROWS ONLY`. */
export interface Limit extends Node<'limit'> {
  readonly count: Expression | null;
  readonly offset: Expression | null;
}

export interface ForUpdate extends Node<'for_update'> {
  /** `NOWAIT`, or the seconds of `WAIT n`. */
  readonly wait: 'NOWAIT' | Expression | null;
}

/* ---- FROM ---- */

/** One comma-separated item of FROM: a relation and the joins that follow it, left to right. */
export interface FromItem extends Node<'from_item'> {
  readonly relation: Relation;
  readonly joins: readonly Join[];
}

export interface Join extends Node<'join'> {
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross' | 'asof';
  readonly natural: boolean;
  readonly relation: Relation;
  readonly on: Expression | null;
  readonly using: readonly Identifier[];
  /** `MATCH_CONDITION (...)` of an ASOF join. */
  readonly match: Expression | null;
}

/** The alias and sample clause that may follow any relation. */
interface RelationNode<Kind extends string> extends Node<Kind> {
  readonly alias: TableAlias | null;
  readonly sample: Sample | null;
}

export type Relation =
  | TableRelation
  | FlowResult
  | DerivedTable
  | TableFunction
  | StageRelation
  | ParenRelation
  | SemanticView
  | Pivot
  | Unpivot
  | MatchRecognize
  | Resample;

export interface TableAlias extends Node<'table_alias'> {
  readonly name: Identifier;
  readonly columns: readonly Identifier[];
}

export interface Sample extends Node<'sample'> {
  readonly method: 'ROW' | 'BLOCK';
  readonly size: Expression;
  /** Whether the size is a number of rows (`(10 ROWS)`) rather than a percentage. */
  readonly rows: boolean;
  readonly seed: Expression | null;
}

/** A table, view, stage table or CTE by name, or `TABLE('t')` (a `DynamicName`). */
export interface TableRelation extends RelationNode<'table'> {
  readonly name: Name;
  readonly travel: TimeTravel | null;
  readonly changes: Changes | null;
}

/** `AT (TIMESTAMP => ...)`, `BEFORE (STATEMENT => ...)`, and `END (...)` of CHANGES. */
export interface TimeTravel extends Node<'time_travel'> {
  readonly point: 'AT' | 'BEFORE' | 'END';
  readonly argument: NamedArgument;
}

export interface Changes extends Node<'changes'> {
  readonly information: 'DEFAULT' | 'APPEND_ONLY';
  readonly from: TimeTravel;
  readonly to: TimeTravel | null;
}

/** `FROM $1` after `->>`: the result of the step `index` steps before this one. */
export interface FlowResult extends RelationNode<'flow_result'> {
  /** From 1. */
  readonly index: number;
}

/** `(SELECT ...)`, `(VALUES ...)`, `LATERAL (SELECT ...)`, and `VALUES (...)` without parentheses. */
export interface DerivedTable extends RelationNode<'derived'> {
  readonly lateral: boolean;
  readonly query: Query;
}

/** `TABLE(f(...))`, `LATERAL f(...)`, `f(...)`. */
export interface TableFunction extends RelationNode<'table_function'> {
  readonly lateral: boolean;
  /** Its `over` holds the `PARTITION BY` of a partitioned table function. */
  readonly call: Call;
}

/** `FROM @stage/path (FILE_FORMAT => ..., PATTERN => ...)`. */
export interface StageRelation extends RelationNode<'stage_relation'> {
  readonly stage: StageReference | StringLiteral;
  readonly options: readonly NamedArgument[];
}

/** `(a JOIN b ON ...)`. */
export interface ParenRelation extends RelationNode<'paren_relation'> {
  readonly from: FromItem;
}

/** `SEMANTIC_VIEW(v METRICS a DIMENSIONS b WHERE c)`. */
export interface SemanticView extends RelationNode<'semantic_view'> {
  readonly name: Name;
  readonly clauses: readonly SemanticClause[];
}

export interface SemanticClause extends Node<'semantic_clause'> {
  readonly clause: 'METRICS' | 'DIMENSIONS' | 'FACTS' | 'WHERE';
  /** For WHERE, one item without an alias. */
  readonly items: readonly (SelectItem | Star)[];
}

export interface Pivot extends RelationNode<'pivot'> {
  readonly input: Relation;
  readonly aggregates: readonly SelectItem[];
  readonly column: ColumnReference;
  readonly values: PivotList | PivotAny | Subquery;
  readonly defaultOnNull: Expression | null;
}

export interface PivotList extends Node<'pivot_list'> {
  readonly items: readonly SelectItem[];
}

export interface PivotAny extends Node<'pivot_any'> {
  readonly orderBy: OrderBy | null;
}

export interface Unpivot extends RelationNode<'unpivot'> {
  readonly input: Relation;
  readonly includeNulls: boolean;
  readonly value: Identifier;
  readonly name: Identifier;
  readonly columns: readonly UnpivotColumn[];
}

/** A column, and the label of its rows in the name column: `a AS 'x'`. */
export interface UnpivotColumn extends Node<'unpivot_column'> {
  readonly column: ColumnReference;
  readonly label: Identifier | StringLiteral | null;
}

export interface MatchRecognize extends RelationNode<'match_recognize'> {
  readonly input: Relation;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: OrderBy | null;
  readonly measures: readonly SelectItem[];
  readonly allRows: boolean;
  /** The symbols in order of appearance. The pattern's structure is not kept: it does not affect what is read. */
  readonly pattern: readonly Identifier[];
  /** The numbers of `{n,m}` in the pattern. */
  readonly repeats: readonly NumberLiteral[];
  readonly skipTo: Identifier | null;
  readonly subsets: readonly MatchSubset[];
  readonly define: readonly MatchDefinition[];
}

/**
 * `RESAMPLE (USING c INCREMENT BY INTERVAL '1 hour' PARTITION BY d METADATA_COLUMNS IS_GENERATED() AS g)`: the
 * input's rows, and generated rows for the missing times between them.
 */
export interface Resample extends RelationNode<'resample'> {
  readonly input: Relation;
  readonly using: ColumnReference;
  readonly increment: Expression;
  readonly partitionBy: readonly ColumnReference[];
  /** `IS_GENERATED()` and `BUCKET_START()`: columns that follow the input's. */
  readonly metadata: readonly SelectItem[];
}

export interface MatchSubset extends Node<'match_subset'> {
  readonly name: Identifier;
  readonly symbols: readonly Identifier[];
}

export interface MatchDefinition extends Node<'match_definition'> {
  readonly symbol: Identifier;
  readonly condition: Expression;
}
