import type { SourceRange } from '../source-range.ts';

/** A node of the tree: its kind and its source range. Offsets are into the source of its statement. */
export interface Node<Kind extends string> extends SourceRange {
  readonly kind: Kind;
}

/**
 * One name. `name` is as Snowflake resolves it: upper case when written without quotes, exact when quoted
 * (with `""` already unescaped to `"`). Compare names by this field, never by source text.
 */
export interface Identifier extends Node<'identifier'> {
  readonly name: string;
  readonly quoted: boolean;
}

/**
 * `object`, `schema.object` or `db.schema.object`. `db..object` has two parts and `publicSchema`, since
 * Snowflake reads the empty schema as PUBLIC.
 */
export interface QualifiedName extends Node<'qualified_name'> {
  readonly parts: readonly Identifier[];
  readonly publicSchema: boolean;
}

/**
 * A name given by a value: `IDENTIFIER('db.t')`, `IDENTIFIER($v)`, `TABLE(:t)`. It is static only when the
 * argument is a string literal, whose text must then be parsed as a name.
 */
export interface DynamicName extends Node<'dynamic_name'> {
  readonly via: 'IDENTIFIER' | 'TABLE';
  readonly argument: StringLiteral | SessionVariable | Bind | Identifier;
}

export type Name = QualifiedName | DynamicName;

/** `'...'` or `$$...$$`; `value` is unescaped. */
export interface StringLiteral extends Node<'string'> {
  readonly value: string;
  readonly quote: "'" | '$$';
}

/** A number; `text` is as written, such as `1`, `.5` or `1.5e-3`. */
export interface NumberLiteral extends Node<'number'> {
  readonly text: string;
}

export interface BooleanLiteral extends Node<'boolean'> {
  readonly value: boolean;
}

export interface NullLiteral extends Node<'null'> {}

/** `DEFAULT` as an inserted or assigned value. */
export interface DefaultValue extends Node<'default'> {}

/** `DATE '2026-01-01'`, `TIMESTAMP '...'`, `X'ff'`. */
export interface TypedLiteral extends Node<'typed_literal'> {
  readonly type: string;
  readonly value: StringLiteral;
}

/** `INTERVAL '1 day, 2 hours'`, `INTERVAL '90' DAY`, `INTERVAL '1-2' YEAR TO MONTH`. */
export interface IntervalLiteral extends Node<'interval'> {
  readonly value: StringLiteral;
  /** The words after the string, such as `DAY` or `YEAR TO MONTH`; empty when there are none. */
  readonly unit: string;
}

/** `$name`: a session variable. */
export interface SessionVariable extends Node<'variable'> {
  /** Upper case. */
  readonly name: string;
}

/**
 * `$1`, `t.$1`: a column by position, in a stage, VALUES or any other relation. After `->>`, `$1` as a
 * relation is a `FlowResult` instead.
 */
export interface Position extends Node<'position'> {
  readonly qualifier: QualifiedName | null;
  /** From 1. */
  readonly index: number;
}

/** `?`, `:1`, or `:name` (a scripting variable or a named bind). */
export interface Bind extends Node<'bind'> {
  /** `?`, digits, or the name in upper case. */
  readonly name: string;
}

/** `@stage/path`, `@db.schema.%table`, `@~`. */
export interface StageReference extends Node<'stage'> {
  /** The stage's name; for a table stage, the table's name; null for the user stage `@~`. */
  readonly name: QualifiedName | null;
  readonly type: 'named' | 'table' | 'user';
  /** The path after the name, with its leading slash; empty if there is none. */
  readonly path: string;
}

/**
 * A type: `NUMBER(10, 2)`, `TIMESTAMP WITH TIME ZONE`, `ARRAY(INT NOT NULL)`, `OBJECT(a INT)`,
 * `MAP(VARCHAR, INT)`, `VECTOR(FLOAT, 256)`.
 */
export interface DataType extends Node<'data_type'> {
  /** Upper case, with words joined by one space. */
  readonly name: string;
  readonly parameters: readonly NumberLiteral[];
  /** The element types of a structured type, in order; only the fields of an OBJECT have a `name`. */
  readonly fields: readonly TypeField[];
}

export interface TypeField extends Node<'type_field'> {
  /** In the case that it is written in. */
  readonly name: Identifier | null;
  readonly type: DataType;
  readonly nullable: boolean;
}

/**
 * Keywords, in places where a closed list of them would be a list of Snowflake's features: a privilege
 * (`CREATE TABLE`), a flag (`COPY GRANTS`), an option's name.
 */
export interface Words extends Node<'words'> {
  /** Upper case, with words joined by one space. */
  readonly text: string;
}
