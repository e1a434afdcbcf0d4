import type { BindType } from '@sluice/snowflake-sql';
import type { Binds } from './warehouse.ts';

/** As what each bind is given, by its name. */
export function bindTypesOf(binds: Binds): ReadonlyMap<string, BindType> {
  return new Map(Object.entries(binds).map(([name, { type }]) => [name, bindType(type)]));
}

/** Of a bind's type as drivers name it (driver protocol, section 4.1). */
function bindType(type: string): BindType {
  switch (type) {
    case 'TEXT':
      return 'text';
    case 'FIXED':
    case 'REAL':
      return 'number';
    case 'BOOLEAN':
      return 'boolean';
    case 'BINARY':
      return 'binary';
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_TZ':
      return type;
    default:
      return 'unknown';
  }
}
