import type { OutcomeColumn } from '../../gate.ts';

/**
 * A column as drivers want it: every key present, the type lower-case (driver protocol, section 6). Drivers pick what
 * they know by its name, so what Sluice says of a column has a key of its own.
 */
export function toRowType(column: OutcomeColumn): object {
  const { name, type, nullable, precision, scale, length, masked, computedOn } = column;
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
    ...(masked === undefined && computedOn === undefined ? {} : { sluice: { masked, computedOn } }),
  };
}

const maxTextBytes = 134_217_728;
