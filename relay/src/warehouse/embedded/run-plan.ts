import type { DuckDBConnection, DuckDBPreparedStatement, DuckDBValue } from '@duckdb/node-api';
import { formatObjectName, type ObjectName } from '@sluice/snowflake-sql';
import { SluiceError } from '../../errors.ts';
import type { StatementResult } from '../result.ts';
import type { SessionState } from '../session-state.ts';
import type { EarlierRows, ExecutableStatement } from '../warehouse.ts';
import { answeringOf } from './cells.ts';
import { type BindRow, bindRows, bindTo } from './binds.ts';
import { changeRows, type RowChange } from './change-rows.ts';
import { countRows } from './count-rows.ts';
import { hasSchema } from './has-schema.ts';
import { loadEarlier, notKept } from './earlier-rows.ts';
import { objectNotThere } from './errors.ts';
import { type PreparedBatch, prepareBatch } from './insert-batch.ts';
import type { Plan } from './plan.ts';
import { versionsOf } from './catalog.ts';
import { DATABASE } from './registry-place.ts';
import { KNOWN } from './metadata/objects.ts';
import { type Needed, STAGES } from './metadata/show.ts';
import { parameterOf } from './parameters/parameters.ts';
import { isRegistered } from './registry.ts';
import { registryOf } from './registry-place.ts';
import { encodeName, quoteString } from './render/quote.ts';
import { counted, preparedColumns, readResult, rowsOf, status } from './results.ts';
import { runDdl } from './run-ddl.ts';
import { runMultiInsert } from './run-multi-insert.ts';
import { runParameters } from './run-parameters.ts';
import { loadFiles, runFiles, runStageChange, runStageDdl } from './stages/run-files.ts';
import { runLoad } from './stages/run-load.ts';
import { forgetLoads } from './stages/load-history.ts';
import { unloadInto } from './stages/unload.ts';
import { runSet, runTransaction, runUnset } from './run-session.ts';
import type { SessionParts } from './session-parts.ts';
import { statementTypes } from './statement-types.ts';
import { LONGEST_TEXT } from './types/snowflake-type.ts';
import { nameOfColumnType } from '../type-names.ts';
import { VIRTUAL_WAREHOUSE } from './virtual-warehouse.ts';

const DONE = 'Statement executed successfully.';

/** Runs what was planned when the statement was decided on. One that is only described changes nothing. */
export async function runPlan(
  parts: SessionParts,
  plan: Plan,
  request: ExecutableStatement,
): Promise<StatementResult> {
  const { describeOnly } = request;
  await loadEarlier(parts.connection, parts.loadedEarlier, plan.earlier ?? [], request.earlier);
  if (plan.reads !== undefined) await loadFiles(parts, plan.reads);
  switch (plan.kind) {
    case 'load':
      return await runLoad(parts, plan, request);
    case 'unload': {
      const query = {
        ...plan,
        kind: 'query',
        statementTypeId: statementTypes.select,
        takesBinds: true,
        needs: null,
      } as const;
      const rows = await runQuery(parts, query, request);
      return describeOnly ? rows : { ...rows, unload: unloadInto(parts.files, plan) };
    }
    case 'files':
      return await runFiles(parts, plan, request);
    case 'stage_ddl':
      return await runStageDdl(parts, plan, request);
    case 'stage_change':
      return runStageChange(parts, plan, request);
    case 'query':
      return await runQuery(parts, plan, request);
    case 'change':
      return await runChange(parts, plan, request);
    case 'merge':
      return await runMerge(parts, plan, request);
    case 'multi_insert':
      return await runMultiInsert(parts, plan, request);
    case 'truncate':
      if (describeOnly) return status(DONE, statementTypes.ddl);
      return status(DONE, statementTypes.ddl, { deleted: await runTruncate(parts, plan, request) });
    case 'set':
      if (!describeOnly) await runSet(parts, plan, request.binds);
      return status(DONE, statementTypes.other);
    case 'unset':
      if (!describeOnly) await runUnset(parts, plan.names);
      return status(DONE, statementTypes.other);
    case 'use':
      if (plan.state !== null && !describeOnly) {
        if (plan.check === 'schema') await checkSchema(parts, plan.state);
        if (plan.check === 'warehouse') checkWarehouse(plan.state);
        parts.state = plan.state;
      }
      return status(DONE, statementTypes.use);
    case 'transaction':
      if (!describeOnly) await runTransaction(parts, plan.action);
      return status(DONE, statementTypes.transaction);
    case 'ddl':
      if (describeOnly) return status('', statementTypes.ddl);
      await checkNeeded(parts, plan.needs);
      return await runSaid(parts, plan, request.changesAtMost);
    case 'script':
      return { ...status('', statementTypes.script), script: true };
    case 'describe_result':
      return describeResult(request.earlier(plan.queryId));
    case 'parameters':
      if (!describeOnly) await runParameters(parts, plan);
      return status(DONE, statementTypes.alterSession);
    default:
      return plan satisfies never;
  }
}

