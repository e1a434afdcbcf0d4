import type { Bound, Tree } from '../../statement/index.ts';
import type { StatementResult } from '../result.ts';
import type { ExecutableStatement } from '../warehouse.ts';
import { unsupported } from './errors.ts';
import { ddlStatus, isTemporaryCreate, objectOf, renamedTo, renderDdl } from './render/ddl.ts';
import type { RenderOptions } from './render/render.ts';
import { forgetView, rememberView, renameView } from './render/view.ts';
import { status } from './results.ts';
import { forgetTemporary, keepTemporary, type SessionParts } from './session-parts.ts';
import { statementTypes } from './statement-types.ts';

type Ddl = Tree.Create | Tree.Alter | Tree.Drop;

export async function runDdl(
  parts: SessionParts,
  bound: Bound,
  source: string,
  { describeOnly }: ExecutableStatement,
  options: RenderOptions,
): Promise<StatementResult> {
  const { tree } = bound;
  if (tree.kind !== 'create' && tree.kind !== 'alter' && tree.kind !== 'drop')
    throw unsupported('this statement');
  const sql = renderDdl(bound, options);
  if (describeOnly) return status('', statementTypes.ddl);
  await parts.connection.run(sql);
  if (tree.objectType === 'view') await keepDefinition(parts, bound, tree, source, options);
  if (tree.objectType === 'table' && tree.kind === 'drop') forgetTemporary(parts, objectOf(bound, tree.name));
  if (tree.objectType === 'table' && tree.kind === 'create' && isTemporaryCreate(tree)) {
    keepTemporary(parts, objectOf(bound, tree.name));
  }
  parts.schema.version += 1;
  return status(ddlStatus(bound, tree), statementTypes.ddl);
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
