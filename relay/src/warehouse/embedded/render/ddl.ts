import { formatObjectName, isTemporaryCreate, type ObjectName, type Tree } from '@sluice/snowflake-sql';
import {
  type Bound,
  type BoundAlter,
  type BoundComputed,
  type BoundExpression,
  type BoundCreate,
  NO_FLOOR,
} from '@sluice/snowflake-sql/execution';
import { commentIn, isComment } from '../declared.ts';
import { unsupported } from '../errors.ts';
import { commentOnNewSchema, commentOnSchema } from '../schema-comments.ts';
import { typeOfDataType } from '../types/snowflake-type.ts';
import { nameOfType } from '../types/type-name.ts';
import { counterOf, renderNext, renderSequence, sequenceOf } from './counters.ts';
import { renderColumnType } from './data-types.ts';
import { checkWritable, isHiddenSchema, renderObjectName, renderTemporaryName } from './names.ts';
import { quoteName } from './quote.ts';
import { renderAlone, renderMadeOf, type RenderOptions } from './render.ts';
import { renderSequenceDdl } from './sequences.ts';

/** DDL as far as a scratch place needs it: tables, views and schemas. Throws `unsupported_by_warehouse`. */
export function renderDdl(bound: Bound, options: RenderOptions): string {
  const { tree, statement } = bound;
  if (isOfSequence(tree)) return renderSequenceDdl(tree, objectOf(bound, tree.name));
  if (tree.kind === 'drop') {
    const type = supportedType(tree.objectType);
    const name = ownName(tree.objectType, objectOf(bound, tree.name), options);
    // All that is in it has been decided on, and nothing outside of it draws from its sequences any more.
    if (type === 'SCHEMA')
      return `${commentOnSchema(objectOf(bound, tree.name), null)}; DROP SCHEMA ${tree.ifExists ? 'IF EXISTS ' : ''}${name} CASCADE`;
    return `DROP ${type} ${tree.ifExists ? 'IF EXISTS ' : ''}${name}`;
  }
  if (tree.kind === 'create' && statement.kind === 'create')
    return renderCreate(bound, tree, statement, options);
  if (tree.kind === 'alter' && statement.kind === 'alter')
    return renderAlter(bound, tree, statement, options);
  throw unsupported('this statement');
}

type Ddl = Tree.Create | Tree.Alter | Tree.Drop;

/** What is of a sequence has no rows, no columns and no registry. */
export function isOfSequence(tree: Tree.Statement): tree is Ddl & { readonly objectType: 'sequence' } {
  const isDdl = tree.kind === 'create' || tree.kind === 'alter' || tree.kind === 'drop';
  return isDdl && tree.objectType === 'sequence';
}

/** The object that a statement makes, changes or drops. */
export function objectOf(bound: Bound, name: Ddl['name']): ObjectName {
  const object = name === null || name.kind === 'string' ? undefined : bound.names.get(name);
  if (object === undefined) throw unsupported('an object of this name');
  return object;
}

/** What Snowflake answers to it. */
export function ddlStatus(bound: Bound, statement: Ddl): string {
  if (statement.kind === 'alter') return 'Statement executed successfully.';
  const { name } = objectOf(bound, statement.name);
  if (statement.kind === 'drop') return `${name} successfully dropped.`;
  const type = statement.objectType.replaceAll('_', ' ');
  return `${type[0]!.toUpperCase()}${type.slice(1)} ${name} successfully created.`;
}

