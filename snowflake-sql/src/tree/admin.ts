import type { DdlObjectType } from '../object-types.ts';
import type {
  Identifier,
  Name,
  Node,
  NumberLiteral,
  QualifiedName,
  StageReference,
  StringLiteral,
  Words,
} from './names.ts';
import type { DataType, DynamicName } from './names.ts';
import type { Option, OptionValue } from './options.ts';
import type { Call, Expression } from './query.ts';

export type AdminStatement =
  | Use
  | SetVariables
  | UnsetVariables
  | Transaction
  | Show
  | Describe
  | Grant
  | Revoke
  | Comment
  | Drop
  | Undrop
  | ExecuteObject;

/** `USE ROLE r`, `USE SECONDARY ROLES ALL`, `USE DATABASE d`, `USE d.s`. */
export interface Use extends Node<'use'> {
  readonly what: 'role' | 'secondary_roles' | 'warehouse' | 'database' | 'schema' | 'catalog';
  /** Null for `SECONDARY ROLES ALL|NONE`. */
  readonly name: Name | null;
  /** For SECONDARY ROLES: `ALL`, `NONE`, or role names. */
  readonly roles: 'ALL' | 'NONE' | readonly Identifier[];
}

/** `SET a = 1`, `SET (a, b) = (1, 2)`. */
export interface SetVariables extends Node<'set_variables'> {
  readonly names: readonly Identifier[];
  readonly values: readonly Expression[];
}

export interface UnsetVariables extends Node<'unset_variables'> {
  readonly names: readonly Identifier[];
}

export interface Transaction extends Node<'transaction'> {
  readonly action: 'begin' | 'commit' | 'rollback';
  readonly name: Identifier | null;
}

/** `SHOW [TERSE] what [HISTORY] [LIKE ...] [IN ...] ...`. */
export interface Show extends Node<'show'> {
  /** `TABLES`, `GRANTS`, `PRIMARY KEYS`, ... */
  readonly what: Words;
  readonly like: StringLiteral | null;
  /** `IN ACCOUNT`, `ON TABLE t`, `TO ROLE r`, `OF SHARE s`, ... */
  readonly scopes: readonly ShowScope[];
  readonly startsWith: StringLiteral | null;
  readonly limit: NumberLiteral | null;
  readonly from: StringLiteral | null;
  /** `HISTORY`, `TERSE`, `WITH PRIVILEGES a, b`, ... */
  readonly flags: readonly Words[];
}

export interface ShowScope extends Node<'show_scope'> {
  readonly preposition: 'IN' | 'ON' | 'TO' | 'OF' | 'FOR' | 'BY';
  /** `ACCOUNT`, `DATABASE`, ...; null when only a name is given. */
  readonly objectType: Words | null;
  readonly name: Name | StageReference | null;
  readonly signature: readonly DataType[] | null;
}

/** `DESCRIBE TABLE t`, `DESC RESULT LAST_QUERY_ID()`. */
export interface Describe extends Node<'describe'> {
  /** Null when only a name is given. */
  readonly objectType: DdlObjectType | null;
  readonly name: Name | StageReference | StringLiteral | NumberLiteral | Call | null;
  readonly signature: readonly DataType[] | null;
  readonly options: readonly Option[];
}

/** A privilege or `ALL PRIVILEGES`; in a grant without `on`, a granted role. */
export interface Privilege extends Node<'privilege'> {
  readonly words: Words;
  /** `SELECT (a, b)`. */
  readonly columns: readonly Identifier[];
}

export interface GrantObject extends Node<'grant_object'> {
  /**
   * `TABLE`, `ALL TABLES IN SCHEMA`, `FUTURE VIEWS IN DATABASE`, `ACCOUNT`, ... When the source gives only a name,
   * this is `TABLE`, with an empty range.
   */
  readonly objectType: Words;
  readonly quantity: 'one' | 'all' | 'future';
  readonly names: readonly Name[];
  readonly signature: readonly DataType[] | null;
}

export interface Grantee extends Node<'grantee'> {
  readonly type: GranteeType;
  /** The class of the instance whose role is granted: `SNOWFLAKE.CORE.BUDGET ROLE b!VIEWER`. */
  readonly ofClass: Words | null;
  readonly name: Name;
  /** `service!role`: the role within the named service or instance. */
  readonly member: Identifier | null;
}

export type GranteeType =
  | 'role'
  | 'database_role'
  | 'user'
  | 'share'
  | 'application'
  | 'application_role'
  | 'application_package'
  | 'share_in_application_package'
  | 'service_role'
  | 'instance_role';

export interface Grant extends Node<'grant'> {
  readonly privileges: readonly Privilege[];
  /** The granted roles, when `on` is null. */
  readonly roles: readonly Grantee[];
  readonly on: GrantObject | null;
  readonly to: readonly Grantee[];
  /** `WITH GRANT OPTION`, `COPY CURRENT GRANTS`, ... */
  readonly flags: readonly Words[];
}

export interface Revoke extends Node<'revoke'> {
  readonly privileges: readonly Privilege[];
  readonly roles: readonly Grantee[];
  readonly on: GrantObject | null;
  readonly from: readonly Grantee[];
  readonly flags: readonly Words[];
}

export interface Comment extends Node<'comment'> {
  readonly objectType: DdlObjectType;
  readonly ifExists: boolean;
  readonly name: QualifiedName | DynamicName;
  readonly signature: readonly DataType[] | null;
  readonly text: StringLiteral;
}

export interface Drop extends Node<'drop'> {
  readonly objectType: DdlObjectType;
  readonly ifExists: boolean;
  readonly name: Name;
  readonly signature: readonly DataType[] | null;
  /** `CASCADE`, `RESTRICT`, ...; for an instance, its class. */
  readonly flags: readonly Words[];
  readonly options: readonly Option[];
}

export interface Undrop extends Node<'undrop'> {
  readonly objectType: DdlObjectType;
  readonly name: Name;
  readonly signature: readonly DataType[] | null;
}

/** `EXECUTE TASK t`, `EXECUTE ALERT a`, `EXECUTE NOTEBOOK n('x')`, ... */
export interface ExecuteObject extends Node<'execute_object'> {
  readonly what: 'task' | 'alert' | 'notebook' | 'job_service' | 'project';
  readonly name: Name | null;
  readonly arguments: readonly Expression[];
  readonly options: readonly (Option | OptionValue)[];
}
