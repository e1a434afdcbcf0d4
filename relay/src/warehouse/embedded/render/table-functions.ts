import {
  type BoundCall,
  type BoundExpression,
  type BoundFrom,
  type BoundTableFunction,
  functionNamed,
} from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { asText, castTo } from './casts.ts';
import type { Place } from './expressions.ts';
import { renderElement, renderField } from './json.ts';
import { tokensOf } from './functions/texts.ts';
import { parseSteps } from './path-text.ts';
import { quoteString } from './quote.ts';
import { builtInName, type Rendering } from './rendering.ts';
import { PLAIN } from './scope.ts';

/** FLATTEN, SPLIT_TO_TABLE and GENERATOR. What they are given decides which rows there are. */
export function renderTableFunction(rendering: Rendering, relation: BoundTableFunction): string {
  const name = builtInName(relation.call);
  const make = Object.hasOwn(tableFunctions, name) ? tableFunctions[name] : undefined;
  if (make === undefined) throw unsupported(`the table function ${name}`);
  const columns = rendering
    .wantedOf({ relation: relation.id })
    .map((wanted) => (text: readonly string[]) => `${text[wanted.index] ?? 'NULL'} AS ${wanted.name}`);
  const select = (texts: readonly string[]) =>
    columns.length === 0 ? '1 AS n' : columns.map((column) => column(texts)).join(', ');
  const args = namedArguments(relation.call);
  return `LATERAL (${make(args, { rendering, scope: PLAIN, reading: 'use' }, select)})`;
}

/** The numbers of a GENERATOR's rows, from 0. */
const COUNTER = 'n';

/** What counts the rows of a FROM that is a GENERATOR and nothing else; null for any other. */
export function generatorCounter(rendering: Rendering, from: BoundFrom | null): string | null {
  if (from?.kind !== 'table_function' || builtInName(from.call) !== 'GENERATOR') return null;
  return `${rendering.nameOf({ relation: from.id })}.${COUNTER}`;
}

/** By name in upper case, or by place from `1`. */
type Arguments = ReadonlyMap<string, BoundExpression>;

type Make = (args: Arguments, place: Place, select: (columns: readonly string[]) => string) => string;

const tableFunctions: Readonly<Record<string, Make>> = {
  FLATTEN: flatten,
  SPLIT_TO_TABLE: (args, place, select) =>
    split(
      `string_split(${asText(place, required(args, '1'))}, ${asText(place, required(args, '2'))})`,
      place,
      select,
    ),
  STRTOK_SPLIT_TO_TABLE: (args, place, select) => {
    const marks = args.get('2');
    return split(
      tokensOf(
        place.rendering,
        asText(place, required(args, '1')),
        marks === undefined ? "' '" : asText(place, marks),
      ),
      place,
      select,
    );
  },
  GENERATOR: (args) => {
    const rows = required(args, 'ROWCOUNT');
    const isNumber =
      rows.kind === 'literal' && rows.value.kind === 'number' && /^\d{1,15}$/.test(rows.value.text);
    if (!isNumber || args.size > 1) throw unsupported('a GENERATOR of anything but a number of rows');
    return `SELECT i AS ${COUNTER} FROM range(${rows.value.kind === 'number' ? rows.value.text : '0'}) AS g(i)`;
  },
};

/** Those that can be run here. */
export const tableFunctionNames: readonly string[] = Object.keys(tableFunctions);

/** SEQ, INDEX, VALUE. */
function split(parts: string, { rendering }: Place, select: (columns: readonly string[]) => string): string {
  const [list, item] = [rendering.fresh('b'), rendering.fresh('b')];
  return `SELECT ${select(['1', `${item}.i`, `${list}.p[${item}.i]`])} FROM (SELECT ${parts} AS p) AS ${list}, LATERAL (SELECT unnest(range(1, len(${list}.p) + 1)) AS i) AS ${item}`;
}