function renderCreate(bound: Bound, tree: Tree.Create, create: BoundCreate, options: RenderOptions): string {
  const type = supportedType(tree.objectType);
  const object = objectOf(bound, tree.name);
  if (tree.or !== null && tree.or !== 'REPLACE') throw unsupported('CREATE OR ALTER');
  if (create.inner.length > 0) throw unsupported('statements inside of objects');
  const replace = tree.or === null ? '' : 'OR REPLACE ';
  const exists = tree.ifNotExists ? 'IF NOT EXISTS ' : '';
  if (type === 'SCHEMA') {
    const name = ownName('schema', object, options);
    const before =
      tree.or === null ? '' : `${commentOnSchema(object, null)}; DROP SCHEMA IF EXISTS ${name} CASCADE; `;
    const comment = commentIn(tree.options);
    const said = comment === null ? '' : `${commentOnNewSchema(object, comment)}; `;
    return `${before}${said}CREATE SCHEMA ${exists}${name}`;
  }
  checkWritable(object);
  const temporary = isTemporaryCreate(tree);
  // Otherwise a name is the one that is made, even where a temporary table hides it.
  const target = temporary ? renderTemporaryName(object) : renderObjectName(object, new Set());
  const head = `CREATE ${replace}${temporary ? 'TEMPORARY ' : ''}${type} ${exists}${target}`;
  if (tree.clone !== null) return `${head} ${cloned(bound, tree.clone, create, options)}`;
  if (create.query !== null) {
    checkColumns(tree.columns);
    // Nobody reads a view by what it is here: its own text is followed wherever it is named.
    const floor = type === 'VIEW' ? NO_FLOOR : options.floor;
    const query = renderMadeOf(
      bound,
      create.query,
      tree.columns.map(({ type }) => type),
      { ...options, floor },
    );
    const names = create.query.columns.map(({ name }, index) => quoteName(create.columns[index] ?? name));
    return `${head} (${names.join(', ')}) AS ${query}`;
  }
  const primary = new Set(
    tree.constraints.flatMap(({ type, columns }) =>
      type === 'primary_key' ? columns.map(({ name }) => name) : [],
    ),
  );
  const counters: string[] = [];
  const columns = tree.columns.map((column) => {
    const counter = counterOf(column);
    const sequence = counter === null ? null : sequenceOf(object, temporary);
    if (counter !== null) counters.push(`${renderSequence(sequence!, counter, temporary)}; `);
    const definition = columnDefinition(bound, column, create.computed, options, sequence);
    const isPrimary = primary.has(column.name.name) && !definition.endsWith(' NOT NULL');
    return isPrimary ? `${definition} NOT NULL` : definition;
  });
  return `${counters.join('')}${head} (${columns.join(', ')})`;
}

function cloned(
  bound: Bound,
  { how, source, travel }: Tree.Clone,
  { clone }: BoundCreate,
  { answers }: RenderOptions,
): string {
  if (travel !== null || how === 'template') throw unsupported('this kind of copy');
  if (how === 'like') {
    const isName = source.kind === 'qualified_name' || source.kind === 'dynamic_name';
    const object = isName ? bound.names.get(source) : undefined;
    if (object === undefined) throw unsupported('this kind of copy');
    return `AS FROM ${renderObjectName(object, answers.temporary)} LIMIT 0`;
  }
  if (clone?.kind !== 'table') throw unsupported('this kind of copy');
  return `AS FROM ${renderObjectName(clone.object, answers.temporary)}`;
}

function checkColumns(columns: readonly Tree.ColumnDefinition[]): void {
  for (const column of columns) {
    const { policies, tags, options } = column;
    const others = counterOf(column) === null ? options.filter((one) => !isComment(one)).length : 0;
    if (policies.length + tags.length + others > 0) {
      throw unsupported('policies, tags and options of a column');
    }
  }
}

function columnDefinition(
  bound: Bound,
  column: Tree.ColumnDefinition,
  computed: readonly BoundComputed[],
  options: RenderOptions,
  /** What it counts with. */
  sequence: string | null,
): string {
  checkColumns([column]);
  if (column.type === null || column.computed !== null) throw unsupported('computed columns');
  const flags = column.flags.map(({ text }) => text);
  if (sequence === null && counterOf(column) !== null)
    throw unsupported('AUTOINCREMENT of a column that is added');
  const value = computed.find((one) => one.column === column.name.name && one.how === 'default')?.value;
  if (value === undefined && column.defaultValue !== null) throw unsupported('this DEFAULT of a column');
  const byDefault = sequence === null ? defaultOf(bound, column.type, value, options) : renderNext(sequence);
  const written = byDefault === null ? '' : ` DEFAULT ${byDefault}`;
  // What is a primary key is there.
  const notNull = flags.includes('NOT NULL') || flags.includes('PRIMARY KEY') ? ' NOT NULL' : '';
  return `${quoteName(column.name.name)} ${renderColumnType(column.type)}${written}${notNull}`;
}

function defaultOf(
  bound: Bound,
  type: Tree.DataType,
  value: BoundExpression | undefined,
  options: RenderOptions,
): string | null {
  if (value === undefined) return null;
  return renderAlone(bound, value, nameOfType(typeOfDataType(type)) ?? '', options);
}

