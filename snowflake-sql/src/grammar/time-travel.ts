import type { Changes, NamedArgument, Sample, TimeTravel } from '../tree/query.ts';
import { identifier } from './names.ts';
import {
  type Parser,
  eatOneOf,
  eatWord,
  endOf,
  expectOneOf,
  expectSymbol,
  expectWord,
  isWord,
  refuse,
  startOf,
  textOf,
} from './parser.ts';

/** `AT (TIMESTAMP => ...)`, `BEFORE (STATEMENT => ...)`. */
export function timeTravel(p: Parser): TimeTravel {
  return pointInTime(p, expectOneOf(p, 'AT', 'BEFORE'));
}

function pointInTime(p: Parser, point: TimeTravel['point']): TimeTravel {
  const start = p.tokens.starts[p.at - 1]!;
  expectSymbol(p, '(');
  if (!POINTS.has(textOf(p).toUpperCase())) refuse(p, '`TIMESTAMP`', '`OFFSET`', '`STATEMENT`', '`STREAM`');
  const argument = namedArgument(p);
  expectSymbol(p, ')');
  return { kind: 'time_travel', start, end: endOf(p), point, argument };
}

const POINTS: ReadonlySet<string> = new Set(['TIMESTAMP', 'OFFSET', 'STATEMENT', 'STREAM']);

function namedArgument(p: Parser): NamedArgument {
  const name = identifier(p);
  expectSymbol(p, '=>');
  const value = p.grammar.expression(p);
  return { kind: 'named_argument', start: name.start, end: value.end, name, value };
}

/** `CHANGES (INFORMATION => DEFAULT) AT (...) END (...)`. */
export function changes(p: Parser): Changes {
  const start = startOf(p);
  expectWord(p, 'CHANGES');
  expectSymbol(p, '(');
  expectWord(p, 'INFORMATION');
  expectSymbol(p, '=>');
  const information = expectOneOf(p, 'DEFAULT', 'APPEND_ONLY');
  expectSymbol(p, ')');
  const from = timeTravel(p);
  const to = eatWord(p, 'END') ? pointInTime(p, 'END') : null;
  return { kind: 'changes', start, end: endOf(p), information, from, to };
}

/** `SAMPLE BERNOULLI (10)`, `TABLESAMPLE (5 ROWS) SEED (1)`. */
export function sample(p: Parser): Sample {
  const start = startOf(p);
  expectOneOf(p, 'SAMPLE', 'TABLESAMPLE');
  const named = eatOneOf(p, 'BERNOULLI', 'ROW', 'SYSTEM', 'BLOCK');
  const method = named === 'SYSTEM' || named === 'BLOCK' ? 'BLOCK' : 'ROW';
  expectSymbol(p, '(');
  const size = p.grammar.additive(p);
  const rows = eatWord(p, 'ROWS');
  expectSymbol(p, ')');
  let seed = null;
  if (isWord(p, 'REPEATABLE') || isWord(p, 'SEED')) {
    p.at++;
    expectSymbol(p, '(');
    seed = p.grammar.expression(p);
    expectSymbol(p, ')');
  }
  return { kind: 'sample', start, end: endOf(p), method, size, rows, seed };
}
