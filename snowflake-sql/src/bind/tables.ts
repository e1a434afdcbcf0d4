import type {
  BoundRelation,
  BoundSample,
  BoundTable,
  BoundTableFunction,
  BoundView,
} from '../bound/index.ts';
import type { CatalogColumn, CatalogRelation, CatalogTable, CatalogView } from '../catalog.ts';
import { formatObjectName } from '../object-name.ts';
import { parse } from '../parse.ts';
import type { Name } from '../tree/names.ts';
import type { TableRelation } from '../tree/query.ts';
import {
  type Binder,
  nextRelation,
  noteObject,
  opaque,
  placeOf,
  spend,
  type TableColumns,
} from './binder.ts';
import { bindExpression } from './expressions.ts';
import { Unresolvable } from '../problem.ts';
import { findTable, resolveParts } from './names.ts';
import { bindQuery } from './queries.ts';
import { boundColumns, findCte, newScope, NO_CTES, type Scope } from './scope.ts';

/** Resolves a name in FROM: a common table expression, or a table or view of the catalog. */
export function bindTableOrCte(
  binder: Binder,
  scope: Scope,
  node: TableRelation,
  sample: BoundSample | null,
): BoundRelation {
  const { name, travel, changes } = node;
  const bare =
    name.kind === 'qualified_name' && name.parts.length === 1 && !name.publicSchema
      ? name.parts[0]!.name
      : null;
  const cte = bare === null ? undefined : findCte(scope.ctes, bare);
  if (cte !== undefined && travel === null && changes === null) {
    spend(binder, cte.columns.length);
    const at = placeOf(binder, node);
    const { columns } = cte;
    return { kind: 'cte', at, sample, id: nextRelation(binder), columns, open: openOf(cte), cte };
  }
  if (bare === DUAL && travel === null && changes === null && !isThere(binder, DUAL))
    return oneRow(binder, node, sample);
  const found = bindTable(binder, name, sample);
  if (travel === null && changes === null) return found;
  const outside = newScope(scope.parent, scope.ctes);
  const moments = [travel, changes?.from, changes?.to]
    .filter((moment) => moment != null)
    .map(({ point, argument }) => ({ point, argument: bindExpression(binder, outside, argument) }));
  if (found.kind !== 'table') return { ...found, open: opaque('the earlier contents of a view', found.at) };
  // CHANGES adds METADATA$ columns that are not listed here.
  const open = changes === null ? found.open : opaque('the columns that CHANGES adds', found.at);
  return { ...found, travel: moments, changes: changes !== null, open };
}

/** `FROM DUAL`: one row without columns, where no table or view is called so. */
const DUAL = 'DUAL';

/** One that was not looked up, or that the caller may not see, is left to be told of as any other. */
function isThere({ catalog, context }: Binder, name: string): boolean {
  const resolved = resolveParts(context, [{ name }], false);
  return resolved !== null && catalog.find(resolved) !== null;
}

/** As `TABLE(GENERATOR(ROWCOUNT => 1))`. */
function oneRow(binder: Binder, node: TableRelation, sample: BoundSample | null): BoundTableFunction {
  const at = placeOf(binder, node);
  const value = { kind: 'number', start: node.start, end: node.end, text: '1' } as const;
  return {
    kind: 'table_function',
    at,
    sample,
    id: nextRelation(binder),
    columns: [],
    open: null,
    call: {
      kind: 'call',
      at,
      name: { database: '', schema: '', name: 'GENERATOR' },
      builtIn: true,
      distinct: false,
      arguments: [
        { kind: 'wrapped', at, how: 'named', word: 'ROWCOUNT', operand: { kind: 'literal', at, value } },
      ],
      withinGroup: [],
      fromLast: false,
      nulls: null,
      over: null,
      method: false,
    },
  };
}

/** A recursive query's own columns are known before its query is. */
function openOf({ query }: { readonly query: { readonly open: BoundRelation['open'] } | undefined }) {
  return query?.open ?? null;
}

/** A table or view that is read. */
export function bindTable(
  binder: Binder,
  name: Name,
  sample: BoundSample | null,
): Exclude<BoundRelation, { kind: 'cte' }> {
  const found = findTable(binder, name);
  noteObject(binder, found.type, found.name, 'read', name);
  return relationOf(binder, found, name, sample);
}

