import type {
  BoundAlter,
  BoundComputed,
  BoundCreate,
  BoundInnerStatement,
  BoundRelation,
  BoundTable,
  ColumnFit,
} from '../bound/index.ts';
import type { CatalogRelation } from '../catalog.ts';
import type { ColumnRef, ObjectName } from '../object-name.ts';
import type { AlterAction, Clone, ColumnDefinition } from '../tree/ddl.ts';
import type { DataType, Name, StringLiteral } from '../tree/names.ts';
import type { Alter, Body, Create } from '../tree/statements.ts';
import type { ObjectAccess } from '../understanding.ts';
import {
  type Binder,
  leave,
  nextRelation,
  noteObject,
  noteOpaque,
  opaque,
  placeOf,
  visit,
} from './binder.ts';
import { bindExpression } from './expressions.ts';
import { findTable, lookUpObject, resolveContainer, resolveName } from './names.ts';
import { isAccountLevel, objectTypeOf } from './object-type.ts';
import { bindQuery } from './queries.ts';
import { noteSchemaContents } from './schema-contents.ts';
import { addRelation, boundColumns, newScope, NO_CTES } from './scope.ts';
import { bindTable } from './tables.ts';

/** Binds a body of statements that will run with, or after, the statement that contains it. */
export type BindBody = (binder: Binder, body: Body) => readonly BoundInnerStatement[];

/** CREATE: the object, the source of its rows, and what it will execute. */
export function bindCreate(binder: Binder, node: Create, bindBody: BindBody): BoundCreate {
  visit(binder, node);
  const object = noteDdlObject(binder, node.objectType, node.name, 'create');
  if (node.objectType === 'schema' && node.or === 'REPLACE' && object !== null)
    noteSchemaContents(binder, object, node);
  for (const source of node.sources) {
    if (source.name.kind === 'qualified_name')
      noteObject(binder, 'other', resolveName(binder, source.name), 'read', source);
  }
  const query = node.query === null ? null : bindQuery(binder, null, NO_CTES, node.query);
  const own = object === null ? null : ownTable(binder, object, node.columns.map(asColumn), node);
  return {
    kind: 'create',
    at: placeOf(binder, node),
    object,
    query,
    columns: node.columns.map(({ name }) => name.name),
    fits: node.columns.map((column) => fitOf(column, node.constraints)),
    clone: node.clone === null ? null : bindClone(binder, node.clone),
    computed: own === null ? [] : node.columns.flatMap((column) => bindComputed(binder, own, column)),
    inner: [node.condition, node.body].flatMap((body) => (body === null ? [] : bindBody(binder, body))),
  };
}

function fitOf({ name, type, flags }: ColumnDefinition, constraints: Create['constraints']): ColumnFit {
  const isKey = constraints.some(
    (constraint) =>
      constraint.type === 'primary_key' && constraint.columns.some((column) => column.name === name.name),
  );
  return {
    type: type === null ? null : written(type),
    required: isKey || flags.some(({ text }) => text === 'NOT NULL' || text === 'PRIMARY KEY'),
  };
}

/** As a catalog has it. */
function written({ name, parameters }: DataType): string {
  return parameters.length === 0 ? name : `${name}(${parameters.map(({ text }) => text).join(',')})`;
}

function asColumn({ name, type }: ColumnDefinition): { name: string; type: string } {
  return { name: name.name, type: type?.name ?? '' };
}

/** The new table as seen by its own computed columns. */
function ownTable(
  binder: Binder,
  object: ObjectName,
  columns: readonly { readonly name: string; readonly type: string }[],
  at: Create | Alter,
): BoundTable {
  return {
    kind: 'table',
    at: placeOf(binder, at),
    sample: null,
    id: nextRelation(binder),
    columns: boundColumns(columns.map(({ name }) => name)),
    open: null,
    object,
    objectType: 'table',
    types: columns.map(({ type }) => type),
    required: columns.map(() => false),
    key: null,
    travel: [],
    changes: false,
    target: true,
  };
}

/** What fills a column that is not written explicitly: its DEFAULT, or the expression of a computed column. */
function bindComputed(binder: Binder, own: BoundTable, column: ColumnDefinition): BoundComputed[] {
  const { defaultValue, computed, name } = column;
  const scope = newScope(null, NO_CTES);
  addRelation(scope, own, [own.object.database, own.object.schema, own.object.name]);
  const bound = (how: BoundComputed['how'], node: typeof defaultValue): BoundComputed[] =>
    node === null ? [] : [{ column: name.name, how, value: bindExpression(binder, scope, node), own }];
  return [...bound('default', defaultValue), ...bound('computed', computed)];
}

/** A clone of a table has its columns; what a clone of a schema or of files has is not known. */
function bindClone(binder: Binder, { source, how }: Clone): BoundRelation | null {
  const isName = source.kind === 'qualified_name' || source.kind === 'dynamic_name';
  if (isName && how !== 'template') {
    // LIKE copies the columns of a table, and reads no rows.
    if (how === 'like') {
      const found = findTable(binder, source);
      noteObject(binder, found.type, found.name, 'read', source);
      return null;
    }
    return bindTable(binder, source, null);
  }
  noteOpaque(binder, opaque('a copy of an object that is not a table', source));
  leave(binder, source);
  return null;
}

