import type { DuckDBConnection } from '@duckdb/node-api';
import { SluiceError } from '../../errors.ts';
import { type Catalog, formatObjectName, type ObjectName, parse, type Tree } from '../../statement/index.ts';
import type { RowCounts, StatementResult } from '../result.ts';
import type { ExecutableStatement, SessionState, WarehouseSession } from '../warehouse.ts';
import { bindRows, bindTo } from './binds.ts';
import { readCatalog } from './catalog.ts';
import { asWarehouseError, unsupported } from './errors.ts';
import { describeQuery, showQuery } from './metadata.ts';
import { batchesOf, counted, none, preparedColumns, readToEnd, resultColumns, status } from './results.ts';
import { statementTypes } from './statement-types.ts';
import { ddlStatus, isTemporaryCreate, renamedTo, translateDdl } from './translate/ddl.ts';
import { nameParts, renderTableName, resolveName } from './translate/names.ts';
import { quoteName } from './translate/quote.ts';
import { type SessionContext, translate } from './translate/translate.ts';
import { forgetView, rememberView, renameView } from './translate/view.ts';

/** One client's session: a DuckDB connection of its own, with its temporary tables, variables and transaction. */
export async function openEmbeddedSession(
  connection: DuckDBConnection,
  initial: SessionState,
  schema: { version: number },
): Promise<WarehouseSession> {
  let state = initial;
  let catalog: Promise<Catalog> | null = null;
  let catalogOf = '';
  /** A connection runs one statement at a time; the next waits until the result before it has been read. */
  let busy: Promise<unknown> = Promise.resolve();
  let lastQueryId: string | null = null;
  let inTransaction = false;
  /** By their full names, which DuckDB knows them by. */
  const temporary = new Map<string, ObjectName>();
  /** Other sessions do not see them: a catalog with them is this session's own. */
  const sessionId = crypto.randomUUID();
  await useSchema(state);

  const session: WarehouseSession = {
    get state() {
      return state;
    },
    async catalog() {
      const version = temporary.size === 0 ? `${schema.version}` : `${schema.version}/${sessionId}`;
      if (catalog === null || catalogOf !== version) {
        await busy;
        catalogOf = version;
        catalog = readCatalog(connection, version, temporary);
      }
      return await catalog;
    },
    async execute(statement, signal) {
      const turn = Promise.withResolvers<void>();
      const before = busy;
      busy = turn.promise;
      await before;
      const interrupt = () => connection.interrupt();
      signal.addEventListener('abort', interrupt);
      const done = () => {
        signal.removeEventListener('abort', interrupt);
        turn.resolve();
      };
      try {
        if (signal.aborted) throw new Error('INTERRUPT Error');
        const result = await runStatement(statement);
        lastQueryId = statement.queryId;
        return { ...result, batches: readToEnd(result.batches, statement.sql, done) };
      } catch (error) {
        done();
        throw asWarehouseError(error, statement.sql);
      }
    },
    async close() {
      connection.closeSync();
    },
  };
  return session;

  async function runStatement(statement: ExecutableStatement): Promise<StatementResult> {
    const parsed = parse(statement.sql);
    if (parsed.outcome === 'refused') throw new SluiceError('statement_syntax', parsed.message);
    return await run(parsed.statement, parsed.source, statement);
  }

  async function run(
    tree: Tree.Statement,
    source: string,
    statement: ExecutableStatement,
  ): Promise<StatementResult> {
    const context = translationContext();
    switch (tree.kind) {
      case 'query':
        return await runQuery(translate(tree, source, context), statement, statementTypes.select);
      case 'show':
        return await runQuery(showQuery(tree, context), { ...statement, binds: {} }, statementTypes.show);
      case 'describe':
        return await runQuery(
          describeQuery(tree, context),
          { ...statement, binds: {} },
          statementTypes.describe,
        );
      case 'insert':
        if (tree.overwrite) throw unsupported('INSERT OVERWRITE');
        return await runDml(translate(tree, source, context), statement, 'inserted');
      case 'update':
        return await runDml(translate(tree, source, context), statement, 'updated');
      case 'delete':
        return await runDml(translate(tree, source, context), statement, 'deleted');
      case 'merge':
        return await runMerge(translate(tree, source, context), statement);
      case 'truncate':
        return await runStatus(
          `TRUNCATE ${renderTableName(tree.target, context)}`,
          statement,
          'Statement executed successfully.',
          statementTypes.ddl,
        );
      case 'create':
      case 'alter':
      case 'drop':
        if (tree.kind === 'alter' && tree.objectType === 'session') return alterSession(tree);
        return await runDdl(tree, source, statement);
      case 'use':
        return await runUse(tree);
      case 'set_variables':
        return await runSet(tree, source, statement);
      case 'unset_variables':
        for (const { name } of tree.names) await connection.run(`RESET VARIABLE ${quoteName(name)}`);
        return status('Statement executed successfully.', statementTypes.other);
      case 'transaction':
        inTransaction = tree.action === 'begin';
        return await runStatus(
          tree.action.toUpperCase(),
          statement,
          'Statement executed successfully.',
          statementTypes.transaction,
        );
      case 'execute_immediate':
        return await runEmbedded(tree, statement);
      default:
        throw unsupported(`${tree.kind.replaceAll('_', ' ')} statements`);
    }
  }

  async function runEmbedded(
    tree: Tree.ExecuteImmediate,
    statement: ExecutableStatement,
  ): Promise<StatementResult> {
    const { source, using } = tree;
    if (source.kind !== 'embedded' || source.content.kind !== 'script' || using.length > 0)
      throw unsupported('this form of EXECUTE IMMEDIATE');
    const [only, ...more] = source.content.statements;
    if (only === undefined || more.length > 0)
      throw unsupported('several statements in one EXECUTE IMMEDIATE');
    return await run(only, source.source, statement);
  }

  async function runQuery(
    sql: string,
    statement: ExecutableStatement,
    statementTypeId: number,
  ): Promise<StatementResult> {
    const [row = {}] = bindRows(statement.binds);
    const prepared = await connection.prepare(sql);
    if (statement.describeOnly)
      return { columns: preparedColumns(prepared), batches: none(), statementTypeId };
    bindTo(prepared, row);
    const result = await prepared.stream();
    return { columns: resultColumns(result), batches: batchesOf(result), statementTypeId };
  }

  async function runDml(
    sql: string,
    statement: ExecutableStatement,
    what: keyof RowCounts,
  ): Promise<StatementResult> {
    const prepared = await connection.prepare(sql);
    let count = 0;
    if (!statement.describeOnly) {
      const rows = bindRows(statement.binds);
      await atomically(rows.length > 1, async () => {
        for (const row of rows) {
          prepared.clearBindings();
          bindTo(prepared, row);
          count += (await prepared.run()).rowsChanged;
        }
      });
    }
    return counted({ [what]: count }, statementTypes[what]);
  }

  async function runMerge(sql: string, statement: ExecutableStatement): Promise<StatementResult> {
    const prepared = await connection.prepare(`${sql} RETURNING merge_action`);
    if (statement.describeOnly) return counted({}, statementTypes.merge);
    bindTo(prepared, bindRows(statement.binds)[0] ?? {});
    const actions = (await prepared.runAndReadAll()).getColumns()[0] ?? [];
    const count = (action: string) => actions.filter((one) => one === action).length;
    return counted(
      { inserted: count('INSERT'), updated: count('UPDATE'), deleted: count('DELETE') },
      statementTypes.merge,
    );
  }

  /** The rows of an array bind are one statement: all of them, or none. */
  async function atomically(needed: boolean, work: () => Promise<void>): Promise<void> {
    if (!needed || inTransaction) return await work();
    await connection.run('BEGIN');
    try {
      await work();
      await connection.run('COMMIT');
    } catch (error) {
      await connection.run('ROLLBACK');
      throw error;
    }
  }

  async function runDdl(
    tree: Tree.Create | Tree.Alter | Tree.Drop,
    source: string,
    statement: ExecutableStatement,
  ): Promise<StatementResult> {
    const context = translationContext();
    const sql = translateDdl(tree, source, context);
    if (statement.describeOnly) return status('', statementTypes.ddl);
    await connection.run(sql);
    if (tree.objectType === 'view') await keepDefinition(tree, source, context);
    if (tree.objectType === 'table') keepTemporary(tree, context);
    schema.version += 1;
    return status(ddlStatus(tree), statementTypes.ddl);
  }

  /** A view's text in Snowflake's SQL goes with the view. */
  async function keepDefinition(
    tree: Tree.Create | Tree.Alter | Tree.Drop,
    source: string,
    context: SessionContext,
  ) {
    if (tree.name === null || tree.name.kind === 'string') return;
    const view = resolveName(tree.name, context);
    const [action] = tree.kind === 'alter' ? tree.actions : [];
    if (action?.kind === 'rename_to') {
      await connection.run(renameView(view, renamedTo(tree.name, action.name, context).name));
      return;
    }
    await connection.run(forgetView(view));
    if (tree.kind === 'create' && tree.query !== null) {
      await connection.run(rememberView(view, source.slice(tree.query.start, tree.query.end)));
    }
  }

  function keepTemporary(tree: Tree.Create | Tree.Alter | Tree.Drop, context: SessionContext) {
    if (tree.name === null || tree.name.kind === 'string') return;
    const object = resolveName(tree.name, context);
    if (tree.kind === 'drop') temporary.delete(formatObjectName(object));
    if (tree.kind === 'create' && isTemporaryCreate(tree)) temporary.set(formatObjectName(object), object);
  }

  async function runUse(tree: Tree.Use): Promise<StatementResult> {
    if (tree.name === null) return status('Statement executed successfully.', statementTypes.use);
    const parts = nameParts(tree.name);
    const next = afterUse(state, tree.what, parts);
    if (tree.what === 'database' || tree.what === 'schema') await useSchema(next);
    state = next;
    return status('Statement executed successfully.', statementTypes.use);
  }

  async function useSchema({ database, schema: name }: SessionState): Promise<void> {
    if (database === null || name === null) return;
    const sql = `USE ${quoteName(database)}.${quoteName(name)}`;
    await connection.run(sql).catch((error: unknown) => {
      throw asWarehouseError(error, sql);
    });
  }

  async function runSet(
    tree: Tree.SetVariables,
    source: string,
    statement: ExecutableStatement,
  ): Promise<StatementResult> {
    if (Object.keys(statement.binds).length > 0) throw unsupported('binds in SET');
    for (const [index, { name }] of tree.names.entries()) {
      const value = translate(tree.values[index]!, source, translationContext());
      await connection.run(`SET VARIABLE ${quoteName(name)} = (${value})`);
    }
    return status('Statement executed successfully.', statementTypes.other);
  }

  async function runStatus(
    sql: string,
    statement: ExecutableStatement,
    text: string,
    type: number,
  ): Promise<StatementResult> {
    if (!statement.describeOnly) await connection.run(sql);
    return status(text, type);
  }

  function translationContext(): SessionContext {
    const { database, schema: name, warehouse, role } = state;
    return {
      database,
      schema: name,
      temporary: new Set(temporary.keys()),
      session: {
        CURRENT_DATABASE: database,
        CURRENT_SCHEMA: name,
        CURRENT_WAREHOUSE: warehouse,
        CURRENT_ROLE: role,
        CURRENT_VERSION: '9.30.0',
        CURRENT_ACCOUNT: 'SLUICE',
        LAST_QUERY_ID: lastQueryId,
      },
    };
  }
}

