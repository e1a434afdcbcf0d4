import { formatObjectName, type ObjectName, parse, type Tree } from '../../../statement/index.ts';
import { unsupported } from '../errors.ts';
import { quoteName } from './quote.ts';
import type { SessionContext } from './translate.ts';

/** Where the views that answer for INFORMATION_SCHEMA are: DuckDB has a schema of that name already. */
export const INFORMATION_SCHEMA = 'SLUICE_INFORMATION_SCHEMA';

/** DuckDB's own databases, which are no part of the warehouse. */
const HIDDEN = ['MEMORY', 'TEMP', 'SYSTEM'];

/**
 * A table or view, always by its full name: which object a short name means is decided here, as it was when
 * the statement was understood, and never by DuckDB's search path.
 */
export function renderTableName(name: Tree.Name, context: SessionContext): string {
  const object = resolveName(name, context);
  if (isTemporary(object, context)) return temporaryName(object);
  const schema = object.schema === 'INFORMATION_SCHEMA' ? INFORMATION_SCHEMA : object.schema;
  return [object.database, schema, object.name].map(quoteName).join('.');
}

/** DuckDB keeps temporary tables in one place: there they bear their full name. */
export function temporaryName(object: ObjectName): string {
  return `temp.main.${quoteName(formatObjectName(object))}`;
}

export function isTemporary(object: ObjectName, { temporary }: SessionContext): boolean {
  return temporary.has(formatObjectName(object));
}

/** The stored full name, from the session's database and schema. */
export function resolveName(name: Tree.Name, context: SessionContext): ObjectName {
  const [own, schema = context.schema, database = context.database] = nameParts(name).toReversed();
  if (schema === null || database === null)
    throw unsupported('a name without a schema, where the session has none');
  if (HIDDEN.includes(database.toUpperCase()) || schema === INFORMATION_SCHEMA)
    throw unsupported('this database');
  return { database, schema, name: own! };
}

/** The stored parts of a name as it is written: one to three. */
export function nameParts(name: Tree.Name): readonly string[] {
  const { parts, publicSchema } = name.kind === 'qualified_name' ? name : staticName(name);
  const names = parts.map((part) => part.name);
  if (publicSchema && names.length === 2) names.splice(1, 0, 'PUBLIC');
  return names;
}

/** `IDENTIFIER('db.t')` means the name in its text. */
function staticName({ argument }: Tree.DynamicName): Tree.QualifiedName {
  if (argument.kind === 'string') {
    const parsed = parse(`SELECT 1 FROM ${argument.value}`);
    const body = parsed.outcome === 'parsed' && parsed.statement.kind === 'query' && parsed.statement.body;
    const relation = body && body.kind === 'select' ? body.from[0]?.relation : undefined;
    if (relation?.kind === 'table' && relation.name.kind === 'qualified_name') return relation.name;
  }
  throw unsupported('names that a variable gives');
}
