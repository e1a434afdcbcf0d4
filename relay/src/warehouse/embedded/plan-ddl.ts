import { formatObjectName, type Tree } from '@sluice/snowflake-sql';
import { type Bound } from '@sluice/snowflake-sql/execution';
import { type Declared, declaredBy, NOTHING_DECLARED } from './declared.ts';
import { unsupported } from './errors.ts';
import type { DdlPlan } from './plan.ts';
import type { RegistryChange } from './registry-change.ts';
import { ddlStatus, isTemporaryCreate, objectOf, renamedTo, renderDdl } from './render/ddl.ts';
import { renderObjectName, renderTemporaryName } from './render/names.ts';
import { type RenderOptions, renderStatementQuery } from './render/render.ts';

type Ddl = Tree.Create | Tree.Alter | Tree.Drop;

/** @param isLimited - whether its rows may have to be counted beforehand. */
export function planDdl(bound: Bound, source: string, options: RenderOptions, isLimited: boolean): DdlPlan {
  const { tree } = bound;
  if (tree.kind !== 'create' && tree.kind !== 'alter' && tree.kind !== 'drop')
    throw unsupported('this statement');
  const declared = declaredIn(bound, tree, source, options);
  const temporary = temporaryOf(bound, tree, declared, options);
  return {
    kind: 'ddl',
    sql: renderDdl(bound, options),
    madeOfRows: isLimited ? madeOfRows(bound, tree, options) : null,
    registry: temporary === null ? registryChange(bound, tree, source, declared, options) : null,
    temporary,
    status: ddlStatus(bound, tree),
  };
}

function declaredIn(bound: Bound, tree: Ddl, source: string, options: RenderOptions): Declared {
  if (tree.kind === 'drop' || (tree.objectType !== 'table' && tree.objectType !== 'view'))
    return NOTHING_DECLARED;
  const query = bound.statement.kind === 'create' ? bound.statement.query : null;
  const known = query === null ? null : renderStatementQuery(bound, query, options).columns;
  return declaredBy(bound, objectOf(bound, tree.name), tree, source, known);
}

function madeOfRows(bound: Bound, tree: Ddl, options: RenderOptions): DdlPlan['madeOfRows'] {
  if (tree.kind !== 'create' || tree.objectType !== 'table') return null;
  if (tree.query === null && tree.clone === null) return null;
  const { statement } = bound;
  const query = statement.kind === 'create' ? statement.query : null;
  const object = objectOf(bound, tree.name);
  return {
    table: isTemporaryCreate(tree) ? renderTemporaryName(object) : renderObjectName(object, new Set()),
    rowCount:
      query === null ? null : `SELECT COUNT(*) FROM (${renderStatementQuery(bound, query, options).sql})`,
  };
}

function temporaryOf(
  bound: Bound,
  tree: Ddl,
  declared: Declared,
  { answers }: RenderOptions,
): DdlPlan['temporary'] {
  if (tree.objectType !== 'table') return null;
  const object = objectOf(bound, tree.name);
  // A table that is made is the one that is named, even where a temporary one hides it.
  if (tree.kind === 'create')
    return isTemporaryCreate(tree) ? { is: 'made', object, declared, ifNew: tree.ifNotExists } : null;
  if (!answers.temporary.has(formatObjectName(object))) return null;
  return { is: tree.kind === 'drop' ? 'dropped' : 'changed', object, declared, ifNew: false };
}

function registryChange(
  bound: Bound,
  tree: Ddl,
  source: string,
  declared: Declared,
  options: RenderOptions,
): RegistryChange | null {
  const object = objectOf(bound, tree.name);
  // One that is there already stays, with all that is in it.
  if (tree.objectType === 'schema' && tree.kind === 'create' && tree.ifNotExists) return null;
  if (tree.objectType === 'schema')
    return { change: 'schema', database: object.database, schema: object.name };
  switch (tree.kind) {
    case 'create': {
      // A view's text in Snowflake's SQL goes with the view: it is what queries of it mean.
      const definition = tree.objectType === 'view' ? textOfView(tree, source) : null;
      return { change: 'made', object, definition, ifNew: tree.ifNotExists, declared };
    }
    case 'drop':
      return { change: 'dropped', object };
    case 'alter': {
      const [action] = tree.actions;
      if (action?.kind !== 'rename_to') return { change: 'altered', object, declared };
      return { change: 'renamed', object, to: renamedTo(bound, object, action, options).name };
    }
    default:
      return tree satisfies never;
  }
}

/** Without its text, a view would be taken for a table, and its columns for where values come from. */
function textOfView({ query }: Tree.Create, source: string): string {
  if (query === null) throw unsupported('a view of no query');
  return source.slice(query.start, query.end);
}
