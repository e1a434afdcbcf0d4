import type { Bound, Tree } from '../../statement/index.ts';
import type { StatementResult } from '../result.ts';
import type { ExecutableStatement } from '../warehouse.ts';
import { changeRows } from './change-rows.ts';
import { countRows } from './count-rows.ts';
import { unsupported } from './errors.ts';
import { ddlStatus, isTemporaryCreate, objectOf, renamedTo, renderDdl } from './render/ddl.ts';
import { renderObjectName, renderTemporaryName } from './render/names.ts';
import { type RenderOptions, renderStatementQuery } from './render/render.ts';
import { forgetView, rememberView, renameView } from './render/view.ts';
import { status } from './results.ts';
import { forgetTemporary, keepTemporary, type SessionParts } from './session-parts.ts';
import { statementTypes } from './statement-types.ts';

type Ddl = Tree.Create | Tree.Alter | Tree.Drop;

export async function runDdl(
  parts: SessionParts,
  bound: Bound,
  source: string,
  { describeOnly, changesAtMost }: ExecutableStatement,
  options: RenderOptions,
): Promise<StatementResult> {
  const { tree } = bound;
  if (tree.kind !== 'create' && tree.kind !== 'alter' && tree.kind !== 'drop')
    throw unsupported('this statement');
  const sql = renderDdl(bound, options);
  if (describeOnly) return status('', statementTypes.ddl);
  await makeRows(parts, bound, tree, sql, changesAtMost, options);
  if (tree.objectType === 'view') await keepDefinition(parts, bound, tree, source, options);
  if (tree.objectType === 'table' && tree.kind === 'drop') forgetTemporary(parts, objectOf(bound, tree.name));
  if (tree.objectType === 'table' && tree.kind === 'create' && isTemporaryCreate(tree)) {
    keepTemporary(parts, objectOf(bound, tree.name));
  }
  parts.schema.version += 1;
  return status(ddlStatus(bound, tree), statementTypes.ddl);
}

/** A table that is made of rows has no more of them than it may; of other DDL nobody can say how many it touches. */
async function makeRows(
  parts: SessionParts,
  bound: Bound,
  tree: Ddl,
  sql: string,
  most: number | null,
  options: RenderOptions,
): Promise<void> {
  const { statement } = bound;
  const query = statement.kind === 'create' ? statement.query : null;
  const count =
    query === null ? null : `SELECT COUNT(*) FROM (${renderStatementQuery(bound, query, options)})`;
  const hasRows = tree.kind === 'create' && (tree.query !== null || tree.clone !== null);
  if (most === null) return void (await parts.connection.run(sql));
  if (!hasRows || tree.objectType !== 'table') throw unsupported('a number of rows for this statement');
  await changeRows(parts, {
    most,
    isSeveral: true,
    count: count === null ? null : () => countRows(parts, count, [{}]),
    async run() {
      await parts.connection.run(sql);
      const object = objectOf(bound, tree.name);
      const name = isTemporaryCreate(tree)
        ? renderTemporaryName(object)
        : renderObjectName(object, new Set());
      return await countRows(parts, `SELECT COUNT(*) FROM ${name}`, [{}]);
    },
  });
}

/** A view's text in Snowflake's SQL goes with the view: it is what queries of it mean. */
async function keepDefinition(
  { connection }: SessionParts,
  bound: Bound,
  tree: Ddl,
  source: string,
  options: RenderOptions,
): Promise<void> {
  const view = objectOf(bound, tree.name);
  const [action] = tree.kind === 'alter' ? tree.actions : [];
  if (action?.kind === 'rename_to') {
    await connection.run(renameView(view, renamedTo(bound, view, action, options).name));
    return;
  }
  if (tree.kind === 'create' && tree.query === null) return;
  await connection.run(forgetView(view));
  if (tree.kind === 'create' && tree.query !== null) {
    await connection.run(rememberView(view, source.slice(tree.query.start, tree.query.end)));
  }
}
