/** Statements and the nodes that hold them: blocks, bodies, flows. One file, as their types refer to one another. */
import type { ParseFailure } from '../failure.ts';
import type { DdlObjectType } from '../object-types.ts';
import type { AdminStatement } from './admin.ts';
import type { CopyStatement } from './copy.ts';
import type {
  AlterAction,
  Clone,
  ColumnDefinition,
  Parameter,
  Returns,
  SourceObject,
  TableConstraint,
} from './ddl.ts';
import type { DmlStatement } from './dml.ts';
import type {
  Bind,
  DataType,
  Identifier,
  Name,
  Node,
  StageReference,
  StringLiteral,
  Words,
} from './names.ts';
import type { Option, PolicyReference, TagAssignment } from './options.ts';
import type { Call, Expression, NamedArgument, Query } from './query.ts';

export type Statement =
  | Query
  | DmlStatement
  | CopyStatement
  | AdminStatement
  | Create
  | Alter
  | Explain
  | Flow
  | CallStatement
  | ExecuteImmediate
  | ExecuteImmediateFrom
  | Block
  | ScriptStatement;

/** `a ->> b ->> c`: each step may read the results of earlier steps as `$1` (the one just before), `$2`, ... */
export interface Flow extends Node<'flow'> {
  readonly steps: readonly Statement[];
}

export interface Explain extends Node<'explain'> {
  readonly format: 'TABULAR' | 'JSON' | 'TEXT' | null;
  /** A string literal: the id of a query. */
  readonly statement: Statement | StringLiteral;
}

/** `CALL p(...)`, with the procedures of a leading `WITH ... AS PROCEDURE`. */
export interface CallStatement extends Node<'call_statement'> {
  readonly procedures: readonly InlineProcedure[];
  readonly call: Call;
  readonly into: Bind | Identifier | null;
}

export interface InlineProcedure extends Node<'inline_procedure'> {
  readonly name: Identifier;
  readonly parameters: readonly Parameter[];
  readonly returns: Returns | null;
  readonly options: readonly (Option | Words)[];
  readonly body: Body | null;
}

/** The text it runs is static when `source` is `Embedded`, and otherwise unknown until run time. */
export interface ExecuteImmediate extends Node<'execute_immediate'> {
  readonly source: Embedded | Expression;
  readonly using: readonly Expression[];
}

/** `EXECUTE IMMEDIATE FROM @stage/file.sql`: runs the statements in a file. */
export interface ExecuteImmediateFrom extends Node<'execute_immediate_from'> {
  readonly file: StageReference | StringLiteral;
  readonly using: readonly NamedArgument[];
  readonly options: readonly Option[];
}

/**
 * SQL inside a literal. Offsets of the nodes in `content` are into `source`: the statement's own source
 * when `verbatim` (the literal holds no escapes), else the literal's value.
 */
export interface Embedded extends Node<'embedded'> {
  readonly literal: StringLiteral;
  readonly verbatim: boolean;
  readonly source: string;
  readonly content: Script | EmbeddedExpression | Opaque;
}

export interface Script extends Node<'script'> {
  readonly statements: readonly Statement[];
}

export interface EmbeddedExpression extends Node<'embedded_expression'> {
  readonly expression: Expression;
}

/** A body that cannot be parsed: another language (`failure` is null), or SQL that does not parse. */
export interface Opaque extends Node<'opaque'> {
  readonly language: string;
  readonly failure: ParseFailure | null;
}

/** What a routine, task, alert, policy or pipe does. */
export type Body = Statement | Embedded | Expression;

/* ---- scripting ---- */

export interface Block extends Node<'block'> {
  readonly label: Identifier | null;
  readonly declarations: readonly Declaration[];
  readonly statements: readonly Statement[];
  readonly handlers: readonly ExceptionHandler[];
}

export type Declaration =
  VariableDeclaration | CursorDeclaration | ResultSetDeclaration | ExceptionDeclaration | InlineProcedure;

export interface VariableDeclaration extends Node<'variable_declaration'> {
  readonly name: Identifier;
  readonly type: DataType | null;
  readonly value: ScriptValue | null;
}

export interface CursorDeclaration extends Node<'cursor_declaration'> {
  readonly name: Identifier;
  readonly source: Query | Expression;
}

export interface ResultSetDeclaration extends Node<'resultset_declaration'> {
  readonly name: Identifier;
  readonly value: ScriptValue | null;
}

export interface ExceptionDeclaration extends Node<'exception_declaration'> {
  readonly name: Identifier;
  readonly number: Expression | null;
  readonly message: StringLiteral | null;
}

/** A value, or the result of a statement: `(CALL p())`, `ASYNC (SELECT ...)`. */
export type ScriptValue = Expression | StatementResult;

export interface StatementResult extends Node<'statement_result'> {
  readonly async: boolean;
  readonly statement: Statement;
}

export interface ExceptionHandler extends Node<'exception_handler'> {
  /** The names, in order; `OTHER` catches every exception. */
  readonly exceptions: readonly Identifier[];
  readonly action: 'EXIT' | 'CONTINUE' | null;
  readonly statements: readonly Statement[];
}

/** Only inside a block. */
export type ScriptStatement =
  | Let
  | Assign
  | If
  | CaseStatement
  | For
  | While
  | Repeat
  | Loop
  | Leave
  | Return
  | Raise
  | Open
  | Fetch
  | Close
  | Await
  | Cancel
  | NullStatement
  | AsyncStatement;

