import type { DataType, Identifier, Name, Node, StageReference, StringLiteral, Words } from './names.ts';
import type { Option, OptionValue, PolicyReference, TagAssignment } from './options.ts';
import type { Expression, TimeTravel } from './query.ts';

/** A column of a table or view; `type` is null when a query determines it. */
export interface ColumnDefinition extends Node<'column_definition'> {
  readonly name: Identifier;
  readonly type: DataType | null;
  readonly defaultValue: Expression | null;
  /** `AS (...)`: a computed column. */
  readonly computed: Expression | null;
  readonly check: Expression | null;
  readonly references: Reference | null;
  readonly policies: readonly PolicyReference[];
  readonly tags: readonly TagAssignment[];
  readonly options: readonly Option[];
  /** `NOT NULL`, `PRIMARY KEY`, `AUTOINCREMENT`, ... */
  readonly flags: readonly Words[];
}

export interface TableConstraint extends Node<'table_constraint'> {
  readonly name: Identifier | null;
  readonly type: 'primary_key' | 'unique' | 'foreign_key' | 'check' | 'index';
  readonly columns: readonly Identifier[];
  readonly references: Reference | null;
  readonly check: Expression | null;
  readonly options: readonly Option[];
  readonly flags: readonly Words[];
}

export interface Reference extends Node<'reference'> {
  readonly table: Name;
  readonly columns: readonly Identifier[];
}

/** A parameter of a routine or policy. */
export interface Parameter extends Node<'parameter'> {
  readonly name: Identifier;
  readonly type: DataType | null;
  /** The columns of a `TABLE (...)` argument. */
  readonly columns: readonly ColumnDefinition[];
  readonly defaultValue: Expression | null;
  readonly flags: readonly Words[];
}

/** `RETURNS type` or `RETURNS TABLE (a INT)`. */
export interface Returns extends Node<'returns'> {
  readonly table: boolean;
  readonly type: DataType | null;
  readonly columns: readonly ColumnDefinition[];
  readonly flags: readonly Words[];
}

/** What a new object is copied from; the copy is as sensitive as its source. */
export interface Clone extends Node<'clone'> {
  readonly how: 'clone' | 'like' | 'template';
  /** A subquery for `USING TEMPLATE`. */
  readonly source: Name | Expression;
  readonly travel: TimeTravel | null;
}

/** `ON TABLE t`, `FROM SHARE a.s`, `AFTER t1`: an object that another one depends on. */
export interface SourceObject extends Node<'source_object'> {
  /** `ON TABLE`, `FROM SHARE`, `AFTER`, ... */
  readonly role: Words;
  readonly name: Name | StageReference | StringLiteral;
  readonly travel: TimeTravel | null;
}

export type AlterAction =
  | SetOptions
  | UnsetOptions
  | RenameTo
  | SwapWith
  | AddColumns
  | DropColumns
  | RenameColumn
  | AlterColumn
  | AddConstraint
  | SetTags
  | UnsetTags
  | AttachPolicy
  | DetachPolicy
  | ClusterBy
  | OtherAction;

export interface SetOptions extends Node<'set_options'> {
  readonly options: readonly Option[];
}

export interface UnsetOptions extends Node<'unset_options'> {
  readonly names: readonly Words[];
}

export interface RenameTo extends Node<'rename_to'> {
  readonly name: Name;
}

export interface SwapWith extends Node<'swap_with'> {
  readonly name: Name;
}

export interface AddColumns extends Node<'add_columns'> {
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
}

export interface DropColumns extends Node<'drop_columns'> {
  readonly ifExists: boolean;
  readonly columns: readonly Identifier[];
}

export interface RenameColumn extends Node<'rename_column'> {
  readonly from: Identifier;
  readonly to: Identifier;
}

/** One column of `ALTER|MODIFY COLUMN`, and what is set, dropped or attached. */
export interface AlterColumn extends Node<'alter_column'> {
  readonly column: Identifier;
  readonly change: DataType | Expression | AttachPolicy | DetachPolicy | SetTags | UnsetTags | Option | Words;
}

export interface AddConstraint extends Node<'add_constraint'> {
  readonly constraint: TableConstraint;
}

export interface SetTags extends Node<'set_tags'> {
  readonly tags: readonly TagAssignment[];
}

export interface UnsetTags extends Node<'unset_tags'> {
  readonly tags: readonly Name[];
}

export interface AttachPolicy extends Node<'attach_policy'> {
  readonly policy: PolicyReference;
  readonly force: boolean;
}

/** Removes a policy, which leaves the data it protected open. */
export interface DetachPolicy extends Node<'detach_policy'> {
  readonly policy: PolicyReference;
  /** `DROP ALL ROW ACCESS POLICIES`. */
  readonly all: boolean;
}

/** `RESUME`, `REFRESH`, `ADD ACCOUNTS = a`, ...: any other action, part by part. */
export interface OtherAction extends Node<'other_action'> {
  /** The first word: `RESUME`, `ADD`, ... */
  readonly verb: Words;
  /** Keywords as `Words`, names as names, conditions as expressions. */
  readonly parts: readonly (Option | OptionValue | Expression)[];
}

/** `CLUSTER BY (a, b)`. */
export interface ClusterBy extends Node<'cluster_by'> {
  readonly expressions: readonly Expression[];
}
