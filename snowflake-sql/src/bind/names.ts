import { parse } from '../parse.ts';
import { formatObjectName, type ObjectName } from '../object-name.ts';
import type { CatalogObject } from '../catalog.ts';
import type { DynamicName, Identifier, Name, QualifiedName } from '../tree/names.ts';
import { type Binder, visit } from './binder.ts';
import { Unresolvable } from '../problem.ts';

/** A table-like object's full name, from the session's database and schema. Kept: what runs goes by it. */
export function resolveName(binder: Binder, name: Name): ObjectName {
  const { parts, publicSchema } = name.kind === 'qualified_name' ? name : staticName(binder, name);
  return kept(binder, name, objectName(binder, parts, publicSchema, name));
}

/** The full name of a schema's or a database's own object. */
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

/** The name that `IDENTIFIER(...)` or `TABLE(...)` means, when that can be told before it runs. */
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
  if (argument.kind === 'string') return argument.value;
  if (argument.kind === 'variable') return binder.context.variables.get(argument.name)?.literal ?? null;
  return null;
}

/** Characters of the longest name: three parts of 255, each of them quoted and nothing but quotes. */
const LONGEST_NAME = 3 * (2 * 255 + 2) + 2;

/** Reads a text as Snowflake reads the argument of IDENTIFIER: a name, and nothing but a name. */
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
 * The search rule: one object, in the database and schema that the name says, or else the session says. There is no
 * search path (`ALTER SESSION SET SEARCH_PATH` is not followed); INFORMATION_SCHEMA is a schema like others; a temporary
 * table hides what else has its full name, which the catalog knows. Null when neither says a database and schema.
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

/** What the catalog has under a name; whoever may not see it is told what whoever misspells it is told. */
export function findObject(binder: Binder, name: Name): CatalogObject {
  const resolved = resolveName(binder, name);
  const found = isHidden(binder, resolved) ? null : lookUpObject(binder, resolved, name);
  if (found === null) throw unknownObject(resolved, name);
  return found;
}

/** What a view reads is its owner's matter: whoever asks has not named it. */
function isHidden({ through, context }: Binder, name: ObjectName): boolean {
  return through === null && context.mayName?.(name) === false;
}

/** The same of a resolved name; null when there is none. */
export function lookUpObject({ catalog }: Binder, name: ObjectName, at: Name): CatalogObject | null {
  const found = catalog.find(name);
  if (found !== undefined) return found;
  throw new Unresolvable('not_loaded', `\`${formatObjectName(name)}\` was not looked up`, at);
}

/** A table or view. Throws `object_unknown` for anything else, too. */
export function findTable(binder: Binder, name: Name): Exclude<CatalogObject, { type: 'function' }> {
  const found = findObject(binder, name);
  if (found.type === 'function') throw unknownObject(found.name, name);
  return found;
}

function unknownObject(name: ObjectName, at: Name): Unresolvable {
  const written = formatObjectName(name);
  return new Unresolvable(
    'object_unknown',
    `object \`${written}\` does not exist or not authorized`,
    at,
    written,
  );
}
