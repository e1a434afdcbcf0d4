import type { ColumnShape, ColumnStructure } from '../../encoding/index.ts';
import type { OutcomeColumn } from '../../gate.ts';

/**
 * A column as drivers want it: every key present, the type lower-case (driver protocol, section 6). Drivers pick what
 * they know by its name, so what Sluice says of a column has a key of its own.
 */
export function toRowType(column: OutcomeColumn): object {
  const { name, nullable, precision, scale, length, structure, masked, computedOn } = column;
  return {
    name,
    database: '',
    schema: '',
    table: '',
    nullable,
    type: typeOf(column),
    byteLength: byteLengthOf(column),
    length,
    precision,
    scale,
    collation: null,
    ...fieldsOf(structure),
    ...(masked === undefined && computedOn === undefined ? {} : { sluice: { masked, computedOn } }),
  };
}

/** Of a structured type what is in it, as deep as it goes; drivers take an object without any for a text. */
function fieldsOf(structure: ColumnStructure | undefined): object {
  if (structure === undefined) return {};
  const fields = structure.fields.map((field) => ({
    ...(field.name === '' ? {} : { name: field.name }),
    type: typeOf(field),
    nullable: field.nullable,
    length: field.length ?? 0,
    byteLength: byteLengthOf(field) ?? 0,
    precision: field.precision ?? 0,
    scale: field.scale ?? 0,
    ...fieldsOf(field.structure),
  }));
  return { fields };
}

function typeOf({ type, structure }: ColumnShape): string {
  return structure?.of ?? type;
}

function byteLengthOf({ type, length }: ColumnShape): number | null {
  return type === 'text' && length !== null ? Math.min(length * 4, maxTextBytes) : length;
}

const maxTextBytes = 134_217_728;