/** ALTER: the object. A renamed table or column keeps its values. */
export function bindAlter(binder: Binder, node: Alter, bindBody: BindBody): BoundAlter {
  visit(binder, node);
  const object = noteDdlObject(binder, node.objectType, node.name, 'alter');
  for (const other of node.others) noteDdlObject(binder, node.objectType, other, 'alter');
  const moves: BoundAlter['moves'][number][] = [];
  const checked: ColumnRef[] = [];
  const computed: BoundComputed[] = [];
  const inner: BoundInnerStatement[] = [];
  for (const action of node.actions) {
    visit(binder, action);
    if (action.kind === 'replace_body') inner.push(...bindBody(binder, action.body));
    else if (action.kind === 'add_columns') computed.push(...bindAdded(binder, node, object, action));
    else if (action.kind === 'alter_column') {
      noteChangedDefault(binder, action);
      if (object !== null && !isOfComment(action.change))
        checked.push({ object, column: action.column.name });
    } else {
      if (action.kind === 'add_constraint' && action.constraint.check !== null)
        noteOpaque(binder, opaque('a condition that every row is tried on', action));
      if (object !== null && action.kind === 'add_constraint')
        checked.push(...action.constraint.columns.map(({ name }) => ({ object, column: name })));
      moves.push(...movesOf(binder, node, object, action));
    }
  }
  return { kind: 'alter', at: placeOf(binder, node), object, moves, checked, computed, inner };
}

/** No value has to fit what is said of its column. */
function isOfComment(change: Extract<AlterAction, { kind: 'alter_column' }>['change']): boolean {
  return change.kind === 'option' || (change.kind === 'words' && change.text === 'UNSET COMMENT');
}

function movesOf(
  binder: Binder,
  alter: Alter,
  object: ObjectName | null,
  action: AlterAction,
): BoundAlter['moves'] {
  switch (action.kind) {
    case 'rename_to':
      return renamed(binder, alter, action.name, false);
    case 'swap_with':
      return renamed(binder, alter, action.name, true);
    case 'rename_column': {
      if (object === null) return [];
      const column = ({ name }: typeof action.from) => ({ object, column: name });
      return [{ from: column(action.from), to: column(action.to) }];
    }
    default:
      // Other actions move no values; they are decided on by kind and object.
      return [];
  }
}

/** Rows that can be found under another name afterwards. For anything but a table, it is not known which rows. */
function renamed(binder: Binder, alter: Alter, to: Name, swapped: boolean): BoundAlter['moves'] {
  const type = objectTypeOf(alter.objectType);
  const holdsRows = type === 'table' || type === 'view';
  if (!holdsRows || alter.name === null || alter.name.kind === 'string') {
    if (!holdsRows && !CONTAINERS.has(type)) {
      noteDdlObject(binder, alter.objectType, to, 'create');
      return [];
    }
    noteOpaque(binder, opaque(`the contents of the ${type} under its new name`, alter));
    return [];
  }
  const from = findTable(binder, alter.name);
  if (swapped) {
    const other = findTable(binder, to);
    noteObject(binder, other.type, other.name, 'alter', to);
    noteObject(binder, type, from.name, 'create', alter);
    noteObject(binder, type, other.name, 'create', alter);
    return [...moved(from, other.name), ...moved(other, from.name)];
  }
  const target = resolveName(binder, to);
  noteObject(binder, type, target, 'create', alter);
  return moved(from, target);
}

/** Renaming what contains tables makes them other tables for every rule and tag. */
const CONTAINERS: ReadonlySet<string> = new Set(['schema', 'database', 'other', 'share', 'stream']);

function moved({ name, columns }: CatalogRelation, to: ObjectName): BoundAlter['moves'] {
  return columns.map((column) => ({
    from: { object: name, column: column.name },
    to: { object: to, column: column.name },
  }));
}

function bindAdded(
  binder: Binder,
  alter: Alter,
  object: ObjectName | null,
  { columns }: Extract<AlterAction, { kind: 'add_columns' }>,
): readonly BoundComputed[] {
  const { name } = alter;
  if (object === null || name === null) return [];
  if (columns.every((one) => one.defaultValue === null && one.computed === null)) return [];
  const known = name.kind === 'string' ? null : lookUpObject(binder, object, name);
  const present = known === null || !('columns' in known) ? [] : known.columns;
  const own = ownTable(binder, object, [...present, ...columns.map(asColumn)], alter);
  return columns.flatMap((column) => bindComputed(binder, own, column));
}

/** A new DEFAULT is an expression that is evaluated when rows are written. */
function noteChangedDefault(
  binder: Binder,
  { change, ...node }: Extract<AlterAction, { kind: 'alter_column' }>,
): void {
  const isPlain = [
    'data_type',
    'words',
    'option',
    'set_tags',
    'unset_tags',
    'string',
    'number',
    'boolean',
    'null',
  ];
  const isPolicy = change.kind === 'attach_policy' || change.kind === 'detach_policy';
  if (!isPlain.includes(change.kind) && !isPolicy)
    noteOpaque(binder, opaque('an expression that is evaluated later', node));
  leave(binder, change);
}

/** Records the object of a DDL statement, named as its type requires; null if it has no name. */
export function noteDdlObject(
  binder: Binder,
  objectType: string,
  name: Name | StringLiteral | null,
  access: ObjectAccess,
): ObjectName | null {
  const type = objectTypeOf(objectType);
  if (name === null) return null;
  visit(binder, name);
  if (name.kind === 'string') {
    const resolved = { database: '', schema: '', name: name.value };
    noteObject(binder, type, resolved, access, name);
    return resolved;
  }
  const resolved =
    type === 'schema'
      ? resolveContainer(binder, name, 'schema')
      : isAccountLevel(type)
        ? resolveContainer(binder, name, 'database')
        : resolveName(binder, name);
  noteObject(binder, type, resolved, access, name);
  return resolved;
}
