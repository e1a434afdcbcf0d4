/**
 * A fully resolved name, as Snowflake stores it: unquoted identifiers already upper-cased, quoted ones
 * as written. Account-level objects (warehouses, roles, integrations) have empty `database` and `schema`.
 */
export interface ObjectName {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** `DB.SCHEMA.NAME`, each part quoted only if Snowflake requires it; texts are equal if and only if the names are. */
export function formatObjectName(object: ObjectName): string {
  return [object.database, object.schema, object.name]
    .filter((part) => part !== '')
    .map(formatIdentifier)
    .join('.');
}

/** Types of objects that have names of their own, which tables may have as well. */
const OF_OWN_NAMES = ['stage', 'file_format', 'schema'];

/** The name by which a catalog keeps an object. */
export function catalogName(type: string, name: ObjectName): ObjectName {
  return OF_OWN_NAMES.includes(type) ? { ...name, name: `${type}\u0000${name.name}` } : name;
}

/** Whether it is a name that only an object of some type of its own has: no table, view or function has it. */
export function isOfOwnNames({ name }: ObjectName): boolean {
  return OF_OWN_NAMES.some((type) => name.startsWith(`${type}\u0000`));
}

/** The schema that such a name is of, without its type; null for any other name. */
export function schemaNamed({ database, name }: ObjectName): ObjectName | null {
  return name.startsWith('schema\u0000')
    ? { database, schema: '', name: name.slice('schema\u0000'.length) }
    : null;
}

/** Whether an object lies in a schema. */
export function isInSchema(object: ObjectName, { database, name }: ObjectName): boolean {
  return object.database === database && object.schema === name;
}

/** A key that is equal for equal names, and faster to compute than the readable form. */
export function keyOfObject({ database, schema, name }: ObjectName): string {
  // With the lengths, because a quoted name may contain any character.
  return `${database.length} ${schema.length} ${database}.${schema}.${name}`;
}

export function keyOfColumn({ object, column }: ColumnRef): string {
  return `${column.length} ${column} ${keyOfObject(object)}`;
}

/** An identifier, written in SQL so that it means exactly this name. */
export function formatIdentifier(name: string): string {
  return /^[A-Z_][A-Z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A column of a table or view, optionally narrowed to a path inside a VARIANT: `data.cards[].number`. */
export interface ColumnRef {
  readonly object: ObjectName;
  readonly column: string;
}

/** `DB.SCHEMA.TABLE.COLUMN`. */
export function formatColumn(ref: ColumnRef): string {
  return `${formatObjectName(ref.object)}.${formatIdentifier(ref.column)}`;
}
