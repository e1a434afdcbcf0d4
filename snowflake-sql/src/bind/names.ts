import { parse } from '../parse.ts';
import { formatObjectName, type ObjectName } from '../object-name.ts';
import type { CatalogObject, CatalogRelation } from '../catalog.ts';
import type { DynamicName, Identifier, Name, QualifiedName } from '../tree/names.ts';
import { type Binder, visit } from './binder.ts';
import { bindName } from './bind-names.ts';
import { Unresolvable } from '../problem.ts';

/** Resolves the full name of a table-like object in the session's database and schema, and records it for execution. */
export function resolveName(binder: Binder, name: Name): ObjectName {
  const { parts, publicSchema } = name.kind === 'qualified_name' ? name : staticName(binder, name);
  return kept(binder, name, objectName(binder, parts, publicSchema, name));
}

/** The full name of an object that belongs to a schema or to a database. */
export function resolveContainer(binder: Binder, name: Name, what: 'schema' | 'database'): ObjectName {
  const { parts } = name.kind === 'qualified_name' ? name : staticName(binder, name);
  const last = parts.at(-1)!.name;
  if (what === 'database') return kept(binder, name, { database: '', schema: '', name: last });
  const database = parts.at(-2)?.name ?? binder.context.database ?? '';
  return kept(binder, name, { database, schema: '', name: last });
}

function kept({ noted }: Binder, name: Name, resolved: ObjectName): ObjectName {
  noted.names.set(name, resolved);
  return resolved;
}

/** The name that `IDENTIFIER(...)` or `TABLE(...)` refers to, if it is known before execution. */
export function staticName(binder: Binder, dynamic: DynamicName): QualifiedName {
  visit(binder, dynamic);
  visit(binder, dynamic.argument);
  const text = staticText(binder, dynamic);
  const name = text === null ? null : parseName(text);
  if (name === null)
    throw new Unresolvable('unsupported', 'the name is only known when the statement runs', dynamic);
  return name;
}

function staticText(binder: Binder, { argument }: DynamicName): string | null {
  const { context } = binder;
  if (argument.kind === 'string') return argument.value;
  if (argument.kind === 'variable') return context.variables.get(argument.name)?.literal ?? null;
  if (argument.kind === 'bind') return context.bindTexts?.get(bindName(binder, argument)) ?? null;
  return null;
}

/** Length of the longest name: three parts of 255 characters, each quoted and consisting of quotation marks. */
const LONGEST_NAME = 3 * (2 * 255 + 2) + 2;

/** Parses the argument of IDENTIFIER as Snowflake does: a name and nothing else. */
export function parseName(text: string): QualifiedName | null {
  if (text.length > LONGEST_NAME) return null;
  const parsed = parse(`SELECT 1 FROM ${text}`);
  if (parsed.outcome !== 'parsed' || parsed.statement.kind !== 'query') return null;
  const { body, orderBy, limit, with: ctes } = parsed.statement;
  if (body.kind !== 'select' || orderBy !== null || limit !== null || ctes !== null) return null;
  if (body.where !== null || body.groupBy !== null || body.having !== null || body.qualify !== null)
    return null;
  const [item] = body.from;
  if (item === undefined || body.from.length !== 1 || item.joins.length > 0) return null;
  const { relation } = item;
  const isName =
    relation.kind === 'table' &&
    relation.alias === null &&
    relation.sample === null &&
    relation.travel === null &&
    relation.changes === null;
  return isName && relation.name.kind === 'qualified_name' ? relation.name : null;
}

function objectName(
  { context }: Binder,
  parts: readonly Identifier[],
  publicSchema: boolean,
  range: Name,
): ObjectName {
  const resolved = resolveParts(context, parts, publicSchema);
  if (resolved !== null) return resolved;
  throw new Unresolvable(
    'object_unknown',
    `\`${parts.map(({ name }) => name).join('.')}\` names no database and schema, and the session has none`,
    range,
  );
}

/**
 * The lookup rule: a single object, in the database and schema of the name, or else of the session. There is no search
 * path (`ALTER SESSION SET SEARCH_PATH` is not supported); INFORMATION_SCHEMA is a schema like any other; a temporary table
 * hides another object with its full name, which is up to the catalog. Null if neither gives a database and schema.
 */
export function resolveParts(
  session: { readonly database?: string | undefined; readonly schema?: string | undefined },
  parts: readonly { readonly name: string }[],
  publicSchema: boolean,
): ObjectName | null {
  const names = parts.map(({ name }) => name);
  if (publicSchema) names.splice(1, 0, 'PUBLIC');
  const [name, schema = session.schema, database = session.database] = names.toReversed();
  if (name === undefined || schema === undefined || database === undefined) return null;
  return { database, schema, name };
}

/** Looks a name up in the catalog. An object that the caller may not see gives the same error as a misspelt name. */
export function findObject(binder: Binder, name: Name): CatalogObject {
  const resolved = resolveName(binder, name);
  const found = isHidden(binder, resolved) ? null : lookUpObject(binder, resolved, name);
  if (found === null) throw unknownObject(resolved, name);
  return found;
}

/** The objects that a view reads are not checked for visibility: the caller has not named them. */
function isHidden({ through, context }: Binder, name: ObjectName): boolean {
  return through === null && context.mayName?.(name) === false;
}

/** The same for a resolved name; null if there is no such object. */
export function lookUpObject({ catalog }: Binder, name: ObjectName, at: Name): CatalogObject | null {
  const found = catalog.find(name);
  if (found !== undefined) return found;
  throw new Unresolvable('not_loaded', `\`${formatObjectName(name)}\` was not looked up`, at);
}

/** Looks up a table or view. Throws `object_unknown` for any other object, too. */
export function findTable(binder: Binder, name: Name): CatalogRelation {
  const found = findObject(binder, name);
  if (found.type !== 'table' && found.type !== 'view') throw unknownObject(found.name, name);
  return found;
}

function unknownObject(name: ObjectName, at: Name): Unresolvable {
  const written = formatObjectName(name);
  return new Unresolvable('object_unknown', `object \`${written}\` does not exist or not authorized`, at, {
    name: written,
  });
}