/** Parameters that change nothing here, and that clients set as a matter of course. */
const IGNORED_PARAMETERS =
  /^(AUTOCOMMIT|QUERY_TAG|TIMEZONE|STATEMENT_TIMEOUT_IN_SECONDS|USE_CACHED_RESULT|\w+_OUTPUT_FORMAT|\w+_INPUT_FORMAT|\w+_QUERY_RESULT_FORMAT|CLIENT_\w+|MULTI_STATEMENT_COUNT)$/;

function alterSession({ actions }: Tree.Alter): StatementResult {
  const names = actions.flatMap((action) =>
    action.kind === 'set_options'
      ? action.options.map(({ name }) => (name.kind === 'words' ? name.text : name.value))
      : [],
  );
  const unknown = names.find((name) => !IGNORED_PARAMETERS.test(name.toUpperCase()));
  if (unknown !== undefined) throw unsupported(`the session parameter ${unknown}`);
  return status('Statement executed successfully.', statementTypes.alterSession);
}

function afterUse(state: SessionState, what: Tree.Use['what'], parts: readonly string[]): SessionState {
  const name = parts.at(-1) ?? null;
  switch (what) {
    case 'database':
      return { ...state, database: name, schema: 'PUBLIC' };
    case 'schema':
      return { ...state, schema: name, database: parts.at(-2) ?? state.database };
    case 'warehouse':
      return { ...state, warehouse: name };
    case 'role':
      return { ...state, role: name };
    case 'secondary_roles':
    case 'catalog':
      return state;
    default:
      return what satisfies never;
  }
}