/** Snowflake's six columns, in its order: SEQ, KEY, PATH, INDEX, VALUE, THIS. */
function flatten(args: Arguments, place: Place, select: (columns: readonly string[]) => string): string {
  const path = args.get('PATH');
  const start = path === undefined ? [] : parseSteps(textOf(path));
  const input = castTo(place, required(args, 'INPUT'), 'JSON');
  // THIS is the value at the path, not all of the input.
  const value = start.reduce<string>(
    (text, step) => (typeof step === 'string' ? renderField(text, step) : renderElement(text, step)),
    input,
  );
  const isRecursive = isTrue(args.get('RECURSIVE'));
  const each = place.rendering.fresh('b');
  const from = isRecursive ? place.rendering.fresh('b') : each;
  const own = `${from}.j`;
  const kinds = modeOf(args.get('MODE'));
  const isItem = isRecursive ? `regexp_matches(${each}.fullkey, '\\]$')` : `json_type(${own}) = 'ARRAY'`;
  const prefix = quoteString(pathText(start));
  const path1 = isRecursive
    ? `${prefix} || CASE WHEN ${prefix} = '' THEN ltrim(substr(${each}.fullkey, 2), '.') ELSE substr(${each}.fullkey, 2) END`
    : `${prefix} || CASE WHEN ${isItem} THEN '[' || ${each}.key || ']' WHEN NOT regexp_full_match(${each}.key, '[A-Za-z_][A-Za-z0-9_]*') THEN '[''' || ${each}.key || ''']' ELSE ${prefix === "''" ? "''" : "'.'"} || ${each}.key END`;
  const columns = [
    '1',
    `CASE WHEN ${isItem} THEN NULL ELSE ${each}.key END`,
    path1,
    `CASE WHEN ${isItem} THEN CAST(${each}.key AS BIGINT) END`,
    `CAST(${each}.value AS JSON)`,
    isRecursive ? 'CAST(NULL AS JSON)' : own,
  ];
  const isOuter = isTrue(args.get('OUTER'));
  if (!isRecursive) {
    const entries = isOuter
      ? `CASE WHEN len(e) > 0 THEN e ELSE [struct_pack(key := CAST(NULL AS VARCHAR), value := CAST(NULL AS JSON))] END`
      : 'e';
    return `SELECT ${select(columns)} FROM (SELECT j, unnest(${entries}, max_depth := 2) FROM (SELECT j, ${entriesOf('j', kinds)} AS e FROM (SELECT ${value} AS j))) AS ${each}`;
  }
  const isKept = kinds.map((kind) => (kind === 'ARRAY' ? isItem : `NOT ${isItem}`)).join(' OR ');
  const source = `(SELECT ${value} AS j) AS ${from}`;
  const rows = `SELECT ${select(columns)} FROM ${source}, LATERAL json_tree(${own}) AS ${each} WHERE ${each}.fullkey <> '$' AND (${isKept})`;
  if (!isOuter) return rows;
  const none = kinds.map((kind) =>
    kind === 'ARRAY'
      ? `coalesce(json_type(${own}) = 'ARRAY' AND json_array_length(${own}) > 0, FALSE)`
      : `coalesce(json_type(${own}) = 'OBJECT' AND len(json_keys(${own})) > 0, FALSE)`,
  );
  const empty = ['1', 'NULL', 'NULL', 'NULL', 'CAST(NULL AS JSON)', own];
  return `${rows} UNION ALL SELECT ${select(empty)} FROM ${source} WHERE NOT (${none.join(' OR ')})`;
}

/** Keys and values, in order: DuckDB's `json_each` gives the last first. */
function entriesOf(value: string, kinds: readonly ('ARRAY' | 'OBJECT')[]): string {
  const entries = {
    ARRAY: `list_transform(CAST(${value} AS JSON[]), lambda v, i: struct_pack(key := CAST(i - 1 AS VARCHAR), value := coalesce(v, 'null'::JSON)))`,
    OBJECT: `list_sort(list_transform(map_entries(CAST(${value} AS MAP(VARCHAR, JSON))), lambda e: struct_pack(key := e.key, value := coalesce(e.value, 'null'::JSON))))`,
  };
  return `CASE json_type(${value}) ${kinds.map((kind) => `WHEN '${kind}' THEN ${entries[kind]}`).join(' ')} END`;
}

function modeOf(mode: BoundExpression | undefined): readonly ('ARRAY' | 'OBJECT')[] {
  const name = mode === undefined ? 'BOTH' : textOf(mode).toUpperCase();
  if (name === 'BOTH') return ['ARRAY', 'OBJECT'];
  if (name === 'ARRAY' || name === 'OBJECT') return [name];
  throw unsupported('this MODE of FLATTEN');
}

function textOf(expression: BoundExpression): string {
  if (expression.kind === 'literal' && expression.value.kind === 'string') return expression.value.value;
  throw unsupported('an argument of FLATTEN that is computed');
}

function pathText(steps: readonly (string | number)[]): string {
  return steps
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');
}

function isTrue(argument: BoundExpression | undefined): boolean {
  if (argument === undefined) return false;
  if (argument.kind === 'literal' && argument.value.kind === 'boolean') return argument.value.value;
  throw unsupported('an argument of FLATTEN that is computed');
}

/** An argument without a name has that of its place, as the analysis has it. */
function namedArguments(call: BoundCall): Arguments {
  const names = [...(functionNamed(call.name.name)?.named.keys() ?? [])];
  const given = call.arguments.map((argument, index) => {
    if (argument.kind === 'word') throw unsupported('this form of a table function');
    return argument.kind === 'wrapped' && argument.how === 'named'
      ? ([argument.word ?? '', argument.operand] as const)
      : ([names[index] ?? String(index + 1), argument] as const);
  });
  const args = new Map(given);
  if (args.size < given.length) throw unsupported('an argument that is given twice');
  return args;
}

function required(args: Arguments, name: string): BoundExpression {
  const argument = args.get(name);
  if (argument === undefined) throw unsupported('this form of a table function');
  return argument;
}
