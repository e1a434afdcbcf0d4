import type { Tree } from '@sluice/snowflake-sql';
import { shown, word } from '../../../text/index.ts';
import { unsupported } from '../errors.ts';
import { decimal, type SnowflakeType, typeOfDataType } from '../types/snowflake-type.ts';

/** How a table holds a TIMESTAMP_TZ: DuckDB has no offset beside an instant (offsets.ts). */
const STORED_INSTANT = 'STRUCT(t TIMESTAMPTZ, z SMALLINT)';

/** DuckDB's name of a Snowflake type. Semi-structured values are JSON text. */
const names: Readonly<Record<string, string>> = {
  ...sameFor('DECIMAL', ['NUMBER', 'DECIMAL', 'DEC', 'NUMERIC']),
  ...sameFor('DECIMAL(38, 0)', ['INT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'BYTEINT']),
  ...sameFor('DOUBLE', ['FLOAT', 'FLOAT4', 'FLOAT8', 'DOUBLE', 'DOUBLE PRECISION', 'REAL']),
  ...sameFor('VARCHAR', [
    'VARCHAR',
    'CHAR',
    'CHARACTER',
    'CHAR VARYING',
    'NCHAR',
    'NCHAR VARYING',
    'STRING',
    'TEXT',
    'NVARCHAR',
    'NVARCHAR2',
  ]),
  ...sameFor('BLOB', ['BINARY', 'VARBINARY']),
  BOOLEAN: 'BOOLEAN',
  DATE: 'DATE',
  TIME: 'TIME',
  ...sameFor('TIMESTAMP', [
    'TIMESTAMP',
    'TIMESTAMP_NTZ',
    'DATETIME',
    'TIMESTAMP WITHOUT TIME ZONE',
    'TIMESTAMPNTZ',
  ]),
  ...sameFor('TIMESTAMPTZ', [
    'TIMESTAMP_LTZ',
    'TIMESTAMPLTZ',
    'TIMESTAMP_TZ',
    'TIMESTAMPTZ',
    'TIMESTAMP WITH TIME ZONE',
    'TIMESTAMP WITH LOCAL TIME ZONE',
  ]),
  ...sameFor('JSON', ['VARIANT', 'OBJECT', 'ARRAY', 'MAP']),
};

/** DuckDB's name of the type of a table's column. */
export function renderColumnType(type: Tree.DataType): string {
  return typeOfDataType(type).kind === 'timestamp_tz' ? STORED_INSTANT : renderDataType(type);
}

/** How a table has values of a type that is known by its name. */
export function storedAs(type: SnowflakeType): string {
  switch (type.kind) {
    case 'fixed':
      return decimal(type);
    case 'real':
      return 'DOUBLE';
    case 'text':
      return 'VARCHAR';
    case 'binary':
      return 'BLOB';
    case 'boolean':
    case 'date':
    case 'time':
      return type.kind.toUpperCase();
    case 'timestamp_ntz':
      return 'TIMESTAMP';
    case 'timestamp_ltz':
      return 'TIMESTAMPTZ';
    case 'timestamp_tz':
      return STORED_INSTANT;
    case 'variant':
    case 'object':
    case 'array':
      return 'JSON';
    default:
      throw unsupported('this statement for a column of this type');
  }
}

export function renderDataType(type: Tree.DataType): string {
  const name = Object.hasOwn(names, type.name) ? names[type.name] : undefined;
  const isUnknown = type.fields.length > 0 && typeOfDataType(type).kind === 'unknown';
  if (name === undefined || isUnknown) throw unsupported(shown`the type ${word(type.name)}`);
  if (name !== 'DECIMAL') return name;
  const [precision = '38', scale = '0'] = type.parameters.map(({ text }) => text);
  return `DECIMAL(${precision}, ${scale})`;
}

function sameFor(name: string, aliases: readonly string[]): Record<string, string> {
  return Object.fromEntries(aliases.map((alias) => [alias, name]));
}
