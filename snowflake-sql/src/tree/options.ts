import type {
  BooleanLiteral,
  DataType,
  DynamicName,
  Identifier,
  NullLiteral,
  Node,
  NumberLiteral,
  QualifiedName,
  Bind,
  SessionVariable,
  StageReference,
  StringLiteral,
  Words,
} from './names.ts';
import type { Call, Expression } from './query.ts';

/**
 * `NAME = value`, or `NAME value` where Snowflake omits the equals sign (`COMMENT 'x'`). The grammar does not
 * list which object takes which option, so that statements with a new option still parse. Every token of the
 * option is kept, and options that matter to security (URL, STORAGE_INTEGRATION, ...) are found by name.
 */
export interface Option extends Node<'option'> {
  readonly name: Words | StringLiteral;
  /** Null for an option without a value: `SET SECURE`. */
  readonly value: OptionValue | null;
}

export type OptionValue =
  | StringLiteral
  | NumberLiteral
  | BooleanLiteral
  | NullLiteral
  | SessionVariable
  | Bind
  | StageReference
  | QualifiedName
  | DynamicName
  | DataType
  | Call
  | Words
  | OptionList;

/** `(a, b)`, `(A = 1 B = 2)`, `['x', 'y']`, or `a, b` without brackets: values or nested options. */
export interface OptionList extends Node<'option_list'> {
  readonly items: readonly (OptionValue | Option)[];
}

/** `TAG (name = 'value', ...)`. */
export interface TagAssignment extends Node<'tag_assignment'> {
  readonly tag: QualifiedName | DynamicName;
  readonly value: StringLiteral | Identifier | SessionVariable | Bind;
}

/** A policy on a table, view or column: `MASKING POLICY p USING (a)`, `ROW ACCESS POLICY p ON (a)`. */
export interface PolicyReference extends Node<'policy_reference'> {
  readonly policy:
    | 'masking'
    | 'projection'
    | 'row_access'
    | 'aggregation'
    | 'join'
    | 'privacy'
    | 'storage_lifecycle'
    | 'authentication'
    | 'password'
    | 'session'
    | 'packages'
    | 'feature'
    | 'backup'
    | 'snapshot';
  /** Null when a policy is removed without being named. */
  readonly name: QualifiedName | DynamicName | null;
  /** `USING (...)`, `ON (...)`, `ENTITY KEY (...)`, `ALLOWED JOIN KEYS (...)`: columns, and conditions on them. */
  readonly columns: readonly Expression[];
}
