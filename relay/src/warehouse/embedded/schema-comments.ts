import type { ObjectName } from '@sluice/snowflake-sql';
import { encodeName, quoteName, quoteString } from './render/quote.ts';

/** What is said of schemas: `name`, `comment`. It lies where the registry does, and no statement can name it. */
export function schemaComments(database: string): string {
  return `${quoteName(database)}.main."~SCHEMA"`;
}

export function createSchemaComments(database: string): string {
  return `CREATE TABLE ${schemaComments(database)} (name VARCHAR, comment VARCHAR)`;
}

/** @param text - null: nothing any more. */
export function commentOnSchema({ database, name }: ObjectName, text: string | null): string {
  const table = schemaComments(database);
  const before = `DELETE FROM ${table} WHERE name = ${quoteString(name)}`;
  return text === null
    ? before
    : `${before}; INSERT INTO ${table} VALUES (${quoteString(name)}, ${quoteString(text)})`;
}

/** Of one that is made only if it is not there: before it is made. */
export function commentOnNewSchema({ database, name }: ObjectName, text: string): string {
  const [of, called] = [database, name].map((one) => quoteString(encodeName(one)));
  return `INSERT INTO ${schemaComments(database)} SELECT ${quoteString(name)}, ${quoteString(text)}
    WHERE NOT EXISTS (SELECT 1 FROM duckdb_schemas() WHERE database_name = ${of} AND schema_name = ${called} AND NOT internal)`;
}
