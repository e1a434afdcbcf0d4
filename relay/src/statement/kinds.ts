/** The six families that reports count by, and that a policy can name as a whole. */
export type StatementFamily = 'query' | 'dml' | 'ddl' | 'copy' | 'scripting' | 'admin';

/** What a statement is. `name` is lower-case with underscores: `select`, `create_table`, `alter_session`. */
export interface StatementKind {
  readonly family: StatementFamily;
  readonly name: string;
}
