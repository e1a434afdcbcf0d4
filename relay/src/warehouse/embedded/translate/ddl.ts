import { formatObjectName, type ObjectName, type Tree } from '../../../statement/index.ts';
import { unsupported } from '../errors.ts';
import { renderDataType } from './data-types.ts';
import { INFORMATION_SCHEMA, isTemporary, nameParts, renderTableName, resolveName } from './names.ts';
import { quoteName } from './quote.ts';
import { type SessionContext, translate } from './translate.ts';

/** DDL as far as a scratch place needs it: tables, views and schemas. Throws `unsupported_by_warehouse`. */
export function translateDdl(
  statement: Tree.Create | Tree.Alter | Tree.Drop,
  source: string,
  context: SessionContext,
): string {
  switch (statement.kind) {
    case 'create':
      return translateCreate(statement, source, context);
    case 'alter':
      return translateAlter(statement, source, context);
    case 'drop':
      return `DROP ${supportedType(statement.objectType)} ${statement.ifExists ? 'IF EXISTS ' : ''}${ownName(statement.objectType, statement.name, context)}`;
    default:
      return statement satisfies never;
  }
}

/** What Snowflake answers to it. */
export function ddlStatus(statement: Tree.Create | Tree.Alter | Tree.Drop): string {
  if (statement.kind === 'alter') return 'Statement executed successfully.';
  const name =
    statement.name === null || statement.name.kind === 'string' ? '' : nameParts(statement.name).at(-1);
  if (statement.kind === 'drop') return `${name} successfully dropped.`;
  const type = statement.objectType.replaceAll('_', ' ');
  return `${type[0]!.toUpperCase()}${type.slice(1)} ${name} successfully created.`;
}

function translateCreate(create: Tree.Create, source: string, context: SessionContext): string {
  const type = supportedType(create.objectType);
  const { name } = create;
  if (name === null || name.kind === 'string') throw unsupported('an object without a name');
  const replace =
    create.or === null ? '' : create.or === 'REPLACE' ? 'OR REPLACE ' : refuse('CREATE OR ALTER');
  const exists = create.ifNotExists ? 'IF NOT EXISTS ' : '';
  const temporary = isTemporaryCreate(create);
  const target = temporary
    ? quoteName(formatObjectName(writableObject(name, context)))
    : ownName(create.objectType, name, context);
  const head = `CREATE ${replace}${temporary ? 'TEMPORARY ' : ''}${type} ${exists}${target}`;
  if (type === 'SCHEMA') return head;
  if (create.clone !== null) return `${head} ${cloned(create.clone, context)}`;
  if (create.query !== null) {
    const names = create.columns.map((column) => quoteName(column.name.name)).join(', ');
    return `${head}${names === '' ? '' : ` (${names})`} AS ${translate(create.query, source, context)}`;
  }
  return `${head} (${create.columns.map((column) => columnDefinition(column, source, context)).join(', ')})`;
}

function cloned({ how, source }: Tree.Clone, context: SessionContext): string {
  if (source.kind !== 'qualified_name' || how === 'template') throw unsupported('this kind of copy');
  return `AS FROM ${renderTableName(source, context)}${how === 'like' ? ' LIMIT 0' : ''}`;
}

function columnDefinition(column: Tree.ColumnDefinition, source: string, context: SessionContext): string {
  const { policies, tags, options, references } = column;
  if (policies.length + tags.length + options.length > 0 || references !== null) {
    throw unsupported('policies, tags and options of a column');
  }
  if (column.type === null || column.computed !== null) throw unsupported('computed columns');
  const flags = column.flags.map(({ text }) => text);
  if (flags.some((flag) => /AUTOINCREMENT|IDENTITY/.test(flag))) throw unsupported('AUTOINCREMENT');
  const value =
    column.defaultValue === null ? '' : ` DEFAULT ${translate(column.defaultValue, source, context)}`;
  const notNull = flags.includes('NOT NULL') ? ' NOT NULL' : '';
  return `${quoteName(column.name.name)} ${renderDataType(column.type)}${value}${notNull}`;
}

function translateAlter(
  { objectType, name, actions, ifExists }: Tree.Alter,
  source: string,
  context: SessionContext,
): string {
  const [action, ...others] = actions;
  if (action === undefined || others.length > 0 || name === null || name.kind === 'string') {
    throw unsupported('this form of ALTER');
  }
  const head = `ALTER ${supportedType(objectType)} ${ifExists ? 'IF EXISTS ' : ''}${ownName(objectType, name, context)}`;
  switch (action.kind) {
    case 'rename_to':
      return `${head} RENAME TO ${quoteName(renamedTo(name, action.name, context).name)}`;
    case 'rename_column':
      return `${head} RENAME COLUMN ${quoteName(action.from.name)} TO ${quoteName(action.to.name)}`;
    case 'add_columns': {
      const [column, ...more] = action.columns;
      if (column === undefined || more.length > 0) throw unsupported('several columns in one ADD COLUMN');
      return `${head} ADD COLUMN ${action.ifNotExists ? 'IF NOT EXISTS ' : ''}${columnDefinition(column, source, context)}`;
    }
    case 'drop_columns': {
      const [column, ...more] = action.columns;
      if (column === undefined || more.length > 0) throw unsupported('several columns in one DROP COLUMN');
      return `${head} DROP COLUMN ${action.ifExists ? 'IF EXISTS ' : ''}${quoteName(column.name)}`;
    }
    default:
      throw unsupported('this form of ALTER');
  }
}

export function isTemporaryCreate({ modifiers }: Tree.Create): boolean {
  return modifiers.some(({ text }) => /\b(TEMP|TEMPORARY|VOLATILE)\b/.test(text));
}

/** Within its schema: DuckDB moves nothing to another. */
export function renamedTo(from: Tree.Name, to: Tree.Name, context: SessionContext): ObjectName {
  const [before, after] = [writableObject(from, context), writableObject(to, context)];
  if (isTemporary(before, context)) throw unsupported('renaming a temporary table');
  if (before.schema !== after.schema || before.database !== after.database) {
    throw unsupported('moving an object to another schema');
  }
  return after;
}

function ownName(type: string, name: Tree.Name | Tree.StringLiteral, context: SessionContext): string {
  if (name.kind === 'string') throw unsupported('an object named by a text');
  if (type === 'schema') {
    const [schema, database = context.database] = nameParts(name).toReversed();
    if (schema === 'INFORMATION_SCHEMA' || schema === INFORMATION_SCHEMA || database === null) {
      throw unsupported('changes of this schema');
    }
    return [database, schema!].map(quoteName).join('.');
  }
  writableObject(name, context);
  return renderTableName(name, context);
}

/** The views of INFORMATION_SCHEMA are everybody's. */
function writableObject(name: Tree.Name, context: SessionContext): ObjectName {
  const object = resolveName(name, context);
  if (object.schema === 'INFORMATION_SCHEMA') throw unsupported('changes of INFORMATION_SCHEMA');
  return object;
}

function supportedType(type: string): 'TABLE' | 'VIEW' | 'SCHEMA' {
  if (type === 'table') return 'TABLE';
  if (type === 'view') return 'VIEW';
  if (type === 'schema') return 'SCHEMA';
  throw unsupported(`objects of this type (${type.replaceAll('_', ' ')})`);
}

function refuse(what: string): never {
  throw unsupported(what);
}