export interface Let extends Node<'let'> {
  readonly declaration: Declaration;
}

export interface Assign extends Node<'assign'> {
  readonly target: Identifier | Bind;
  readonly value: ScriptValue;
}

export interface ConditionalBranch extends Node<'conditional_branch'> {
  readonly condition: Expression;
  readonly statements: readonly Statement[];
}

export interface If extends Node<'if'> {
  readonly branches: readonly ConditionalBranch[];
  readonly otherwise: readonly Statement[];
}

export interface CaseStatement extends Node<'case_statement'> {
  readonly operand: Expression | null;
  readonly branches: readonly ConditionalBranch[];
  readonly otherwise: readonly Statement[];
}

export interface For extends Node<'for'> {
  readonly label: Identifier | null;
  readonly variable: Identifier;
  readonly source: CountRange | Expression;
  readonly statements: readonly Statement[];
}

/** `1 TO 10`, `REVERSE 1 TO :n`. */
export interface CountRange extends Node<'count_range'> {
  readonly reverse: boolean;
  readonly from: Expression;
  readonly to: Expression;
}

export interface While extends Node<'while'> {
  readonly label: Identifier | null;
  readonly condition: Expression;
  readonly statements: readonly Statement[];
}

export interface Repeat extends Node<'repeat'> {
  readonly label: Identifier | null;
  readonly statements: readonly Statement[];
  readonly until: Expression;
}

export interface Loop extends Node<'loop'> {
  readonly label: Identifier | null;
  readonly statements: readonly Statement[];
}

/** `BREAK`, `EXIT`, `CONTINUE` or `ITERATE`, with the loop's label. */
export interface Leave extends Node<'leave'> {
  readonly how: 'break' | 'continue';
  readonly label: Identifier | null;
}

export interface Return extends Node<'return'> {
  readonly value: ScriptValue | null;
  /** `RETURN TABLE (...)`. */
  readonly table: boolean;
}

export interface Raise extends Node<'raise'> {
  readonly exception: Identifier | null;
}

export interface Open extends Node<'open'> {
  readonly cursor: Identifier;
  readonly using: readonly Expression[];
}

export interface Fetch extends Node<'fetch'> {
  readonly cursor: Identifier;
  readonly into: readonly (Identifier | Bind)[];
}

export interface Close extends Node<'close'> {
  readonly cursor: Identifier;
}

/** `AWAIT ALL` (`resultSet` is null) or `AWAIT rs`. */
export interface Await extends Node<'await'> {
  readonly resultSet: Identifier | null;
}

export interface Cancel extends Node<'cancel'> {
  readonly resultSet: Identifier;
}

export interface NullStatement extends Node<'null_statement'> {}

/** `ASYNC (statement)`. */
export interface AsyncStatement extends Node<'async'> {
  readonly statement: Statement;
}

/* ---- DDL ---- */

/** CREATE of any object type; parts that the type does not have are empty or null. */
export interface Create extends Node<'create'> {
  /** Lower case with underscores: `table`, `row_access_policy`. */
  readonly objectType: DdlObjectType;
  /** `OR REPLACE`, `OR ALTER`; `DEFINE` for the declarative form of a project. */
  readonly or: 'REPLACE' | 'ALTER' | 'DEFINE' | null;
  /** `SECURE`, `TEMPORARY`, `TRANSIENT`, ...; for an instance, its class. */
  readonly modifiers: readonly Words[];
  readonly ifNotExists: boolean;
  readonly name: Name | StringLiteral | null;
  readonly parameters: readonly Parameter[];
  readonly returns: Returns | null;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly TableConstraint[];
  /** CLONE, LIKE, USING TEMPLATE, FROM: what the new object is copied from. */
  readonly clone: Clone | null;
  /** The objects it watches or is derived from: `ON TABLE t`, `FROM SHARE s`, `AFTER task`. */
  readonly sources: readonly SourceObject[];
  /** `WHEN ...` of a task, `IF (EXISTS (...))` of an alert. */
  readonly condition: Expression | null;
  /** The query of a CTAS, a view or a dynamic table. */
  readonly query: Query | null;
  readonly body: Body | null;
  readonly options: readonly Option[];
  readonly tags: readonly TagAssignment[];
  readonly policies: readonly PolicyReference[];
  /** `CLUSTER BY` and other lists of expressions. */
  readonly expressions: readonly Expression[];
  /** `COPY GRANTS` and other keywords without a value. */
  readonly flags: readonly Words[];
}

export interface Alter extends Node<'alter'> {
  readonly objectType: DdlObjectType;
  readonly ifExists: boolean;
  /** Null for the session, the current account and the current user. */
  readonly name: Name | StringLiteral | null;
  /** More objects that the same action changes: `ALTER DYNAMIC TABLE a, b REFRESH`. */
  readonly others: readonly Name[];
  readonly signature: readonly DataType[] | null;
  readonly actions: readonly (AlterAction | ReplaceBody)[];
}

/** `MODIFY AS ...`, `SET BODY -> ...`, `MODIFY CONDITION EXISTS (...)`, `MODIFY WHEN ...`. */
export interface ReplaceBody extends Node<'replace_body'> {
  readonly part: 'body' | 'condition';
  readonly body: Body;
}
