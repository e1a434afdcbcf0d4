import type { Tree } from '../../../statement/index.ts';
import { unsupported } from '../errors.ts';
import { renderDataType } from './data-types.ts';
import { nameParts, renderName } from './names.ts';
import { quoteName } from './quote.ts';
import { translate, type TranslationContext } from './translate.ts';

/** DDL as far as a scratch place needs it: tables, views and schemas. Throws `unsupported_by_warehouse`. */
export function translateDdl(
  statement: Tree.Create | Tree.Alter | Tree.Drop,
  source: string,
  context: TranslationContext,
): string {
  switch (statement.kind) {
    case 'create':
      return translateCreate(statement, source, context);
    case 'alter':
      return translateAlter(statement, context);
    case 'drop':
      return `DROP ${supportedType(statement.objectType)} ${statement.ifExists ? 'IF EXISTS ' : ''}${renderName(statement.name, context)}`;
    default:
      return statement satisfies never;
  }
}

/** What Snowflake answers to it. */
export function ddlStatus(
  statement: Tree.Create | Tree.Alter | Tree.Drop,
  context: TranslationContext,
): string {
  if (statement.kind === 'alter') return 'Statement executed successfully.';
  const name =
    statement.name === null || statement.name.kind === 'string'
      ? ''
      : nameParts(statement.name, context).at(-1);
  if (statement.kind === 'drop') return `${name} successfully dropped.`;
  const type = statement.objectType.replaceAll('_', ' ');
  return `${type[0]!.toUpperCase()}${type.slice(1)} ${name} successfully created.`;
}

function translateCreate(create: Tree.Create, source: string, context: TranslationContext): string {
  const type = supportedType(create.objectType);
  const { name } = create;
  if (name === null || name.kind === 'string') throw unsupported('an object without a name');
  const replace =
    create.or === null ? '' : create.or === 'REPLACE' ? 'OR REPLACE ' : refuse('CREATE OR ALTER');
  const exists = create.ifNotExists ? 'IF NOT EXISTS ' : '';
  const temporary = create.modifiers.some(({ text }) => /\b(TEMP|TEMPORARY|VOLATILE)\b/.test(text));
  // DuckDB keeps temporary tables in a place of their own, which an unqualified name finds first.
  const target = temporary ? quoteName(nameParts(name, context).at(-1)!) : renderName(name, context);
  const head = `CREATE ${replace}${temporary ? 'TEMPORARY ' : ''}${type} ${exists}${target}`;
  if (type === 'SCHEMA') return head;
  if (create.clone !== null) return `${head} ${cloned(create.clone, context)}`;
  if (create.query !== null) {
    const names = create.columns.map((column) => quoteName(column.name.name)).join(', ');
    return `${head}${names === '' ? '' : ` (${names})`} AS ${translate(create.query, source, context)}`;
  }
  return `${head} (${create.columns.map((column) => columnDefinition(column, source, context)).join(', ')})`;
}

function cloned({ how, source }: Tree.Clone, context: TranslationContext): string {
  if (source.kind !== 'qualified_name' || how === 'template') throw unsupported('this kind of copy');
  return `AS FROM ${renderName(source, context)}${how === 'like' ? ' LIMIT 0' : ''}`;
}

function columnDefinition(
  column: Tree.ColumnDefinition,
  source: string,
  context: TranslationContext,
): string {
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
  context: TranslationContext,
): string {
  const [action, ...others] = actions;
  if (action === undefined || others.length > 0 || name === null || name.kind === 'string') {
    throw unsupported('this form of ALTER');
  }
  const head = `ALTER ${supportedType(objectType)} ${ifExists ? 'IF EXISTS ' : ''}${renderName(name, context)}`;
  switch (action.kind) {
    case 'rename_to':
      return `${head} RENAME TO ${quoteName(nameParts(action.name, context).at(-1)!)}`;
    case 'rename_column':
      return `${head} RENAME COLUMN ${quoteName(action.from.name)} TO ${quoteName(action.to.name)}`;
    case 'add_columns': {
      const [column, ...more] = action.columns;
      if (column === undefined || more.length > 0) throw unsupported('several columns in one ADD COLUMN');
      return `${head} ADD COLUMN ${action.ifNotExists ? 'IF NOT EXISTS ' : ''}${columnDefinition(column, '', context)}`;
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

function supportedType(type: string): 'TABLE' | 'VIEW' | 'SCHEMA' {
  if (type === 'table') return 'TABLE';
  if (type === 'view') return 'VIEW';
  if (type === 'schema') return 'SCHEMA';
  throw unsupported(`objects of this type (${type.replaceAll('_', ' ')})`);
}

function refuse(what: string): never {
  throw unsupported(what);
}