async function checkSchema(
  { connection }: Pick<SessionParts, 'connection'>,
  { database, schema }: Pick<SessionState, 'database' | 'schema'>,
): Promise<void> {
  if (database === null || schema === null) return;
  if (!(await hasSchema(connection, { database, name: schema }))) throw notThere();
}

async function checkNeeded(parts: SessionParts, needs: Needed): Promise<void> {
  switch (needs?.what) {
    case undefined:
      return;
    case 'database':
      if (needs.name !== DATABASE) throw notThere();
      return;
    case 'schema':
      if (needs.database === DATABASE && needs.schema === 'INFORMATION_SCHEMA') return;
      return await checkSchema(parts, needs);
    case 'object': {
      const { object } = needs;
      if (parts.temporary.has(formatObjectName(object))) return;
      if ((await versionsOf(parts.connection, [object])).size === 0) throw objectNotThere(object);
      return;
    }
    case 'sequence': {
      const { schema, name } = needs.object;
      const [inSchema, called] = [schema, name].map((part) => quoteString(encodeName(part)));
      const found = await parts.connection.runAndReadAll(
        `SELECT 1 FROM duckdb_sequences() WHERE schema_name = ${inSchema} AND sequence_name = ${called} AND NOT temporary`,
      );
      if (found.currentRowCount === 0) throw objectNotThere(needs.object);
      return;
    }
    default:
      return needs satisfies never;
  }
}

/** Sets what may be shown of definitions, for this statement. */
async function tellKnown(
  connection: DuckDBConnection,
  mayKnowOf: ExecutableStatement['mayKnowOf'],
): Promise<void> {
  const found = await connection.runAndReadAll(`SELECT schema, name FROM ${registryOf(DATABASE)}`);
  const names = found.getRowObjectsJS() as unknown as readonly { schema: string; name: string }[];
  const known = names
    .filter(({ schema, name }) => mayKnowOf({ database: DATABASE, schema, name }))
    .map(({ schema, name }) => `[${quoteString(schema)}, ${quoteString(name)}]`);
  await connection.run(`SET VARIABLE "${KNOWN}" = CAST([${known.join(', ')}] AS VARCHAR[][])`);
}

/** Stages and file formats are nothing of DuckDB's: a listing is told of them, by name alone of those that the asker may not know of. */
async function tellStages(
  { connection, files }: SessionParts,
  mayKnowOf: ExecutableStatement['mayKnowOf'],
): Promise<void> {
  const all = files.stages
    .all()
    .map((one) => (mayKnowOf(one.name) ? one : { ...one, comment: null, format: {} }));
  await connection.run(`SET VARIABLE "${STAGES}" = ${quoteString(JSON.stringify(all))}`);
}

function checkWarehouse({ warehouse }: SessionState): void {
  if (warehouse !== VIRTUAL_WAREHOUSE) throw notThere();
}

/** Word for word what Snowflake says of what USE does not find. */
function notThere(): SluiceError {
  return new SluiceError(
    'statement_failed',
    'SQL compilation error:\nObject does not exist, or operation cannot be performed',
    { warehouse: { code: '002043', sqlState: '02000' } },
  );
}

