import type { SessionParameters } from '../session-state.ts';
import { formatOf } from './render/time-text.ts';
import { offsetAt, readTime, type TimeKind, timeText } from './structured-times.ts';
import type { SnowflakeType, Structure } from './types/snowflake-type.ts';

/** A value of a document, as its text has it: numbers with all their digits. */
export type DocumentValue =
  | null
  | string
  | boolean
  | { readonly number: string }
  | readonly DocumentValue[]
  | ReadonlyMap<string, DocumentValue>;

/** Reads a document that the warehouse has written. */
export function readDocument(text: string): DocumentValue {
  const parse = JSON.parse as (
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ) => DocumentValue;
  return parse(text, (_, value, { source }) => {
    if (typeof value === 'number') return { number: source ?? String(value) };
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? new Map(Object.entries(value)) : value;
  });
}

/** Writes documents of these types with their times in the session's formats, as drivers read them. */
export function structuredWriter(
  structure: Structure,
  parameters: SessionParameters,
): (text: string) => string {
  if (!hasTimes(structure)) return (text) => text;
  return (text) => write(readDocument(text), structure, parameters);
}

function hasTimes({ fields }: Structure): boolean {
  return fields.some(({ type }) => {
    if (type.kind === 'object' || type.kind === 'array')
      return type.structure !== undefined && hasTimes(type.structure);
    return isTime(type.kind);
  });
}

function write(value: DocumentValue, { of, fields }: Structure, parameters: SessionParameters): string {
  const part = (one: DocumentValue, index: number) => writePart(one, fields[index]?.type, parameters);
  if (of === 'array' && isList(value)) return `[${value.map((one) => part(one, 0)).join(',')}]`;
  if (!(value instanceof Map)) return plain(value);
  const entries = [...(value as ReadonlyMap<string, DocumentValue>)];
  const written = entries.map(([key, one]) => {
    const place = of === 'map' ? 1 : fields.findIndex(({ name }) => name === key);
    return `${JSON.stringify(key)}:${part(one, place)}`;
  });
  return `{${written.join(',')}}`;
}

function writePart(
  value: DocumentValue,
  type: SnowflakeType | undefined,
  parameters: SessionParameters,
): string {
  if (type === undefined) return plain(value);
  if ((type.kind === 'object' || type.kind === 'array') && type.structure !== undefined)
    return write(value, type.structure, parameters);
  if (!isTime(type.kind) || typeof value !== 'string') return plain(value);
  const time = readTime(value);
  if (time === null) return 'null';
  const local = type.kind === 'timestamp_ltz' ? offsetAt(time, parameters) : time;
  return JSON.stringify(timeText(local, formatOf(parameters, type.kind)));
}

export function plain(value: DocumentValue): string {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(plain).join(',')}]`;
  if (value instanceof Map)
    return `{${[...(value as ReadonlyMap<string, DocumentValue>)].map(([key, one]) => `${JSON.stringify(key)}:${plain(one)}`).join(',')}}`;
  return (value as { readonly number: string }).number;
}

function isList(value: DocumentValue): value is readonly DocumentValue[] {
  return Array.isArray(value);
}

export function isTime(kind: SnowflakeType['kind']): kind is TimeKind {
  return kind === 'date' || kind === 'time' || kind.startsWith('timestamp');
}
