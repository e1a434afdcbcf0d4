/**
 * A fully resolved name, as Snowflake stores it: unquoted identifiers already upper-cased, quoted ones
 * as written. Account-level objects (warehouses, roles, integrations) have empty `database` and `schema`.
 */
export interface ObjectName {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** `DB.SCHEMA.NAME`, each part quoted only where Snowflake would need it; equal texts mean equal names. */
export function formatObjectName(object: ObjectName): string {
  return [object.database, object.schema, object.name]
    .filter((part) => part !== '')
    .map(formatIdentifier)
    .join('.');
}

/** Equal for equal names, and made faster than a text to read. */
export function keyOfObject({ database, schema, name }: ObjectName): string {
  // With their lengths: a quoted name may hold any character.
  return `${database.length} ${schema.length} ${database}.${schema}.${name}`;
}

export function keyOfColumn({ object, column }: ColumnRef): string {
  return `${column.length} ${column} ${keyOfObject(object)}`;
}

/** One identifier as it would have to be written in SQL to mean exactly this name. */
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
