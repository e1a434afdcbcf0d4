import type { Bound, Tree } from '@sluice/snowflake-sql';
import { unsupported } from './errors.ts';
import type { DdlPlan } from './plan.ts';
import { ddlStatus, isTemporaryCreate, objectOf, renamedTo, renderDdl } from './render/ddl.ts';
import { renderObjectName, renderTemporaryName } from './render/names.ts';
import { type RenderOptions, renderStatementQuery } from './render/render.ts';
import { forgetView, rememberView, renameView } from './render/view.ts';

type Ddl = Tree.Create | Tree.Alter | Tree.Drop;

/** @param isLimited - whether its rows may have to be counted beforehand. */
export function planDdl(bound: Bound, source: string, options: RenderOptions, isLimited: boolean): DdlPlan {
  const { tree } = bound;
  if (tree.kind !== 'create' && tree.kind !== 'alter' && tree.kind !== 'drop')
    throw unsupported('this statement');
  return {
    kind: 'ddl',
    sql: renderDdl(bound, options),
    madeOfRows: isLimited ? madeOfRows(bound, tree, options) : null,
    afterwards: tree.objectType === 'view' ? keptDefinition(bound, tree, source, options) : [],
    temporary: temporaryOf(bound, tree),
    status: ddlStatus(bound, tree),
  };
}

function madeOfRows(bound: Bound, tree: Ddl, options: RenderOptions): DdlPlan['madeOfRows'] {
  if (tree.kind !== 'create' || tree.objectType !== 'table') return null;
  if (tree.query === null && tree.clone === null) return null;
  const { statement } = bound;
  const query = statement.kind === 'create' ? statement.query : null;
  const object = objectOf(bound, tree.name);
  return {
    table: isTemporaryCreate(tree) ? renderTemporaryName(object) : renderObjectName(object, new Set()),
    rowCount: query === null ? null : `SELECT COUNT(*) FROM (${renderStatementQuery(bound, query, options)})`,
  };
}

function temporaryOf(bound: Bound, tree: Ddl): DdlPlan['temporary'] {
  if (tree.objectType !== 'table') return null;
  if (tree.kind === 'drop') return { is: 'dropped', object: objectOf(bound, tree.name) };
  if (tree.kind !== 'create' || !isTemporaryCreate(tree)) return null;
  return { is: 'made', object: objectOf(bound, tree.name) };
}

/** A view's text in Snowflake's SQL goes with the view: it is what queries of it mean. */
function keptDefinition(bound: Bound, tree: Ddl, source: string, options: RenderOptions): readonly string[] {
  const view = objectOf(bound, tree.name);
  const [action] = tree.kind === 'alter' ? tree.actions : [];
  if (action?.kind === 'rename_to') {
    return [renameView(view, renamedTo(bound, view, action, options).name)];
  }
  if (tree.kind !== 'create') return [forgetView(view)];
  if (tree.query === null) return [];
  return [forgetView(view), rememberView(view, source.slice(tree.query.start, tree.query.end))];
}
