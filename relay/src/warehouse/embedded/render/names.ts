import { formatObjectName, type ObjectName } from '@sluice/snowflake-sql';
import { unsupported } from '../errors.ts';
import { encodeName, quoteName } from './quote.ts';

/** Where the views that answer for INFORMATION_SCHEMA are: DuckDB has a schema of that name already. */
export const INFORMATION_SCHEMA = 'SLUICE_INFORMATION_SCHEMA';

/** DuckDB's own databases, which are no part of the warehouse. */
const HIDDEN = ['MEMORY', 'TEMP', 'SYSTEM'];

/** A table or view by its full name, which leaves nothing to look up. */
export function renderObjectName(object: ObjectName, temporary: ReadonlySet<string>): string {
  checkVisible(object);
  // DuckDB keeps temporary tables in one place: there they bear their full name.
  if (temporary.has(formatObjectName(object))) return renderTemporaryName(object);
  const schema = object.schema === 'INFORMATION_SCHEMA' ? INFORMATION_SCHEMA : object.schema;
  return [object.database, schema, object.name].map(quoteName).join('.');
}

export function renderTemporaryName(object: ObjectName): string {
  return `temp.main.${quoteName(formatObjectName(object))}`;
}

/** Database, schema and name of a table as DuckDB's own listings have them. */
export function duckDbPlace(object: ObjectName, temporary: ReadonlySet<string>): readonly string[] {
  return temporary.has(formatObjectName(object))
    ? ['temp', 'main', encodeName(formatObjectName(object))]
    : [object.database, object.schema, object.name].map(encodeName);
}

/** Where the rows of an earlier result are while a statement reads them. No statement can name it. */
export function earlierTable(queryId: string): string {
  return `temp.main."~RESULT ${queryId.replaceAll('"', '""')}"`;
}

/** Something to be made or changed: the views of INFORMATION_SCHEMA are everybody's. */
export function checkWritable(object: ObjectName): void {
  checkVisible(object);
  if (object.schema === 'INFORMATION_SCHEMA') throw unsupported('changes of INFORMATION_SCHEMA');
}

function checkVisible({ database, schema }: ObjectName): void {
  if (HIDDEN.includes(database.toUpperCase()) || isHiddenSchema(schema)) throw unsupported('this database');
}

/** MAIN would be DuckDB's own `main`, where the registry is. */
export function isHiddenSchema(schema: string): boolean {
  return schema === INFORMATION_SCHEMA || schema === 'MAIN';
}

/** What DuckDB is given for a bind. A name even for `?`: of numbers it wants all from the first, and not all may be rendered. */
export function parameterOf(bind: string): string {
  return `$b${bind}`;
}

export function bindOf(parameterName: string): string {
  return parameterName.slice(1);
}
