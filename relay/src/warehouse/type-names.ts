import type { ResultColumn } from './result.ts';

/** A result's column's type as the catalog names a table's. */
export function nameOfColumnType({
  type,
  precision,
  scale,
  length,
}: Pick<ResultColumn, 'type' | 'precision' | 'scale' | 'length'>): string {
  if (type === 'fixed') return `NUMBER(${precision ?? 38},${scale ?? 0})`;
  if (type === 'text') return length === null ? 'VARCHAR' : `VARCHAR(${length})`;
  if (type === 'binary') return length === null ? 'BINARY' : `BINARY(${length})`;
  if (type === 'real') return 'FLOAT';
  const isTime = type === 'time' || type.startsWith('timestamp');
  return isTime && scale !== null ? `${type.toUpperCase()}(${scale})` : type.toUpperCase();
}
