import { quoteName } from './render/quote.ts';

/** The one database there is. */
export const DATABASE = 'SHOP';

/**
 * What the embedded warehouse remembers of each table and view beside what DuckDB does: a version, which is new with
 * every change of it; its columns, whose types and defaults are as they were declared, and which DuckDB does not tell of
 * a view whose tables have gone; its keys; and a view's text in Snowflake's SQL. It lies in the database of the objects,
 * in a schema and under a name that no statement can say, so that one transaction changes both or neither; and it is
 * indexed by name, where DuckDB's own listings go through every object there is.
 */
export function registryOf(database: string): string {
  return `${quoteName(database)}.main."~OBJECT"`;
}

/** The same for a session's own tables, when it has any. `place`: what DuckDB calls them. */
export const OWN_REGISTRY = 'temp.main."~OBJECT"';
