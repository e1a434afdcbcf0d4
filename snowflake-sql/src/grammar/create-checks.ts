import type { DdlObjectType } from '../object-types.ts';
import type { Option } from '../tree/options.ts';
import type { Words } from '../tree/names.ts';
import type { CreateBuilding } from './create-building.ts';
import { refuseRepeats } from './options.ts';
import { type Parser, Refusal, refuse } from './parser.ts';

/** Refuses modifiers that the type does not take, or not in this order or number: `TEMP TEMP`. */
export function checkModifiers(type: DdlObjectType, modifiers: readonly Words[]): void {
  if (modifiers.length === 0 || type === 'instance') return;
  const spelled = modifiers.map(({ text }) => text).join(' ');
  if (MODIFIERS[type]?.test(spelled) === true) return;
  const range = { start: modifiers[0]!.start, end: modifiers.at(-1)!.end };
  throw new Refusal(
    range,
    `\`${spelled}\` cannot precede \`${type.replaceAll('_', ' ').toUpperCase()}\``,
    [],
  );
}

const TEMPORARY = /^TEMP(ORARY)?$/;

/** The modifiers that may precede each type, in order. SCOPED is in no documentation: Snowpark sends it (`TEMPORARY_STRING`). */
const MODIFIERS: Partial<Readonly<Record<DdlObjectType, RegExp>>> = {
  data_metric_function: /^SECURE$/,
  database: /^TRANSIENT$/,
  dynamic_table: /^TRANSIENT$/,
  external_function: /^SECURE$/,
  file_format: /^((SCOPED )?TEMP(ORARY)?|VOLATILE)$/,
  function: /^(((SCOPED )?TEMP(ORARY)?)?( ?SECURE)?( ?AGGREGATE)?)$/,
  iceberg_table: /^((TRANSIENT )?DYNAMIC|TRANSIENT)$/,
  listing: /^EXTERNAL$/,
  materialized_view: /^(SECURE|(SECURE )?INTERACTIVE)$/,
  procedure: /^(((SCOPED )?TEMP(ORARY)?)?( ?SECURE)?)$/,
  schema: /^(TRANSIENT|VERSIONED)$/,
  sequence: TEMPORARY,
  stage: /^((SCOPED )?TEMP(ORARY)?|VOLATILE)$/,
  table: /^(((LOCAL |GLOBAL |SCOPED )?TEMP(ORARY)?|VOLATILE|TRANSIENT)( READ ONLY)?|READ ONLY)$/,
  view: /^(SECURE)?( ?((LOCAL |GLOBAL |SCOPED )?TEMP(ORARY)?|VOLATILE))?( ?RECURSIVE)?$/,
};

/** Refuses repeated options and flags, and a CREATE that lacks a part its type requires. */
export function checkCreate(p: Parser, node: CreateBuilding): void {
  if (node.objectType !== 'semantic_view') {
    refuseRepeats(node.options);
    refuseRepeats(node.flags, groupOf);
    for (const flag of node.flags) checkFlag(node.objectType, flag);
  }
  const missing = missingPart(node);
  if (missing !== null) refuse(p, missing);
}

/** The group of a flag; flags with the same or the opposite meaning share a group. */
function groupOf(flag: Option | Words): string {
  const text = flag.kind === 'words' ? flag.text : '';
  switch (text) {
    case 'STRICT':
    case 'CALLED ON NULL INPUT':
      return 'RETURNS NULL ON NULL INPUT';
    case 'VOLATILE':
      return 'IMMUTABLE';
    case 'NOORDER':
      return 'ORDER';
    default:
      return text.startsWith('EXECUTE AS') ? 'EXECUTE AS' : text;
  }
}

/** Refuses a flag that the type of object does not take. */
function checkFlag(type: DdlObjectType, flag: Words): void {
  const types = TYPES_BY_FLAG[groupOf(flag)];
  if (types?.test(type) === true) return;
  const name = type.replaceAll('_', ' ').toUpperCase();
  throw new Refusal(flag, `\`${flag.text}\` is not part of \`CREATE ${name}\``, []);
}

const ROUTINE = /function$|^procedure$/;

const TYPES_BY_FLAG: Readonly<Record<string, RegExp | undefined>> = {
  __proto__: null as never,
  'COPY GRANTS':
    /table$|view$|function$|^(procedure|stage|stream|task|pipe|streamlit|model|notebook|sequence)$/,
  'COPY TAGS': /table$|view$/,
  'EXECUTE AS': ROUTINE,
  'IGNORE HYBRID TABLES': /^(database|schema)$/,
  'IGNORE TABLES WITH INSUFFICIENT DATA RETENTION': /^(database|schema)$/,
  IMMUTABLE: ROUTINE,
  'INCLUDE INTERNAL STAGES': /^(database|schema)$/,
  MEMOIZABLE: ROUTINE,
  'NOT NULL': ROUTINE,
  ORDER: /^sequence$/,
  'READ ONLY': /^(database|table)$/,
  'REQUIRE USER': /table$/,
  'RETURNS NULL ON NULL INPUT': ROUTINE,
  'WITH MANAGED ACCESS': /^schema$/,
};

/** A part that the type requires and the statement lacks; null when nothing is missing. */
function missingPart(node: CreateBuilding): string | null {
  const { query, body, clone, sources, columns, condition, options } = node;
  const copied = clone !== null || sources.length > 0;
  switch (node.objectType as string) {
    case 'view':
    case 'materialized_view':
      return query === null && !copied ? '`AS` and a query' : null;
    case 'dynamic_table':
      return query === null && body === null && !copied && node.or !== 'ALTER' ? '`AS` and a query' : null;
    case 'table':
    case 'hybrid_table':
      return query === null && columns.length === 0 && !copied ? '`(` and columns' : untyped(node);
    case 'external_table':
      return untyped(node);
    case 'application':
      return copied ? null : '`FROM`';
    case 'task':
      return body === null && clone === null ? '`AS` and a statement' : null;
    case 'pipe':
      return body === null && clone === null ? '`AS` and `COPY INTO`' : null;
    case 'alert':
      return clone === null && (condition === null || body === null) ? '`IF` and `THEN`' : null;
    case 'stream':
      return copied ? null : '`ON`';
    case 'masking_policy':
    case 'row_access_policy':
    case 'aggregation_policy':
    case 'projection_policy':
    case 'join_policy':
    case 'privacy_policy':
    case 'storage_lifecycle_policy':
      return body === null ? '`AS`' : null;
    case 'function':
    case 'procedure':
      // With a handler, the code may be in a file.
      return body === null && !options.some((each) => isNamed(each, 'HANDLER')) ? '`AS` and a body' : null;
    default:
      return null;
  }
}

function isNamed({ name }: Option, text: string): boolean {
  return name.kind === 'words' && name.text === text;
}

/** The message for columns without types, which are allowed only when a query or clone gives the types. */
function untyped({ query, clone, columns }: CreateBuilding): string | null {
  const untypedColumn = columns.some(({ type }) => type === null);
  return untypedColumn && query === null && clone === null ? 'column types or a query' : null;
}
