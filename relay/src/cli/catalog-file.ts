import { z } from 'zod';
import { SluiceError } from '../errors.ts';
import {
  type Catalog,
  type CatalogObject,
  formatObjectName,
  type ObjectName,
  parse,
} from '@sluice/snowflake-sql';

const columns = z.record(z.string(), z.string());
const catalogFile = z.strictObject({
  /** By full name: columns and their types. */
  tables: z.record(z.string(), columns).default({}),
  views: z.record(z.string(), z.strictObject({ columns, definition: z.string().optional() })).default({}),
});

/** A catalog from a file: what `--catalog` names. Throws `config_invalid`. */
export function readCatalogFile(text: string): Catalog {
  return catalogOf(readJson(catalogFile, text, 'the catalog'));
}

/** Throws `config_invalid`, which says what is wrong with it. */
export function readJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  what: string,
): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is not JSON';
    throw new SluiceError('config_invalid', `${what} cannot be read: ${why}`, { cause });
  }
}

function catalogOf({ tables, views }: z.infer<typeof catalogFile>): Catalog {
  const objects = new Map<string, CatalogObject>();
  const add = (object: CatalogObject) => void objects.set(formatObjectName(object.name), object);
  for (const [name, types] of Object.entries(tables)) {
    add({ type: 'table', name: fullName(name), columns: columnsOf(types) });
  }
  for (const [name, { columns: types, definition }] of Object.entries(views)) {
    add({
      type: 'view',
      name: fullName(name),
      columns: columnsOf(types),
      ...(definition === undefined ? {} : { definition }),
    });
  }
  return { version: 'file', find: (name) => objects.get(formatObjectName(name)) };
}

function columnsOf(types: Readonly<Record<string, string>>) {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}

/** Read as SQL reads it: bare parts in upper case, quoted ones exactly. */
function fullName(text: string): ObjectName {
  const parsed = parse(`DROP TABLE ${text}`);
  const name = parsed.outcome === 'parsed' && parsed.statement.kind === 'drop' ? parsed.statement.name : null;
  const parts = name?.kind === 'qualified_name' ? name.parts.map((part) => part.name) : [];
  const [database, schema, own] = parts;
  if (parts.length !== 3 || database === undefined || schema === undefined || own === undefined) {
    throw new SluiceError('config_invalid', `\`${text}\` is no full name such as DB.SCHEMA.TABLE`);
  }
  return { database, schema, name: own };
}