function renderAlter(bound: Bound, tree: Tree.Alter, alter: BoundAlter, options: RenderOptions): string {
  const [action, ...others] = tree.actions;
  if (action === undefined) throw unsupported('this form of ALTER');
  const object = objectOf(bound, tree.name);
  const exists = tree.ifExists ? 'IF EXISTS ' : '';
  const head = `ALTER ${supportedType(tree.objectType)} ${exists}${ownName(tree.objectType, object, options)}`;
  if (action.kind === 'alter_column') {
    if (tree.objectType !== 'table') throw unsupported('this form of ALTER');
    return tree.actions.map((one) => `${head} ${renderAlterColumn(one)}`).join('; ');
  }
  if (others.length > 0) throw unsupported('this form of ALTER');
  switch (action.kind) {
    case 'rename_to':
      return `${head} RENAME TO ${quoteName(renamedTo(bound, object, action, options).name)}`;
    case 'swap_with':
      return renderSwap(object, renamedTo(bound, object, action, options));
    case 'rename_column':
      return `${head} RENAME COLUMN ${quoteName(action.from.name)} TO ${quoteName(action.to.name)}`;
    case 'add_columns':
      return action.columns
        .map((column) => columnDefinition(bound, column, alter.computed, options, null))
        .map((one) => `${head} ADD COLUMN ${action.ifNotExists ? 'IF NOT EXISTS ' : ''}${one}`)
        .join('; ');
    case 'drop_columns':
      return action.columns
        .map(({ name }) => `${head} DROP COLUMN ${action.ifExists ? 'IF EXISTS ' : ''}${quoteName(name)}`)
        .join('; ');
    default:
      throw unsupported('this form of ALTER');
  }
}

/** That a type may become the other is looked at beforehand, where it is known (`checkRetyped`). */
function renderAlterColumn(action: Tree.Alter['actions'][number]): string {
  if (action.kind !== 'alter_column') throw unsupported('this form of ALTER');
  const { column, change } = action;
  const head = `ALTER COLUMN ${quoteName(column.name)}`;
  if (change.kind === 'data_type') return `${head} SET DATA TYPE ${renderColumnType(change)}`;
  const plain = change.kind === 'words' ? ALTERED_PLAINLY.get(change.text) : undefined;
  if (plain === undefined) throw unsupported('this form of ALTER COLUMN');
  return `${head} ${plain}`;
}

const ALTERED_PLAINLY: ReadonlyMap<string, string> = new Map([
  ['SET NOT NULL', 'SET NOT NULL'],
  ['NOT NULL', 'SET NOT NULL'],
  ['DROP NOT NULL', 'DROP NOT NULL'],
  ['DROP DEFAULT', 'DROP DEFAULT'],
]);

/** By way of a name that no client's statement gives. */
function renderSwap(one: ObjectName, other: ObjectName): string {
  const rename = (from: ObjectName, to: ObjectName) =>
    `ALTER TABLE ${renderObjectName(from, new Set())} RENAME TO ${quoteName(to.name)}`;
  const between = { ...one, name: '~SWAPPED' };
  return [rename(one, between), rename(other, one), rename(between, other)].join('; ');
}

/** Within its schema: DuckDB moves nothing to another. */
export function renamedTo(
  bound: Bound,
  before: ObjectName,
  { name }: Tree.RenameTo | Tree.SwapWith,
  { answers }: RenderOptions,
): ObjectName {
  const after = bound.names.get(name);
  if (after === undefined) throw unsupported('an object of this name');
  checkWritable(after);
  if ([before, after].some((one) => answers.temporary.has(formatObjectName(one))))
    throw unsupported('renaming a temporary table, or to the name of one');
  if (before.schema !== after.schema || before.database !== after.database) {
    throw unsupported('moving an object to another schema');
  }
  return after;
}

function ownName(type: string, object: ObjectName, { answers }: RenderOptions): string {
  if (type === 'schema') {
    if (object.name === 'INFORMATION_SCHEMA' || isHiddenSchema(object.name) || object.database === '') {
      throw unsupported('changes of this schema');
    }
    return [object.database, object.name].map(quoteName).join('.');
  }
  checkWritable(object);
  return renderObjectName(object, answers.temporary);
}

function supportedType(type: string): 'TABLE' | 'VIEW' | 'SCHEMA' {
  if (type === 'table') return 'TABLE';
  if (type === 'view') return 'VIEW';
  if (type === 'schema') return 'SCHEMA';
  throw unsupported(`objects of this type (${type.replaceAll('_', ' ')})`);
}
