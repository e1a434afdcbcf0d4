import type { BoundQuery, BoundStatement } from '../bound/index.ts';
import type { CopyIntoLocation, CopyStatement, Location } from '../tree/copy.ts';
import type { Name } from '../tree/names.ts';
import type { ObjectAccess } from '../understanding.ts';
import { type Binder, noteObject, noteOpaque, opaque, placeOf, visit } from './binder.ts';
import { bindTarget, columnsInto } from './dml.ts';
import { bindExpression } from './expressions.ts';
import { resolveName } from './names.ts';
import { bindQuery } from './queries.ts';
import { columnAt, newScope, NO_CTES } from './scope.ts';
import { bindTable } from './tables.ts';

/** Statements that load and unload rows and files. */
export function bindCopy(binder: Binder, node: CopyStatement): BoundStatement {
  visit(binder, node);
  const at = placeOf(binder, node);
  const other = { kind: 'other', at, arguments: [], inner: [] } as const;
  switch (node.kind) {
    case 'copy_into_table': {
      const target = bindTarget(binder, node.target);
      const columns = columnsInto(target, node.columns, node);
      const source = node.source?.kind === 'query' ? bindQuery(binder, null, NO_CTES, node.source) : null;
      if (node.source !== null && node.source.kind !== 'query') noteLocation(binder, node.source, 'read');
      return { kind: 'load', at, target, columns, source };
    }
    case 'copy_into_location':
      noteLocation(binder, node.target, 'write');
      return bindUnload(binder, node);
    case 'copy_files':
      noteLocation(binder, node.target, 'write');
      noteOpaque(binder, opaque('the contents of the files', node));
      if (node.source.kind !== 'query') {
        noteLocation(binder, node.source, 'read');
        return other;
      }
      return {
        ...other,
        arguments: [{ kind: 'subquery', query: bindQuery(binder, null, NO_CTES, node.source), at }],
      };
    case 'put':
      noteLocation(binder, node.stage, 'write');
      return other;
    case 'get':
      noteOpaque(binder, opaque('the contents of the files', node));
      noteLocation(binder, node.stage, 'read');
      return other;
    case 'list':
      noteLocation(binder, node.location, 'describe');
      return other;
    case 'remove':
      noteLocation(binder, node.location, 'drop');
      return other;
    default:
      return node satisfies never;
  }
}

function bindUnload(
  binder: Binder,
  { source, target, partitionBy, ...node }: CopyIntoLocation,
): BoundStatement {
  const at = placeOf(binder, node);
  const query =
    source.kind === 'query' ? bindQuery(binder, null, NO_CTES, source) : wholeTable(binder, source);
  const scope = newScope(null, NO_CTES);
  const results = new Map<string, number[]>();
  query.columns.forEach(({ name }, index) => results.set(name, [...(results.get(name) ?? []), index]));
  scope.results = results;
  return {
    kind: 'unload',
    at,
    location: locationText(target),
    source: query,
    partitionBy: partitionBy === null ? null : bindExpression(binder, scope, partitionBy),
  };
}

/** `COPY INTO @stage FROM t` unloads every column of it. */
function wholeTable(binder: Binder, name: Name): BoundQuery {
  const from = bindTable(binder, name, null);
  const at = placeOf(binder, name);
  const outputs = from.columns.map((column, index) => ({
    ...column,
    expression: columnAt(binder, from.id, index, column.name, name),
    at,
  }));
  return {
    kind: 'query',
    at,
    ctes: [],
    body: {
      kind: 'select',
      at,
      distinct: false,
      from,
      outputs,
      open: from.open,
      top: null,
      into: false,
      where: null,
      connectBy: null,
      groupBy: null,
      having: null,
      qualify: null,
    },
    orderBy: [],
    limit: null,
    offset: null,
    columns: from.columns,
    open: from.open,
  };
}

function noteLocation(binder: Binder, location: Location, access: ObjectAccess): void {
  visit(binder, location);
  const name =
    location.kind === 'stage' && location.name !== null
      ? resolveName(binder, location.name)
      : { database: '', schema: '', name: locationText(location) };
  noteObject(binder, 'stage', name, access, location);
}

function locationText(location: Location): string {
  if (location.kind === 'string') return location.value;
  const { name, path, type } = location;
  return `@${type === 'user' ? '~' : (name?.parts.map((part) => part.name).join('.') ?? '')}${path}`;
}
