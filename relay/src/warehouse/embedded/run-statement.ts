import type { Bound, BoundInner, ObjectName, Tree } from '../../statement/index.ts';
import type { RowCounts, StatementResult } from '../result.ts';
import type { ExecutableStatement } from '../warehouse.ts';
import { bindRows, bindTo } from './binds.ts';
import { changeRows } from './change-rows.ts';
import { countRows } from './count-rows.ts';
import { unsupported } from './errors.ts';
import { describeQuery, showQuery } from './metadata.ts';
import { checkWritable, renderObjectName } from './render/names.ts';
import {
  renderDelete,
  renderInsert,
  renderMerge,
  type RenderOptions,
  renderStatementQuery,
  renderRowCount,
  renderUpdate,
} from './render/render.ts';
import { batchesOf, counted, none, preparedColumns, resultColumns, status } from './results.ts';
import { runDdl } from './run-ddl.ts';
import { alterSession, runSet, runTransaction, runUnset, runUse } from './run-session.ts';
import { answersOf, type SessionParts } from './session-parts.ts';
import { statementTypes } from './statement-types.ts';

/** Runs what was decided on: the bound statement, never its text. `source` is what its tree's places are in. */
export async function runStatement(
  parts: SessionParts,
  bound: Bound,
  source: string,
  request: ExecutableStatement,
): Promise<StatementResult> {
  const options: RenderOptions = { floor: request.floor, answers: answersOf(parts) };
  const { statement, tree } = bound;
  const rows = () => renderRowCount(bound, options);
  switch (statement.kind) {
    case 'query': {
      const names = statement.columns.map(({ name }) => name);
      return await runQuery(
        parts,
        renderStatementQuery(bound, statement, options),
        request,
        statementTypes.select,
        names,
      );
    }
    case 'insert':
      return await runDml(parts, request, 'inserted', () => renderInsert(bound, statement, options), rows);
    case 'update':
      return await runDml(parts, request, 'updated', () => renderUpdate(bound, statement, options), rows);
    case 'delete':
      return await runDml(parts, request, 'deleted', () => renderDelete(bound, statement, options), rows);
    case 'merge':
      return await runMerge(parts, request, () => renderMerge(bound, statement, options), rows);
    case 'truncate':
      return await runTruncate(parts, statement.target.object, request);
    case 'set':
      return await runSet(parts, bound, statement, request, options);
    case 'create':
    case 'alter':
      if (tree.kind === 'alter' && tree.objectType === 'session') return alterSession(tree);
      return await runDdl(parts, bound, source, request, options);
    case 'inner':
      return await runInner(parts, tree, statement, request);
    case 'multi_insert':
    case 'unload':
    case 'load':
      throw unsupported(`${statement.kind.replaceAll('_', ' ')} statements`);
    case 'other':
      return await runOther(parts, bound, source, request, options);
    default:
      return statement satisfies never;
  }
}

async function runOther(
  parts: SessionParts,
  bound: Bound,
  source: string,
  request: ExecutableStatement,
  options: RenderOptions,
): Promise<StatementResult> {
  const { tree } = bound;
  const withoutBinds = { ...request, binds: {} };
  switch (tree.kind) {
    case 'show':
      return await runQuery(parts, showQuery(tree, parts.state), withoutBinds, statementTypes.show, null);
    case 'describe':
      return await runQuery(
        parts,
        describeQuery(bound, tree, options.answers.temporary),
        withoutBinds,
        statementTypes.describe,
        null,
      );
    case 'create':
    case 'alter':
    case 'drop':
      if (tree.kind === 'alter' && tree.objectType === 'session') return alterSession(tree);
      return await runDdl(parts, bound, source, request, options);
    case 'use':
      return await runUse(parts, bound, tree, request);
    case 'unset_variables':
      return await runUnset(parts, tree, request);
    case 'transaction':
      return await runTransaction(parts, tree, request);
    default:
      throw unsupported(`${tree.kind.replaceAll('_', ' ')} statements`);
  }
}

