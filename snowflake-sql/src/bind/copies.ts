import type { BoundFiles, BoundQuery, BoundRelation, BoundStaged, BoundStatement } from '../bound/index.ts';
import { invalid, Unresolvable } from '../problem.ts';
import type { SourceRange } from '../source-range.ts';
import type {
  CopyFiles,
  CopyIntoLocation,
  CopyIntoTable,
  CopyStatement,
  Get,
  ListFiles,
  LocalFile,
  Location,
  Put,
  RemoveFiles,
} from '../tree/copy.ts';
import type { StringLiteral } from '../tree/names.ts';
import type { Option } from '../tree/options.ts';
import type { ObjectAccess } from '../understanding.ts';
import { type Binder, noteOpaque, opaque, placeOf, visit } from './binder.ts';
import { bindTarget, columnsInto } from './dml.ts';
import { bindExpression } from './expressions.ts';
import { bindQuery } from './queries.ts';
import { columnAt, newScope, NO_CTES } from './scope.ts';
import { optionsOf } from './stage-options.ts';
import { bindFiles, bindPlace, columnOfFile, staged } from './stages.ts';
import { bindTable } from './tables.ts';

/** Statements that load and unload rows and files. */
export function bindCopy(binder: Binder, node: CopyStatement): BoundStatement {
  visit(binder, node);
  switch (node.kind) {
    case 'copy_into_table':
      return bindLoad(binder, node);
    case 'copy_into_location':
      return bindUnload(binder, node);
    case 'copy_files':
      return bindCopyFiles(binder, node);
    case 'put':
      return bindFileStatement(binder, node, node.stage, 'write', node.file);
    case 'get':
      return bindFileStatement(binder, node, node.stage, 'read', node.file);
    case 'list':
      return bindFileStatement(binder, node, node.location, 'describe', null);
    case 'remove':
      return bindFileStatement(binder, node, node.location, 'drop', null);
    default:
      return node satisfies never;
  }
}

function bindFileStatement(
  binder: Binder,
  node: Put | Get | ListFiles | RemoveFiles,
  location: Location,
  access: ObjectAccess,
  file: LocalFile | StringLiteral | null,
): BoundStatement {
  const at = placeOf(binder, node);
  const place = bindPlace(binder, location, access);
  const { known } = place;
  if (known === null) {
    if (node.kind === 'get') noteOpaque(binder, opaque('the contents of the files', node));
    return { kind: 'other', at, arguments: [], inner: [] };
  }
  return {
    kind: 'files',
    at,
    what: node.kind,
    files: bindFiles(binder, { ...place, known }, node.options),
    local: file === null ? '' : file.kind === 'string' ? file.value : file.url,
    options: optionsOf(binder, node.options),
  };
}

function bindCopyFiles(binder: Binder, node: CopyFiles): BoundStatement {
  const at = placeOf(binder, node);
  bindPlace(binder, node.target, 'write');
  noteOpaque(binder, opaque('the contents of the files', node));
  if (node.source.kind !== 'query') {
    bindPlace(binder, node.source, 'read');
    return { kind: 'other', at, arguments: [], inner: [] };
  }
  const query = bindQuery(binder, null, NO_CTES, node.source);
  return { kind: 'other', at, arguments: [{ kind: 'subquery', query, at }], inner: [] };
}

function bindLoad(binder: Binder, node: CopyIntoTable): BoundStatement {
  const at = placeOf(binder, node);
  const target = bindTarget(binder, node.target);
  const columns = columnsInto(target, node.columns, node);
  const source = sourceOfLoad(binder, node, columns);
  if (source !== null && source.open === null && source.columns.length > columns.length) {
    const counted = { expected: columns.length, given: source.columns.length };
    throw invalid({ what: 'insert_values', ...counted }, 'as many values as columns are needed', node);
  }
  // The rest of the columns have their defaults.
  const written = source === null ? columns : columns.slice(0, source.columns.length);
  return { kind: 'load', at, target, columns: written, source, options: optionsOf(binder, node.options) };
}

function sourceOfLoad(binder: Binder, node: CopyIntoTable, columns: readonly string[]): BoundQuery | null {
  const { source, options } = node;
  if (source?.kind === 'query') return bindQuery({ ...binder, copying: options }, null, NO_CTES, source);
  const place = bindPlace(binder, source ?? stageOfTable(node), 'read');
  const { known } = place;
  if (known === null) return null;
  const files = bindFiles(binder, { ...place, known }, options);
  return everyColumn(binder, node, files, columns, matchOf(binder, options, columns));
}

/** Without FROM, the files of the table's own stage. */
function stageOfTable({ target, ...node }: CopyIntoTable): Location {
  if (target.kind !== 'qualified_name')
    throw new Unresolvable('unsupported', 'COPY INTO a computed name without FROM', target);
  return { kind: 'stage', start: node.start, end: node.end, name: target, type: 'table', path: '' };
}

function matchOf(binder: Binder, options: readonly Option[], names: readonly string[]): BoundStaged['match'] {
  const { MATCH_BY_COLUMN_NAME: match = 'NONE' } = optionsOf(binder, options);
  switch (String(match).toUpperCase()) {
    case 'NONE':
      return null;
    case 'CASE_SENSITIVE':
      return { names, exact: true };
    case 'CASE_INSENSITIVE':
      return { names, exact: false };
    default:
      throw new Unresolvable('unsupported', 'this MATCH_BY_COLUMN_NAME', options[0]!);
  }
}

/** The files' columns, one for each of the table's. */
function everyColumn(
  binder: Binder,
  node: CopyIntoTable,
  files: BoundFiles,
  columns: readonly string[],
  match: BoundStaged['match'],
): BoundQuery {
  const relation: BoundStaged = { ...staged(binder, node, null, files), whole: true, match };
  columns.forEach((_, index) => columnOfFile(binder, relation, index + 1, node));
  return wholeRelation(binder, relation, node);
}

function bindUnload(
  binder: Binder,
  { source, target, partitionBy, ...node }: CopyIntoLocation,
): BoundStatement {
  const at = placeOf(binder, node);
  const place = bindPlace(binder, target, 'write');
  const { known } = place;
  const query =
    source.kind === 'query'
      ? bindQuery(binder, null, NO_CTES, source)
      : wholeRelation(binder, bindTable(binder, source, null), source);
  const scope = newScope(null, NO_CTES);
  const results = new Map<string, number[]>();
  query.columns.forEach(({ name }, index) => results.set(name, [...(results.get(name) ?? []), index]));
  scope.results = results;
  return {
    kind: 'unload',
    at,
    location: place.text,
    to: known === null ? null : bindFiles(binder, { ...place, known }, node.options),
    options: optionsOf(binder, node.options),
    source: query,
    partitionBy: partitionBy === null ? null : bindExpression(binder, scope, partitionBy),
  };
}

/** `SELECT *` of it. */
function wholeRelation(binder: Binder, from: BoundRelation, place: SourceRange): BoundQuery {
  const at = placeOf(binder, place);
  const outputs = from.columns.map((column, index) => ({
    ...column,
    expression: columnAt(binder, from.id, index, column.name, place),
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
