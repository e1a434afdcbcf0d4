import type { ResultColumn } from '../../warehouse/index.ts';

/** A column as drivers want it: every key present, the type lower-case (driver protocol, section 6). */
export function toRowType(column: ResultColumn): object {
  const { name, type, nullable, precision, scale, length } = column;
  const byteLength = type === 'text' && length !== null ? Math.min(length * 4, maxTextBytes) : length;
  return {
    name,
    database: '',
    schema: '',
    table: '',
    nullable,
    type,
    byteLength,
    length,
    precision,
    scale,
    collation: null,
  };
}

const maxTextBytes = 134_217_728;