/** As DESCRIBE TABLE, of what the client was given. */
function describeResult(result: EarlierRows | null): StatementResult {
  if (result === null) throw notKept();
  const text = { type: 'text', nullable: true, precision: null, scale: null, length: LONGEST_TEXT } as const;
  const names = `name type kind null? default|primary key|unique key|check|expression|comment|policy name|privacy domain`;
  const fields = names.split('|').flatMap((part, index) => (index === 0 ? part.split(' ') : [part]));
  const rows = result.columns.map(({ name, nullable, ...column }) => {
    const type = nameOfColumnType(column);
    return [name, type, 'COLUMN', nullable ? 'Y' : 'N', null, 'N', 'N', null, null, null, null, null];
  });
  return {
    columns: fields.map((name) => ({ ...text, name })),
    ...rowsOf(rows),
    statementTypeId: statementTypes.describe,
  };
}

async function runQuery(
  parts: SessionParts,
  {
    sql,
    columns: known,
    statementTypeId,
    takesBinds,
    needs,
    showsDefinitions,
  }: Extract<Plan, { kind: 'query' }>,
  { binds, describeOnly, mayKnowOf, encoding }: ExecutableStatement,
): Promise<StatementResult> {
  const { connection } = parts;
  const isSelect = statementTypeId === statementTypes.select;
  await checkNeeded(parts, needs);
  if (showsDefinitions) await tellKnown(connection, mayKnowOf);
  if (statementTypeId === statementTypes.show && sql.includes(STAGES)) await tellStages(parts, mayKnowOf);
  const [row = {}] = bindRows(takesBinds ? binds : {});
  // Of what the warehouse lists itself, all is shown.
  const most = (isSelect && parameterOf(parts.parameters, 'ROWS_PER_RESULTSET')) || Infinity;
  const answering = answeringOf(parts.parameters);
  const prepared = await connection.prepare(sql);
  // What a statement has used of DuckDB's memory is free again with it, not when it is collected some day.
  const free = () => prepared.destroySync();
  try {
    if (describeOnly) {
      const columns = preparedColumns(prepared, known, answering);
      free();
      return { columns, ...rowsOf([]), statementTypeId };
    }
    bindTo(prepared, row);
    // What SHOW and DESCRIBE list is JSON, as in Snowflake.
    const reading = { encoding: isSelect ? encoding : 'json', most, answering } as const;
    return { ...readResult(await prepared.stream(), known, free, reading), statementTypeId };
  } catch (error) {
    free();
    throw error;
  }
}

async function runChange(
  parts: SessionParts,
  plan: Extract<Plan, { kind: 'change' }>,
  { binds, describeOnly, changesAtMost }: ExecutableStatement,
): Promise<StatementResult> {
  const { counts } = plan;
  if (describeOnly) return counted({}, statementTypes[counts]);
  const batch = await prepareBatch(parts.connection, plan.batch, binds);
  const prepared = batch?.prepared ?? (await parts.connection.prepare(plan.sql));
  try {
    const change = batch === null ? rowByRow(parts, plan, prepared, bindRows(binds)) : atOnce(batch);
    let removed = 0;
    const { joined } = plan;
    const rows = joined === null ? null : await joinedRows(parts, joined, bindRows(binds));
    const count = await changeRows(parts, {
      most: changesAtMost,
      count: change.count,
      async run() {
        const last = plan.overwrites === null ? null : await lastRow(parts, plan.overwrites.last);
        const changed = await change.run();
        if (plan.overwrites !== null)
          removed = (await parts.connection.run(plan.overwrites.remove, [last])).rowsChanged;
        return changed + removed;
      },
    });
    if (rows !== null) return counted(rows, statementTypes.updated);
    return counted({ [counts]: count - removed }, statementTypes[counts]);
  } finally {
    prepared.destroySync();
  }
}

async function runSaid(
  parts: SessionParts,
  plan: Extract<Plan, { kind: 'ddl' }>,
  most: number | null,
): Promise<StatementResult> {
  const { idle, status: said } = plan;
  const isIdle = idle !== null && (await isThere(parts, idle.object)) === idle.whenThere;
  const made = await runDdl(parts, plan, most);
  return status(isIdle ? idle.status : said, statementTypes.ddl, made);
}

