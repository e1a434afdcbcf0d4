import { z } from 'zod';
import { SluiceError } from '../errors.ts';
import {
  type Catalog,
  type CatalogObject,
  type ObjectName,
  parse,
  wholeCatalog,
} from '@sluice/snowflake-sql';

const columns = z.record(z.string(), z.string());
const catalogFile = z.strictObject({
  /** Columns and their types, by the full name of the table. */
  tables: z.record(z.string(), columns).default({}),
  views: z.record(z.string(), z.strictObject({ columns, definition: z.string().optional() })).default({}),
});

/** Reads the file given with `--catalog`. Throws `config_invalid`. */
export function readCatalogFile(text: string): Catalog {
  return catalogOf(readJson(catalogFile, text, 'the catalog'));
}

/** @throws SluiceError `config_invalid` that says what is wrong with the file. */
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
  // The file does not change while it is used.
  const version = 'of the file';
  return wholeCatalog([
    ...Object.entries(tables).map(([name, types]): CatalogObject => {
      return { type: 'table', name: fullName(name), version, columns: columnsOf(types) };
    }),
    ...Object.entries(views).map(([name, { columns: types, definition }]): CatalogObject => {
      const view = { type: 'view', name: fullName(name), version, columns: columnsOf(types) } as const;
      return definition === undefined ? view : { ...view, definition };
    }),
  ]);
}

function columnsOf(types: Readonly<Record<string, string>>) {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}

/** Parsed as SQL does: unquoted parts in upper case, quoted ones exactly. */
function fullName(text: string): ObjectName {
  const parsed = parse(`DROP TABLE ${text}`);
  const name = parsed.outcome === 'parsed' && parsed.statement.kind === 'drop' ? parsed.statement.name : null;
  const parts = name?.kind === 'qualified_name' ? name.parts.map((part) => part.name) : [];
  const [database, schema, own] = parts;
  if (parts.length !== 3 || database === undefined || schema === undefined || own === undefined) {
    throw new SluiceError('config_invalid', `\`${text}\` is not a full name such as DB.SCHEMA.TABLE`);
  }
  return { database, schema, name: own };
}
