import type { DuckDBConnection } from '@duckdb/node-api';
import { type CatalogSchema, isInSchema, type ObjectName, type SchemaContent } from '@sluice/snowflake-sql';
import { quoteString, decodeNameSql, encodeName } from './render/quote.ts';
import { registryOf } from './registry-place.ts';
import type { SessionParts } from './session-parts.ts';

/**
 * What everybody has in a schema: tables, views and sequences, as the connection sees them. Null for a schema that there
 * is not.
 */
export async function readSchema(
  connection: DuckDBConnection,
  schema: ObjectName,
): Promise<CatalogSchema | null> {
  const { database, name } = schema;
  const [of, encoded] = [database, name].map((one) => quoteString(encodeName(one)));
  const read = await connection.runAndReadAll(
    `SELECT NULL AS type, NULL AS name, '' AS version FROM duckdb_schemas() WHERE database_name = ${of} AND schema_name = ${encoded} AND NOT internal
     UNION ALL SELECT CASE WHEN definition IS NULL THEN 'table' ELSE 'view' END, name, version FROM ${registryOf(database)} WHERE schema = ${quoteString(name)}
     UNION ALL SELECT 'sequence', ${decodeNameSql('sequence_name')}, CAST(sequence_oid AS VARCHAR) FROM duckdb_sequences()
       WHERE database_name = ${of} AND schema_name = ${encoded} AND NOT temporary
     ORDER BY ALL`,
  );
  const rows = read.getRowObjectsJS() as unknown as readonly Row[];
  if (rows.length === 0) return null;
  const contents = rows.flatMap((row) =>
    row.type === null ? [] : [{ type: row.type, name: { database, schema: name, name: row.name } }],
  );
  return { type: 'schema', name: schema, contents, version: JSON.stringify(rows) };
}

type Row = { readonly version: string } & (
  | { readonly type: null; readonly name: null }
  | { readonly type: 'table' | 'view' | 'sequence'; readonly name: string }
);

/** The same with what is the session's own, and with stages and file formats, which lie beside the database. */
export function withOwnContents(
  schema: CatalogSchema,
  { temporary, files }: Pick<SessionParts, 'temporary' | 'files'>,
): CatalogSchema {
  const { name } = schema;
  const own = [...temporary.values()].filter((object) => isInSchema(object.name, name));
  const beside: readonly SchemaContent[] = [
    ...own.map(({ type, name }) => ({ type, name })),
    ...files.stages.inSchema(name),
  ];
  if (beside.length === 0) return schema;
  return {
    ...schema,
    contents: [...schema.contents, ...beside],
    version: JSON.stringify([schema.version, beside, own.map(({ version }) => version)]),
  };
}
