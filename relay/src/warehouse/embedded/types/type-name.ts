import { quotedIdentifier } from '@sluice/snowflake-sql';
import {
  LONGEST_BINARY,
  LONGEST_TEXT,
  type SnowflakeType,
  type Structure,
  type StructureField,
} from './snowflake-type.ts';

/** A type as DESCRIBE TABLE names it; null for one that no column has, or that is not known. */
export function nameOfType(type: SnowflakeType): string | null {
  switch (type.kind) {
    case 'fixed':
      return `NUMBER(${type.precision},${type.scale})`;
    case 'text':
      return `VARCHAR(${type.length === 0 ? LONGEST_TEXT : type.length})`;
    case 'binary':
      return `BINARY(${type.length === 0 ? LONGEST_BINARY : type.length})`;
    case 'real':
      return 'FLOAT';
    case 'time':
    case 'timestamp_ntz':
    case 'timestamp_ltz':
    case 'timestamp_tz':
      return `${type.kind.toUpperCase()}(${type.scale})`;
    case 'object':
    case 'array':
      return type.structure === undefined ? type.kind.toUpperCase() : nameOfStructure(type.structure);
    case 'boolean':
    case 'date':
    case 'variant':
      return type.kind.toUpperCase();
    case 'null':
    case 'interval':
    case 'unknown':
      return null;
    default:
      return type satisfies never;
  }
}

function nameOfStructure({ of, fields }: Structure): string {
  return `${of.toUpperCase()}(${fields.map(nameOfField).join(', ')})`;
}

function nameOfField({ name, type, nullable }: StructureField): string {
  const key = name === '' ? '' : `${PLAIN.test(name) ? name : quotedIdentifier(name)} `;
  return `${key}${nameOfType(type) ?? ''}${nullable ? '' : ' NOT NULL'}`;
}

/** A key that means itself without quotes. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_$]*$/;
