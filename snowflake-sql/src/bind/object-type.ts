import type { ObjectType } from '../understanding.ts';

/** The kinds of object that policies distinguish. */
const TYPES: Readonly<Partial<Record<string, ObjectType>>> = {
  table: 'table',
  external_table: 'table',
  dynamic_table: 'table',
  iceberg_table: 'table',
  hybrid_table: 'table',
  event_table: 'table',
  view: 'view',
  materialized_view: 'view',
  semantic_view: 'view',
  stage: 'stage',
  function: 'function',
  external_function: 'function',
  procedure: 'procedure',
  schema: 'schema',
  database: 'database',
  warehouse: 'warehouse',
  role: 'role',
  database_role: 'role',
  application_role: 'role',
  user: 'user',
  share: 'share',
  task: 'task',
  stream: 'stream',
  pipe: 'pipe',
  sequence: 'sequence',
  file_format: 'file_format',
  tag: 'tag',
  session: 'session',
};

/** Kinds of object that do not belong to a schema. */
const ACCOUNT_LEVEL: ReadonlySet<ObjectType> = new Set([
  'database',
  'warehouse',
  'role',
  'user',
  'integration',
  'share',
  'session',
]);

export function objectTypeOf(type: string): ObjectType {
  if (type.endsWith('_policy')) return 'policy';
  if (type.endsWith('integration')) return 'integration';
  return TYPES[type] ?? 'other';
}

export function isAccountLevel(type: ObjectType): boolean {
  return ACCOUNT_LEVEL.has(type);
}
