import type { ColumnRef, ObjectName } from './object-name.ts';
import type { SourceRange } from './source-range.ts';
import type { StatementKind } from './kinds.ts';

/**
 * The meaning of one statement, as far as its text, the session and a catalog determine it. Everything that a policy
 * decides on is here, and nothing here depends on data.
 */
export type Understanding = Understood | NotUnderstood;

export interface Understood {
  readonly understood: true;
  readonly kind: StatementKind;
  /** The range of the statement within the text. */
  readonly range: SourceRange;
  readonly objects: readonly ObjectUse[];
  /** The result's columns in order; empty when the statement returns no rows of its own (DDL, DML counts). */
  readonly outputs: readonly OutputColumn[];
  /** How columns are used other than being output: predicates, joins, groups, orders, writes. */
  readonly uses: readonly ColumnUse[];
  readonly functions: readonly FunctionUse[];
  /** Columns whose values are written elsewhere: CTAS, INSERT ... SELECT, UPDATE, MERGE, unloads, clones, views. */
  readonly flows: readonly ColumnFlow[];
  /** What is written, whether it comes from a column or not; one entry for each object and kind of change. */
  readonly writes: readonly RowWrite[];
  /** UPDATE or DELETE with no predicate at all. */
  readonly missingWhere: boolean;
  /** Parts whose meaning is not known: dynamic SQL, unknown functions with side effects, bodies in other languages. */
  readonly opaque: readonly OpaquePart[];
  /** Nested statements that would run with this one: blocks, EXECUTE IMMEDIATE literals, flow chains, task bodies. */
  readonly inner: readonly Understanding[];
  /** How running it changes the state of the session; empty for most statements. */
  readonly sessionEffects: readonly SessionEffect[];
}

export interface NotUnderstood {
  readonly understood: false;
  /** A guess from the leading keywords, for reports only; a policy never allows a statement because of it. */
  readonly kind: StatementKind;
  readonly range: SourceRange;
  readonly problem: UnderstandingProblem;
}

export interface UnderstandingProblem {
  readonly code:
    | 'syntax'
    | 'object_unknown'
    | 'column_unknown'
    | 'ambiguous'
    /** Well-formed SQL that no warehouse would run; `invalid` says why. */
    | 'invalid'
    | 'too_deep'
    | 'too_complex'
    | 'unsupported'
    /** A name was not looked up before the analysis: a defect of the code that loaded the catalog. */
    | 'not_loaded';
  /** Safe to show to the client: names and positions only. */
  readonly message: string;
  readonly range: SourceRange;
  /**
   * The unknown object or column, or the ambiguous column, as it would be written in SQL. Absent if the name alone does
   * not describe the problem.
   */
  readonly name?: string;
  /** Of a statement that is `invalid`, in what way. */
  readonly invalid?: InvalidStatement;
}

/** What is wrong with a statement that is well-formed. Plain data: names and numbers. */
export type InvalidStatement =
  | {
      readonly what: 'too_few_arguments' | 'too_many_arguments';
      readonly function: string;
      readonly expected: number;
      readonly given: number;
    }
  /** `branch`: of the set operation, from 1. */
  | {
      readonly what: 'set_columns';
      readonly expected: number;
      readonly given: number;
      readonly branch: number;
    }
  | { readonly what: 'insert_values'; readonly expected: number; readonly given: number }
  | { readonly what: 'values_rows' }
  /** RESULT_SCAN of what the session has not run, or has run too long ago. */
  | { readonly what: 'unknown_result' };

export type ObjectType =
  | 'table'
  | 'view'
  | 'stage'
  | 'function'
  | 'procedure'
  | 'schema'
  | 'database'
  | 'warehouse'
  | 'role'
  | 'user'
  | 'integration'
  | 'share'
  | 'task'
  | 'stream'
  | 'pipe'
  | 'sequence'
  | 'file_format'
  | 'policy'
  | 'tag'
  | 'session'
  | 'other';

export type ObjectAccess =
  'read' | 'write' | 'create' | 'alter' | 'drop' | 'grant' | 'use' | 'describe' | 'call';

export interface ObjectUse {
  readonly type: ObjectType;
  readonly name: ObjectName;
  readonly access: ObjectAccess;
  readonly range: SourceRange;
  /** Set when the object was reached through a view's definition rather than named in the text. */
  readonly through?: ObjectName;
}

/**
 * How a value is derived from a base column, from most to least revealing. `distinct` is the number of distinct values;
 * `counted` is the number of values, or whether there is one.
 */
export type Derivation = 'direct' | 'expression' | 'aggregate' | 'distinct' | 'counted';

export interface ColumnSource {
  readonly column: ColumnRef;
  readonly how: Derivation;
  /** The path of the part of a VARIANT, outermost first; `'*'` for any array element. Absent: the whole value. */
  readonly path?: readonly string[];
}

export interface OutputColumn {
  readonly name: string;
  readonly sources: readonly ColumnSource[];
  /** Set if at least one source could not be resolved; the policy then masks the whole output or refuses. */
  readonly unresolved?: OpaquePart;
  readonly range: SourceRange;
}

export type UseKind =
  | 'compare'
  | 'equal'
  | 'join'
  | 'group'
  | 'order'
  | 'window'
  | 'aggregate'
  | 'count'
  | 'condition'
  | 'argument';

export interface ColumnUse {
  readonly column: ColumnRef;
  readonly path?: readonly string[];
  readonly as: UseKind;
  readonly range: SourceRange;
  /** How the used value is derived from the column, or from its part at the path; absent if not known. */
  readonly how?: Derivation;
  /** Set if the value determines whether the statement fails. */
  readonly fails?: true;
  /**
   * Set if rows are put together by a key of the column's table as well: as each of these has one value, the column's
   * value makes no difference to which rows are together.
   */
  readonly keyed?: true;
  /** The clause, operator or function that uses it, for people: `GROUP BY`, `LIKE`, `TO_NUMBER`. */
  readonly by?: string;
}

export interface FunctionUse {
  /** Built-in functions have only a `name`; user-defined ones a resolved name. */
  readonly name: ObjectName;
  readonly builtIn: boolean;
  readonly range: SourceRange;
}

export interface ColumnFlow {
  readonly from: ColumnSource | OpaquePart;
  readonly to: FlowTarget;
  readonly range: SourceRange;
}

export type FlowTarget =
  | { readonly type: 'column'; readonly column: ColumnRef }
  | { readonly type: 'location'; readonly location: string }
  | { readonly type: 'variable'; readonly name: string };

/** Rows that are inserted, updated, deleted or created, and the columns that are written. */
export interface RowWrite {
  readonly object: ObjectName;
  readonly how: 'insert' | 'update' | 'delete' | 'create';
  /** Null: whole rows, or unknown columns. */
  readonly columns: readonly string[] | null;
}

export interface OpaquePart {
  readonly opaque: true;
  readonly reason: string;
  readonly range: SourceRange;
  /** Set if only the bodies of these functions are unknown: a policy may declare what they do. */
  readonly functions?: readonly ObjectName[];
}

export type SessionEffect =
  | {
      readonly type: 'use';
      readonly what: 'database' | 'schema' | 'warehouse' | 'role';
      readonly name: string;
    }
  | {
      readonly type: 'set_variable';
      readonly name: string;
      readonly sources: readonly ColumnSource[];
      /** The text that it was set to, if it is a literal. */
      readonly literal?: string;
    }
  | { readonly type: 'unset_variable'; readonly name: string }
  | { readonly type: 'alter_session'; readonly parameters: readonly string[] };
