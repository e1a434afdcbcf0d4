import { formatObjectName, isInSchema, type ObjectName } from '@sluice/snowflake-sql';
import { SluiceError } from '../../errors.ts';
import type { RowCounts } from '../result.ts';
import { changeRows } from './change-rows.ts';
import { countRows } from './count-rows.ts';
import { unsupported } from './errors.ts';
import { checkRetyped, register } from './registry.ts';
import { hasSchema } from './has-schema.ts';
import type { DdlPlan, SchemaGone, SchemaMade } from './plan.ts';
import { registryOf } from './registry-place.ts';
import { renderTemporaryName } from './render/names.ts';
import { quoteEncoded, quoteString } from './render/quote.ts';
import { forgetTemporary, keepTemporary, type SessionParts } from './session-parts.ts';

/**
 * @param most - rows that it may make; null: any number.
 * @returns the rows that it has made; null for what makes none.
 */
export async function runDdl(
  parts: SessionParts,
  plan: DdlPlan,
  most: number | null,
): Promise<Partial<RowCounts> | null> {
  const { registry, temporary, schemaGone, schemaMade } = plan;
  if (schemaGone?.restricted === true) await checkNotReferredTo(parts, schemaGone.schema);
  const isThereAlready =
    temporary?.is === 'made' && temporary.ifNew && parts.temporary.has(formatObjectName(temporary.object));
  const changed = registry?.change === 'altered' ? registry : temporary?.is === 'changed' ? temporary : null;
  if (changed !== null)
    await checkRetyped(parts.connection, changed.object, changed.declared, temporary !== null);
  const isLeft = schemaMade?.ifNew === true && (await hasSchema(parts.connection, schemaMade.schema));
  if (plan.drawnBy !== null) await runDry(parts, plan.drawnBy);
  await makeRows(parts, plan, most);
  if (registry !== null) await register(parts.connection, registry);
  if (schemaGone !== null) await leaveSchema(parts, schemaGone);
  if (schemaMade !== null && !isLeft) enterSchema(parts, schemaMade);
  if (temporary !== null) {
    if (temporary.is === 'dropped') await forgetTemporary(parts, temporary.object);
    else if (!isThereAlready) await keepTemporary(parts, temporary);
  }
  const { ofQuery } = plan;
  if (ofQuery === null) return null;
  return { inserted: await countRows(parts, `SELECT COUNT(*) FROM ${ofQuery}`, [{}]) };
}

/**
 * Columns that a sequence fills fail from then on where nothing else is given: in Snowflake, a sequence can be dropped or
 * replaced whatever draws from it, and one that is made in its place is another. DuckDB would refuse it.
 */
async function runDry({ connection }: SessionParts, drawnBy: string): Promise<void> {
  const columns = await connection.runAndReadAll(
    `SELECT database_name, schema_name, table_name, column_name FROM duckdb_columns()
     WHERE NOT internal AND contains(column_default, ${quoteString(drawnBy)})`,
  );
  for (const names of columns.getRowsJS() as string[][]) {
    const [column, ...table] = names.map(quoteEncoded).toReversed();
    await connection.run(
      `ALTER TABLE ${table.toReversed().join('.')} ALTER ${column} SET DEFAULT error('Sequence gone')`,
    );
  }
}

/** What the session has in the schema of its own goes with it, and the session is nowhere if it was there. */
async function leaveSchema(parts: SessionParts, { schema }: SchemaGone): Promise<void> {
  const { state } = parts;
  if (state.database === schema.database && state.schema === schema.name)
    parts.state = { ...state, schema: null };
  for (const { type, name } of parts.temporary.values()) {
    if (!isInSchema(name, schema)) continue;
    await parts.connection.run(`DROP ${type === 'view' ? 'VIEW' : 'TABLE'} ${renderTemporaryName(name)}`);
    await forgetTemporary(parts, name);
  }
}

/** As with USE: names without a schema are looked for in it from here on. */
function enterSchema(parts: SessionParts, { schema }: SchemaMade): void {
  parts.state = { ...parts.state, database: schema.database, schema: schema.name };
}

/** And so do stages and file formats, with everybody's files. */
export async function dropStages({ files }: SessionParts, { schema }: SchemaGone): Promise<void> {
  // One of the session's own hides everybody's.
  for (let all = files.stages.inSchema(schema); all.length > 0; all = files.stages.inSchema(schema))
    for (const { type, name } of all) await files.stages.drop(type, name, true);
}

async function checkNotReferredTo({ connection }: SessionParts, schema: ObjectName): Promise<void> {
  const { database, name } = schema;
  const asked = await connection.runAndReadAll(
    `SELECT 1 FROM (SELECT unnest(from_json(keys, '["JSON"]')) AS key FROM ${registryOf(database)} WHERE schema <> ${quoteString(name)})
     WHERE (key->>'$.to.object.database') = ${quoteString(database)} AND (key->>'$.to.object.schema') = ${quoteString(name)} LIMIT 1`,
  );
  if (asked.currentRowCount === 0) return;
  throw new SluiceError(
    'statement_failed',
    `SQL compilation error:\nCannot drop the schema because of dependencies: foreign keys of other schemas refer to tables in ${formatObjectName(schema)}.`,
    { advice: 'drop those foreign keys first, or leave RESTRICT out' },
  );
}

/** A table that is made of rows has no more of them than it may; of other DDL nobody can say how many it touches. */
async function makeRows(
  parts: SessionParts,
  { sql, madeOfRows }: DdlPlan,
  most: number | null,
): Promise<void> {
  if (sql === '') return;
  if (most === null) return void (await parts.connection.run(sql));
  if (madeOfRows === null) throw unsupported('a number of rows for this statement');
  const { rowCount, table } = madeOfRows;
  await changeRows(parts, {
    most,
    count: rowCount === null ? null : () => countRows(parts, rowCount, [{}]),
    async run() {
      await parts.connection.run(sql);
      return await countRows(parts, `SELECT COUNT(*) FROM ${table}`, [{}]);
    },
  });
}