async function isThere({ connection, temporary }: SessionParts, object: ObjectName): Promise<boolean> {
  return temporary.has(formatObjectName(object)) || (await isRegistered(connection, object));
}

/** DuckDB counts a row as often as it is joined. */
async function joinedRows(
  { connection }: SessionParts,
  sql: string,
  binds: readonly BindRow[],
): Promise<{ updated: number; multiJoined: number }> {
  const prepared = await connection.prepare(sql);
  const sum = { updated: 0, multiJoined: 0 };
  try {
    for (const row of binds) {
      prepared.clearBindings();
      bindTo(prepared, row);
      const [updated, multiJoined] = (await prepared.runAndReadAll()).getColumns();
      sum.updated += Number(updated?.[0] ?? 0);
      sum.multiJoined += Number(multiJoined?.[0] ?? 0);
    }
  } finally {
    prepared.destroySync();
  }
  return sum;
}

async function lastRow({ connection }: SessionParts, sql: string): Promise<DuckDBValue> {
  return (await connection.runAndReadAll(sql)).getColumns()[0]?.[0] ?? null;
}

function rowByRow(
  parts: SessionParts,
  { rowCount }: Extract<Plan, { kind: 'change' }>,
  prepared: DuckDBPreparedStatement,
  rows: readonly BindRow[],
): Pick<RowChange, 'count' | 'run'> {
  return {
    count: rowCount === null ? null : () => countRows(parts, rowCount, rows),
    async run() {
      let changed = 0;
      for (const row of rows) {
        prepared.clearBindings();
        bindTo(prepared, row);
        changed += (await prepared.run()).rowsChanged;
      }
      return changed;
    },
  };
}

function atOnce({ prepared, rows }: PreparedBatch): Pick<RowChange, 'count' | 'run'> {
  return {
    count: async () => rows,
    run: async () => (await prepared.run()).rowsChanged,
  };
}

/** Snowflake also shows the row: it is left out, since it may be anybody's. */
function duplicateRow(): SluiceError {
  return new SluiceError('statement_failed', 'Duplicate row detected during DML action', {
    advice:
      'have at most one row of the source match each row of the target: group it, or QUALIFY ROW_NUMBER() ... = 1',
    warehouse: { code: '100090', sqlState: '42P18' },
  });
}

async function runMerge(
  parts: SessionParts,
  { sql, rowCount, does, ambiguous }: Extract<Plan, { kind: 'merge' }>,
  { binds, describeOnly, changesAtMost }: ExecutableStatement,
): Promise<StatementResult> {
  if (describeOnly) return counted({ does }, statementTypes.merge);
  const [row = {}] = bindRows(binds);
  if (ambiguous !== null && (await countRows(parts, ambiguous, [row])) > 0) throw duplicateRow();
  const prepared = await parts.connection.prepare(sql);
  let actions: readonly unknown[] = [];
  try {
    bindTo(prepared, row);
    await changeRows(parts, {
      most: changesAtMost,
      count: rowCount === null ? null : () => countRows(parts, rowCount, [row]),
      async run() {
        actions = (await prepared.runAndReadAll()).getColumns()[0] ?? [];
        return actions.length;
      },
    });
  } finally {
    prepared.destroySync();
  }
  const count = (action: string) => actions.filter((one) => one === action).length;
  return counted(
    { inserted: count('INSERT'), updated: count('UPDATE'), deleted: count('DELETE'), does },
    statementTypes.merge,
  );
}

async function runTruncate(
  parts: SessionParts,
  { table, object }: Extract<Plan, { kind: 'truncate' }>,
  { changesAtMost }: ExecutableStatement,
): Promise<number> {
  const count = () => countRows(parts, `SELECT COUNT(*) FROM ${table}`, [{}]);
  return await changeRows(parts, {
    most: changesAtMost,
    count,
    async run() {
      // What it removes is not counted by DuckDB.
      const rows = await count();
      await parts.connection.run(`TRUNCATE ${table}`);
      await forgetLoads(parts.connection, object, new Set(parts.temporary.keys()));
      return rows;
    },
  });
}
