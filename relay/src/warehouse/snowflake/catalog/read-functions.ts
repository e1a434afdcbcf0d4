import { createHash } from 'node:crypto';
import { keyOfObject, type LoadedObject, type ObjectName } from '@sluice/snowflake-sql';
import type { Ask } from '../ask.ts';
import { rowsAbout } from './information-schema.ts';

/** User-defined functions under some names. What they do is not known; a policy may declare that they are harmless. */
export async function readFunctions(
  ask: Ask,
  names: readonly ObjectName[],
): Promise<readonly LoadedObject[]> {
  if (names.length === 0) return [];
  const rows = await rowsAbout(ask, names, {
    view: 'FUNCTIONS',
    columns: [
      'FUNCTION_SCHEMA',
      'FUNCTION_NAME',
      'ARGUMENT_SIGNATURE',
      'DATA_TYPE',
      'FUNCTION_LANGUAGE',
      'FUNCTION_DEFINITION',
      'CREATED',
      'LAST_ALTERED',
    ],
    schemaColumn: 'FUNCTION_SCHEMA',
    nameColumn: 'FUNCTION_NAME',
  });
  const found = Map.groupBy(rows, ({ DATABASE, FUNCTION_SCHEMA, FUNCTION_NAME }) =>
    keyOfObject({ database: DATABASE, schema: FUNCTION_SCHEMA ?? '', name: FUNCTION_NAME ?? '' }),
  );
  return names.map((name) => {
    const overloads = found.get(keyOfObject(name));
    if (overloads === undefined) return { name, object: null };
    const version = createHash('sha256').update(JSON.stringify(overloads)).digest('hex');
    const returnsTable = overloads.some((row) => /^TABLE\b/i.test(row['DATA_TYPE'] ?? ''));
    return { name, object: { type: 'function', name, version, returnsTable } };
  });
}
