import { parse, type Tree, walk } from '@sluice/snowflake-sql';
import type { Binds } from '../warehouse/index.ts';

/** How many rows a statement changes or returns, as far as its text says; or a question that says it. */
export type RowCount =
  | { readonly sql: null; readonly rows: number | null; readonly note: string }
  | {
      readonly sql: string;
      readonly binds: Binds;
      /** What the answer is to be multiplied by. */
      readonly times: number;
      /** In words, where it may be fewer. */
      readonly note: string;
    };

/** Null for statements that have no such number. Never fewer than they would hit of what is there when it is asked. */
export function rowCountOf(sql: string, binds: Binds): RowCount | null {
  const parsed = parse(sql);
  return parsed.outcome === 'parsed' ? countOf(parsed.statement, parsed.source, binds) : null;
}

function countOf(statement: Tree.Statement, source: string, binds: Binds): RowCount | null {
  const text = ({ start, end }: Place) => source.slice(start, end);
  const sets = setsOf(binds);
  const ask = (from: string, first: Place | null, note = '', times = 1): RowCount => {
    if (sets !== 1) return { sql: null, rows: null, note: `it is sent with ${sets} rows of values` };
    const start = first?.start ?? source.length;
    return { sql: `SELECT COUNT(*) FROM ${from}`, binds: bindsFrom(statement, start, binds), times, note };
  };
  switch (statement.kind) {
    case 'query':
      return ask(`(${text(statement)})`, statement);
    case 'insert': {
      const { body } = statement.source;
      if (body.kind === 'values') return { sql: null, rows: body.rows.length * sets, note: '' };
      return ask(`(${text(statement.source)})`, statement.source);
    }
    case 'multi_insert': {
      const targets = statement.branches.flatMap((branch) => branch.targets).length;
      return ask(`(${text(statement.source)})`, statement.source, 'or fewer, by its conditions', targets);
    }
    case 'update':
    case 'delete': {
      const { target, where } = statement;
      const others = statement.kind === 'update' ? statement.from : statement.using;
      const from = [target, ...others].map(text).join(', ');
      const note =
        others.length === 0 ? '' : 'or fewer: a row that is matched several times is counted each time';
      const condition = where === null ? '' : ` WHERE ${text(where)}`;
      return ask(`${from}${condition}`, others[0] ?? where, note);
    }
    case 'merge': {
      const { target, source: read, on } = statement;
      const from = `${text(read)} LEFT JOIN ${text(target)} ON ${text(on)}`;
      return ask(from, read, 'or fewer: not every row that is matched need be changed');
    }
    case 'truncate':
      return ask(text(statement.target), null);
    case 'create':
      if (statement.objectType !== 'table' || statement.query === null) return null;
      return ask(`(${text(statement.query)})`, statement.query);
    case 'execute_immediate': {
      const only = onlyInside(statement);
      return only === null ? null : countOf(only.statement, only.source, binds);
    }
    default:
      return null;
  }
}

interface Place {
  readonly start: number;
  readonly end: number;
}

/** The one statement of a text that stands in it, without values that are handed in. */
function onlyInside({ source, using }: Tree.ExecuteImmediate) {
  if (source.kind !== 'embedded' || source.content.kind !== 'script' || using.length > 0) return null;
  const [statement, ...more] = source.content.statements;
  return statement === undefined || more.length > 0 ? null : { statement, source: source.source };
}

/** How often it is run: once for each entry of an array bind. */
function setsOf(binds: Binds): number {
  const arrays = Object.values(binds).flatMap(({ value }) =>
    typeof value === 'string' || value === null ? [] : [value.length],
  );
  return arrays.length === 0 ? 1 : Math.max(...arrays);
}

/** `?` are counted from the statement's beginning: without its first part, the numbers are others. */
function bindsFrom(statement: Tree.Statement, start: number, binds: Binds): Binds {
  const before = countPlaces(statement, start);
  const kept = Object.entries(binds).map(
    ([name, bind]) => [/^\d+$/.test(name) ? Number(name) - before : name, bind] as const,
  );
  return Object.fromEntries(kept.filter(([name]) => typeof name === 'string' || name > 0));
}

function countPlaces(root: Tree.Statement, before: number): number {
  let places = 0;
  for (const node of walk(root)) {
    if (node.kind === 'bind' && node.name === '?' && node.start < before) places += 1;
  }
  return places;
}
