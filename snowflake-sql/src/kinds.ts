import type { DdlObjectType } from './object-types.ts';

/** The kind of a statement. `name` is lower-case with underscores: `select`, `create_table`, `alter_session`. */
export interface StatementKind {
  readonly family: StatementFamily;
  readonly name: StatementName;
}

/** The six families by which reports count, and which a policy can name as a whole. */
export type StatementFamily = 'query' | 'dml' | 'ddl' | 'copy' | 'scripting' | 'admin';

/** The closed list of kinds. `unknown` is only for refused statements whose first words determine no kind. */
export type StatementName =
  keyof typeof FAMILY_OF_NAME | `${'create' | 'alter' | 'drop' | 'undrop'}_${DdlObjectType}`;

/** The family of each kind that does not consist of a verb and an object type. */
export const FAMILY_OF_NAME = {
  select: 'query',
  values: 'query',
  set_operation: 'query',
  insert: 'dml',
  insert_all: 'dml',
  update: 'dml',
  delete: 'dml',
  merge: 'dml',
  truncate_table: 'dml',
  truncate_materialized_view: 'dml',
  copy_into_table: 'copy',
  copy_into_location: 'copy',
  copy_files: 'copy',
  put: 'copy',
  get: 'copy',
  list: 'copy',
  remove: 'copy',
  call: 'scripting',
  execute_immediate: 'scripting',
  block: 'scripting',
  flow: 'scripting',
  script_statement: 'scripting',
  comment: 'ddl',
  use_role: 'admin',
  use_secondary_roles: 'admin',
  use_warehouse: 'admin',
  use_database: 'admin',
  use_schema: 'admin',
  use_catalog: 'admin',
  set: 'admin',
  unset: 'admin',
  begin: 'admin',
  commit: 'admin',
  rollback: 'admin',
  show: 'admin',
  describe: 'admin',
  explain: 'admin',
  grant: 'admin',
  revoke: 'admin',
  execute_task: 'admin',
  execute_alert: 'admin',
  execute_notebook: 'admin',
  execute_job_service: 'admin',
  execute_project: 'admin',
  unknown: 'admin',
} as const satisfies Record<string, StatementFamily>;

/** The kind with this name. Kinds that are not listed are DDL, except for the session's own settings. */
export function kindNamed(name: StatementName): StatementKind {
  return { family: familyOf(name), name };
}

function familyOf(name: StatementName): StatementFamily {
  if (name === 'alter_session') return 'admin';
  return Object.hasOwn(FAMILY_OF_NAME, name) ? FAMILY_OF_NAME[name as keyof typeof FAMILY_OF_NAME] : 'ddl';
}
