import { z } from 'zod';
import type { ColumnStructure, LogicalType, ResultColumn } from '../../../result.ts';

/** One of `rowtype` (driver protocol, section 6). What else is in it is not used. */
export const rowtypeEntry = z.object({
  name: z.string(),
  type: z.string(),
  nullable: z.boolean().nullish(),
  precision: z.int().nullish(),
  scale: z.int().nullish(),
  length: z.int().nullish(),
  /** Of a structured type what is in it, where the account says so. Elements of arrays and maps have no names. */
  get fields() {
    return z.array(rowtypeEntry.extend({ name: z.string().nullish() })).nullish();
  },
});

type Entry = Omit<z.output<typeof rowtypeEntry>, 'name' | 'fields'> & {
  readonly name?: string | null | undefined;
  readonly fields?: readonly Entry[] | null | undefined;
};

/**
 * Snowflake's types, by what they are called in results. A map is written as an object is, and a vector as an array; what
 * is geographic comes as one of these types, by the account's output format.
 */
const TYPES: Readonly<Record<string, LogicalType>> = {
  fixed: 'fixed',
  real: 'real',
  decfloat: 'decfloat',
  text: 'text',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  timestamp_ntz: 'timestamp_ntz',
  timestamp_ltz: 'timestamp_ltz',
  timestamp_tz: 'timestamp_tz',
  binary: 'binary',
  variant: 'variant',
  object: 'object',
  map: 'object',
  array: 'array',
  vector: 'array',
};

/** Null for a type that the relay does not know. */
export function columnOf(entry: z.output<typeof rowtypeEntry>): ResultColumn | null {
  return shapeOf(entry);
}

function shapeOf(entry: Entry): ResultColumn | null {
  const { name, nullable, precision, scale, length } = entry;
  const type = entry.type.toLowerCase();
  if (!Object.hasOwn(TYPES, type)) return null;
  const structure = structureOf(type, entry.fields ?? []);
  return {
    name: name ?? '',
    type: TYPES[type]!,
    // What is not said not to be null may be.
    nullable: nullable ?? true,
    precision: precision ?? null,
    scale: scale ?? null,
    length: length ?? null,
    ...(structure === null ? {} : { structure }),
  };
}

/** Null where none is told, or something in it is of a type that the relay does not know. */
function structureOf(of: string, entries: readonly Entry[]): ColumnStructure | null {
  if (entries.length === 0 || (of !== 'object' && of !== 'array' && of !== 'map')) return null;
  const fields = entries.map(shapeOf);
  return fields.every((field) => field !== null) ? { of, fields } : null;
}
