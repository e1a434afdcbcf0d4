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

/** Reads a text as Snowflake reads the argument of IDENTIFIER: a name, and nothing but a name. */
function parseName(text: string): QualifiedName | null {
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
  const names = parts.map(({ name }) => name);
  if (publicSchema) names.splice(1, 0, 'PUBLIC');
  const [name, schema = context.schema, database = context.database] = names.toReversed();
  if (schema === undefined || database === undefined) {
    throw new Unresolvable(
      'object_unknown',
      `\`${names.join('.')}\` names no database and schema, and the session has none`,
      range,
    );
  }
  return { database, schema, name: name! };
}

/** What the catalog has under a name; whoever may not see it is told what whoever misspells it is told. */
export function findObject(binder: Binder, name: Name): CatalogObject {
  const resolved = resolveName(binder, name);
  const found = isHidden(binder, resolved) ? undefined : binder.catalog.find(resolved);
  if (found === undefined) throw unknownObject(resolved, name);
  return found;
}

/** What a view reads is its owner's matter: whoever asks has not named it. */
function isHidden({ through, context }: Binder, name: ObjectName): boolean {
  return through === null && context.mayName?.(name) === false;
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