/** EXECUTE IMMEDIATE of one statement that stands in it. */
async function runInner(
  parts: SessionParts,
  tree: Tree.Statement,
  { inner, using }: BoundInner,
  request: ExecutableStatement,
): Promise<StatementResult> {
  if (tree.kind !== 'execute_immediate') throw unsupported(`${tree.kind.replaceAll('_', ' ')} statements`);
  const { source } = tree;
  if (source.kind !== 'embedded' || source.content.kind !== 'script' || using.length > 0) {
    throw unsupported('this form of EXECUTE IMMEDIATE');
  }
  const [only, ...more] = inner;
  if (only === undefined || only.bound === null || more.length > 0) {
    throw unsupported('this form of EXECUTE IMMEDIATE');
  }
  return await runStatement(parts, only.bound, source.source, request);
}

/** @param names of the columns; null for those that DuckDB gives them. */
async function runQuery(
  { connection }: SessionParts,
  sql: string,
  { binds, describeOnly }: ExecutableStatement,
  statementTypeId: number,
  names: readonly string[] | null,
): Promise<StatementResult> {
  const [row = {}] = bindRows(binds);
  const prepared = await connection.prepare(sql);
  // What a statement has used of DuckDB's memory is free again with it, not when it is collected some day.
  const free = () => prepared.destroySync();
  try {
    if (describeOnly) {
      const columns = preparedColumns(prepared, names);
      free();
      return { columns, batches: none(), statementTypeId };
    }
    bindTo(prepared, row);
    const result = await prepared.stream();
    return { columns: resultColumns(result, names), batches: batchesOf(result, free), statementTypeId };
  } catch (error) {
    free();
    throw error;
  }
}

async function runDml(
  parts: SessionParts,
  { binds, describeOnly, changesAtMost }: ExecutableStatement,
  what: keyof RowCounts,
  render: () => string,
  renderCount: () => string,
): Promise<StatementResult> {
  const sql = render();
  if (describeOnly) return counted({}, statementTypes[what]);
  const prepared = await parts.connection.prepare(sql);
  const rows = bindRows(binds);
  try {
    const count = await changeRows(parts, {
      most: changesAtMost,
      isSeveral: rows.length > 1,
      count: () => countRows(parts, renderCount(), rows),
      async run() {
        let changed = 0;
        for (const row of rows) {
          prepared.clearBindings();
          bindTo(prepared, row);
          changed += (await prepared.run()).rowsChanged;
        }
        return changed;
      },
    });
    return counted({ [what]: count }, statementTypes[what]);
  } finally {
    prepared.destroySync();
  }
}

async function runMerge(
  parts: SessionParts,
  { binds, describeOnly, changesAtMost }: ExecutableStatement,
  render: () => string,
  renderCount: () => string,
): Promise<StatementResult> {
  const sql = render();
  if (describeOnly) return counted({}, statementTypes.merge);
  const [row = {}] = bindRows(binds);
  const prepared = await parts.connection.prepare(sql);
  let actions: readonly unknown[] = [];
  try {
    bindTo(prepared, row);
    await changeRows(parts, {
      most: changesAtMost,
      isSeveral: false,
      count: () => countRows(parts, renderCount(), [row]),
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
    { inserted: count('INSERT'), updated: count('UPDATE'), deleted: count('DELETE') },
    statementTypes.merge,
  );
}

async function runTruncate(
  parts: SessionParts,
  target: ObjectName,
  { describeOnly, changesAtMost }: ExecutableStatement,
): Promise<StatementResult> {
  checkWritable(target);
  if (!describeOnly) {
    const name = renderObjectName(target, answersOf(parts).temporary);
    await changeRows(parts, {
      most: changesAtMost,
      // What it removes is not counted by DuckDB.
      isSeveral: changesAtMost !== null,
      count: () => countRows(parts, `SELECT COUNT(*) FROM ${name}`, [{}]),
      async run() {
        const rows =
          changesAtMost === null ? 0 : await countRows(parts, `SELECT COUNT(*) FROM ${name}`, [{}]);
        await parts.connection.run(`TRUNCATE ${name}`);
        return rows;
      },
    });
  }
  return status('Statement executed successfully.', statementTypes.ddl);
}
