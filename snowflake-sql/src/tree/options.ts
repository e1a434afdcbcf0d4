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
 * `NAME = value`, or `NAME value` where Snowflake leaves the sign out (`COMMENT 'x'`). The grammar does not
 * list which object takes which option, so that a new one does not refuse old statements; every token of it
 * is here, and what matters to security (URL, STORAGE_INTEGRATION, ...) is found by name.
 */
export interface Option extends Node<'option'> {
  readonly name: Words | StringLiteral;
  /** Null where naming it sets it: `SET SECURE`. */
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

/** `(a, b)`, `(A = 1 B = 2)`, `['x', 'y']`, or `a, b` without brackets: values, or options of its own. */
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
  /** Null where a policy is taken away without naming it. */
  readonly name: QualifiedName | DynamicName | null;
  /** `USING (...)`, `ON (...)`, `ENTITY KEY (...)`, `ALLOWED JOIN KEYS (...)`: columns, and conditions on them. */
  readonly columns: readonly Expression[];
}
