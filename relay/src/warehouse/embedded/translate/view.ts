import { formatIdentifier, type ObjectName, parse } from '../../../statement/index.ts';
import { translateDdl } from './ddl.ts';
import { quoteString } from './quote.ts';

/** A view of Snowflake's SQL, and its text kept for those who want to know what it means. */
export function translateView(view: ObjectName, definition: string): readonly string[] {
  const { database, schema, name } = view;
  const text = `CREATE VIEW ${[database, schema, name].map(formatIdentifier).join('.')} AS ${definition}`;
  const parsed = parse(text);
  if (parsed.outcome !== 'parsed' || parsed.statement.kind !== 'create')
    throw new Error(`not a view: ${text}`);
  const context = { database, schema, temporary: new Set<string>(), session: {} };
  // The tables that the view names are of its own schema, wherever it is read from.
  return [
    `USE "${database}"."${schema}"`,
    translateDdl(parsed.statement, text, context),
    rememberView(view, definition),
  ];
}

export function rememberView({ database, schema, name }: ObjectName, definition: string): string {
  return `INSERT INTO memory.main.view_definition VALUES (${[database, schema, name, definition].map(quoteString).join(', ')})`;
}

export function renameView({ database, schema, name }: ObjectName, to: string): string {
  const [d, s, n, t] = [database, schema, name, to].map(quoteString);
  return `UPDATE memory.main.view_definition SET name = ${t} WHERE database = ${d} AND schema = ${s} AND name = ${n}`;
}

export function forgetView({ database, schema, name }: ObjectName): string {
  const [d, s, n] = [database, schema, name].map(quoteString);
  return `DELETE FROM memory.main.view_definition WHERE database = ${d} AND schema = ${s} AND name = ${n}`;
}
