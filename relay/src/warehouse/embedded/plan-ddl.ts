import { formatObjectName, isTemporaryCreate, type Tree } from '@sluice/snowflake-sql';
import { type Bound } from '@sluice/snowflake-sql/execution';
import { type Declared, declaredBy, NOTHING_DECLARED } from './declared.ts';
import { unsupported } from './errors.ts';
import type { DdlPlan, SchemaGone, SchemaMade } from './plan.ts';
import type { RegistryChange } from './registry-change.ts';
import { ddlStatus, isOfSequence, objectOf, renamedTo, renderDdl } from './render/ddl.ts';
import { renderObjectName, renderTemporaryName } from './render/names.ts';
import { type RenderOptions, renderStatementQuery } from './render/render.ts';
import { renderAnyNextValue, renderNextValue } from './render/sequences.ts';

type Ddl = Tree.Create | Tree.Alter | Tree.Drop;

/** @param isLimited - whether its rows may have to be counted beforehand. */
export function planDdl(bound: Bound, source: string, options: RenderOptions, isLimited: boolean): DdlPlan {
  const { tree } = bound;
  if (tree.kind !== 'create' && tree.kind !== 'alter' && tree.kind !== 'drop')
    throw unsupported('this statement');
  const declared = declaredIn(bound, tree, source, options);
  const temporary = temporaryOf(bound, tree, source, declared, options);
  return {
    kind: 'ddl',
    needs: null,
    sql: renderDdl(bound, options),
    madeOfRows: isLimited ? madeOfRows(bound, tree, options) : null,
    registry: temporary === null ? registryChange(bound, tree, source, declared, options) : null,
    temporary,
    status: ddlStatus(bound, tree),
    idle: idleOf(bound, tree),
    ofQuery: ofQuery(bound, tree),
    drawnBy: drawnBy(bound, tree),
    schemaGone: schemaGone(bound, tree),
    schemaMade: schemaMade(bound, tree),
  };
}

function idleOf(bound: Bound, tree: Ddl): DdlPlan['idle'] {
  if (tree.objectType !== 'table' && tree.objectType !== 'view') return null;
  const object = objectOf(bound, tree.name);
  if (tree.kind === 'create' && tree.ifNotExists)
    return { object, whenThere: true, status: `${object.name} already exists, statement succeeded.` };
  if (tree.kind !== 'drop' || !tree.ifExists) return null;
  const status = `Drop statement executed successfully (${object.name} already dropped).`;
  return { object, whenThere: false, status };
}

function schemaGone(bound: Bound, tree: Ddl): SchemaGone | null {
  if (tree.objectType !== 'schema' || tree.kind === 'alter') return null;
  if (tree.kind === 'create' && tree.or === null) return null;
  const restricted = tree.kind === 'drop' && tree.flags.some(({ text }) => text === 'RESTRICT');
  return { schema: objectOf(bound, tree.name), restricted };
}

function schemaMade(bound: Bound, tree: Ddl): SchemaMade | null {
  if (tree.objectType !== 'schema' || tree.kind !== 'create') return null;
  return { schema: objectOf(bound, tree.name), ifNew: tree.ifNotExists };
}

function drawnBy(bound: Bound, tree: Ddl): string | null {
  const gone = schemaGone(bound, tree);
  if (gone !== null) return renderAnyNextValue(gone.schema);
  if (!isOfSequence(tree) || tree.kind === 'alter' || (tree.kind === 'create' && tree.or === null))
    return null;
  return renderNextValue(objectOf(bound, tree.name));
}

/** One that may be there already is not counted: its rows are not of the query. */
function ofQuery(bound: Bound, tree: Ddl): string | null {
  if (tree.kind !== 'create' || tree.objectType !== 'table' || tree.query === null || tree.ifNotExists)
    return null;
  return madeTable(bound, tree);
}

function madeTable(bound: Bound, tree: Tree.Create): string {
  const object = objectOf(bound, tree.name);
  return isTemporaryCreate(tree) ? renderTemporaryName(object) : renderObjectName(object, new Set());
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
  return {
    table: madeTable(bound, tree),
    rowCount:
      query === null ? null : `SELECT COUNT(*) FROM (${renderStatementQuery(bound, query, options).sql})`,
  };
}

function temporaryOf(
  bound: Bound,
  tree: Ddl,
  source: string,
  declared: Declared,
  { answers }: RenderOptions,
): DdlPlan['temporary'] {
  if (tree.objectType !== 'table' && tree.objectType !== 'view') return null;
  const object = objectOf(bound, tree.name);
  // What is made is what is named, even where a temporary object hides it.
  if (tree.kind === 'create') {
    if (!isTemporaryCreate(tree)) return null;
    const definition = tree.objectType === 'view' ? textOfView(tree, source) : null;
    return { is: 'made', object, definition, declared, ifNew: tree.ifNotExists };
  }
  if (!answers.temporary.has(formatObjectName(object))) return null;
  if (tree.kind === 'drop') return { is: 'dropped', object };
  if (tree.objectType === 'view') throw unsupported('ALTER of a temporary view');
  return { is: 'changed', object, declared };
}

function registryChange(
  bound: Bound,
  tree: Ddl,
  source: string,
  declared: Declared,
  options: RenderOptions,
): RegistryChange | null {
  if (isOfSequence(tree)) return null;
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
      if (action?.kind === 'swap_with')
        return { change: 'swapped', object, with: renamedTo(bound, object, action, options) };
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