/** The columns of a table are sources of values; those of a view are computed by its definition. */
export function relationOf(
  binder: Binder,
  found: CatalogRelation,
  at: Name,
  sample: BoundSample | null,
): Exclude<BoundRelation, { kind: 'cte' }> {
  spend(binder, found.columns.length);
  if (found.type === 'table' || found.definition === undefined)
    return tableRelation(binder, found, at, sample, false);
  const view = bindView(binder, found, found.definition, at);
  const { columns } = view;
  const place = placeOf(binder, at);
  return { kind: 'view', at: place, sample, id: nextRelation(binder), columns, open: null, view };
}

export function tableRelation(
  binder: Binder,
  found: CatalogTable | CatalogView,
  at: Name,
  sample: BoundSample | null,
  target: boolean,
): BoundTable {
  return {
    kind: 'table',
    at: placeOf(binder, at),
    sample,
    id: nextRelation(binder),
    ...columnsOf(binder, found),
    open: null,
    object: found.name,
    objectType: found.type,
    travel: [],
    changes: false,
    target,
  };
}

/** Computed once: a statement may refer to a table ten thousand times. */
function columnsOf({ noted }: Binder, found: CatalogTable | CatalogView): TableColumns {
  const known = noted.columns.get(found);
  if (known !== undefined) return known;
  const columns = boundColumns(found.columns.map(({ name }) => name));
  const key = found.type === 'table' ? (found.key ?? null) : null;
  const types = found.columns.map(({ type }) => type);
  const made = { columns, types, required: found.columns.map(isRequired), key };
  noted.columns.set(found, made);
  return made;
}

/** Every catalog of a warehouse says it. */
export function isRequired({ nullable }: CatalogColumn): boolean {
  return nullable === false;
}

/** The definition of a view, bound once in its own database and schema, regardless of the session. */
function bindView(binder: Binder, found: CatalogView, definition: string, at: Name): BoundView {
  const key = formatObjectName(found.name);
  const known = binder.noted.views.get(key);
  if (known !== undefined) return known;
  const columns = boundColumns(found.columns.map(({ name }) => name));
  const unknown = (reason: string): BoundView => ({
    object: found.name,
    columns,
    query: null,
    unknown: opaque(reason, placeOf(binder, at)),
  });
  // Until it is bound: a view that refers to itself finds columns of unknown origin, so the recursion ends.
  binder.noted.views.set(key, unknown(`the view ${key}, which refers to itself`));
  const view =
    followed(binder, found, definition, columns, at) ?? unknown(`the definition of the view ${key}`);
  // After the views that it reads.
  binder.noted.views.delete(key);
  binder.noted.views.set(key, view);
  return view;
}

/** Null if the definition does not parse, or has other columns than the view. */
function followed(
  binder: Binder,
  found: CatalogView,
  definition: string,
  columns: BoundView['columns'],
  at: Name,
): BoundView | null {
  const parsed = binder.parsedViews.get(definition) ?? parse(definition);
  binder.parsedViews.set(definition, parsed);
  if (parsed.outcome !== 'parsed' || parsed.statement.kind !== 'query') return null;
  const { statement } = parsed;
  const inside = insideView(binder, found, parsed.source, at);
  const query = failingAt(at, found, () => bindQuery(inside, null, NO_CTES, statement));
  // By index, because the view may have other names for its columns.
  return query.open === null && query.columns.length === columns.length
    ? { object: found.name, columns, query, unknown: null }
    : null;
}

/** Errors within a view were not made by the reader, and may reveal what the reader may not know. */
function failingAt<Bound>(at: Name, { name }: CatalogView, bindIt: () => Bound): Bound {
  try {
    return bindIt();
  } catch (thrown) {
    if (!(thrown instanceof Unresolvable) || thrown.problem.code === 'too_complex') throw thrown;
    // A defect of this package, which must not look like one of the view.
    if (thrown.problem.code === 'not_loaded')
      throw new Unresolvable('not_loaded', `what \`${formatObjectName(name)}\` reads was not looked up`, at);
    throw new Unresolvable(
      'unsupported',
      `the view \`${formatObjectName(name)}\` cannot be read: its definition is no longer valid`,
      at,
    );
  }
}

/** Names in a view are resolved in the view's own schema. */
function insideView(binder: Binder, { name }: CatalogView, source: string, at: Name): Binder {
  const { database, schema } = name;
  return {
    ...binder,
    source,
    context: { ...binder.context, database, schema },
    through: binder.through ?? { view: name, range: { start: at.start, end: at.end } },
    steps: [],
  };
}
