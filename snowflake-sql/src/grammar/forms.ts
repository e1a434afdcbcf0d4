import type { TypedLiteral } from '../tree/names.ts';
import type { Case, CaseBranch, Expression, ObjectLiteral, OdbcEscape, Spread, Star } from '../tree/query.ts';
import { dataType } from './data-type.ts';
import { anyIdentifier, identifier, wordsOf } from './names.ts';
import { stringLiteral } from './literals.ts';
import { isStar, star } from './star.ts';
import {
  type Parser,
  descend,
  eatOneOf,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  isAnyWord,
  isSymbol,
  isWord,
  list,
  refuse,
  startOf,
  textOf,
  word,
} from './parser.ts';

/* Expressions with special syntax, each opened by its keyword or bracket. */

export function caseExpression(p: Parser): Case {
  const start = startOf(p);
  p.at++;
  descend(p);
  const operand = isWord(p, 'WHEN') ? null : p.grammar.expression(p);
  const branches = [caseBranch(p)];
  while (isWord(p, 'WHEN')) branches.push(caseBranch(p));
  const otherwise = eatWord(p, 'ELSE') ? p.grammar.expression(p) : null;
  expectWord(p, 'END');
  p.depth--;
  return { kind: 'case', start, end: endOf(p), operand, branches, otherwise };
}

function caseBranch(p: Parser): CaseBranch {
  const start = startOf(p);
  expectWord(p, 'WHEN');
  const when = p.grammar.expression(p);
  expectWord(p, 'THEN');
  const result = p.grammar.expression(p);
  return { kind: 'case_branch', start, end: result.end, when, result };
}

/** `CAST(x AS type)`, `TRY_CAST(x AS type)`. */
export function castCall(p: Parser): Expression {
  const start = startOf(p);
  const style = word(p) as 'CAST' | 'TRY_CAST';
  p.at++;
  expectSymbol(p, '(');
  descend(p);
  const operand = p.grammar.expression(p);
  p.depth--;
  expectWord(p, 'AS');
  const type = dataType(p);
  const fieldOptions: ('RENAME FIELDS' | 'ADD FIELDS')[] = [];
  while (isWord(p, 'RENAME') || isWord(p, 'ADD')) {
    if (eatWords(p, 'RENAME', 'FIELDS')) fieldOptions.push('RENAME FIELDS');
    else if (eatWords(p, 'ADD', 'FIELDS')) fieldOptions.push('ADD FIELDS');
    else refuse(p, '`RENAME FIELDS`', '`ADD FIELDS`');
    eatSymbol(p, ',');
  }
  expectSymbol(p, ')');
  return { kind: 'cast', start, end: endOf(p), style, operand, type, fieldOptions };
}

/** `EXTRACT(part FROM x)`, or `EXTRACT(part, x)`, which becomes the same node. */
export function extract(p: Parser): Expression {
  const start = startOf(p);
  p.at++;
  expectSymbol(p, '(');
  const part = isSymbol(p, 'string') ? stringLiteral(p) : identifier(p);
  if (!eatSymbol(p, ',')) expectWord(p, 'FROM');
  const from = p.grammar.expression(p);
  expectSymbol(p, ')');
  return { kind: 'extract', start, end: endOf(p), part, from };
}

/** `POSITION(a IN b)`, or the same with commas. */
export function positionIn(p: Parser): Expression {
  const name = identifier(p);
  expectSymbol(p, '(');
  const args = [p.grammar.additive(p)];
  if (eatWord(p, 'IN')) args.push(p.grammar.additive(p));
  else while (eatSymbol(p, ',')) args.push(p.grammar.expression(p));
  expectSymbol(p, ')');
  return {
    kind: 'call',
    start: name.start,
    end: endOf(p),
    name: { kind: 'qualified_name', start: name.start, end: name.end, parts: [name], publicSchema: false },
    method: null,
    methodOf: null,
    bare: false,
    distinct: false,
    arguments: args,
    withinGroup: null,
    fromLast: false,
    nulls: null,
    over: null,
  };
}

/** `INTERVAL '...'` and the unit after it. */
export function interval(p: Parser): Expression {
  const start = startOf(p);
  p.at++;
  const value = stringLiteral(p);
  let unit = '';
  const from = eatOneOf(p, ...INTERVAL_UNITS);
  if (from !== null) {
    unit = from;
    if (eatWord(p, 'TO')) {
      const to = eatOneOf(p, ...INTERVAL_UNITS) ?? refuse(p, 'a time unit');
      unit = `${from} TO ${to}`;
    }
  }
  return { kind: 'interval', start, end: endOf(p), value, unit };
}

const INTERVAL_UNITS = [
  'YEAR',
  'YEARS',
  'QUARTER',
  'QUARTERS',
  'MONTH',
  'MONTHS',
  'WEEK',
  'WEEKS',
  'DAY',
  'DAYS',
  'HOUR',
  'HOURS',
  'MINUTE',
  'MINUTES',
  'SECOND',
  'SECONDS',
] as const;

/** `DATE '...'`, `X'...'`. */
export function typedLiteral(p: Parser): Expression {
  const start = startOf(p);
  const type = textOf(p).toUpperCase();
  p.at++;
  const value = stringLiteral(p);
  return { kind: 'typed_literal', start, end: endOf(p), type, value };
}

export function arrayLiteral(p: Parser): Expression {
  const start = startOf(p);
  p.at++;
  descend(p);
  const items = isSymbol(p, ']') ? [] : list(p, itemOrSpread);
  p.depth--;
  expectSymbol(p, ']');
  return { kind: 'array', start, end: endOf(p), items };
}

/** An item of a list, which may be a spread: `** array`. */
export function itemOrSpread(p: Parser): Expression {
  return isSymbol(p, '**') ? spread(p) : p.grammar.expression(p);
}

/** `** x`. */
export function spread(p: Parser): Spread {
  const start = startOf(p);
  expectSymbol(p, '**');
  const operand = p.grammar.additive(p);
  return { kind: 'spread', start, end: operand.end, operand };
}

/** `{'key': value, ...}`, `{*}`, `{t.* EXCLUDE c}`. */
export function objectLiteral(p: Parser): ObjectLiteral {
  const start = startOf(p);
  p.at++;
  descend(p);
  const entries = isSymbol(p, '}') ? [] : list(p, objectEntry);
  p.depth--;
  expectSymbol(p, '}');
  return { kind: 'object', start, end: endOf(p), entries };
}

/** Whether an ODBC or JDBC escape is next, rather than an object, in which `:` follows the first name. */
export function isEscape(p: Parser): boolean {
  return isAnyWord(p, 1) && (isAnyWord(p, 2) || isSymbol(p, 'quoted', 2) || isSymbol(p, 'string', 2));
}

/** `{fn f(a)}`, `{d '2026-01-01'}`, `{t '12:00:00'}`, `{ts '2026-01-01 12:00:00'}`. */
export function escape(p: Parser): OdbcEscape {
  const start = startOf(p);
  expectSymbol(p, '{');
  descend(p);
  const type = ESCAPES[textOf(p).toLowerCase()];
  if (type === undefined) refuse(p, '`fn`', '`d`', '`t`', '`ts`');
  const escaped = wordsOf(p, 1);
  const inner = type === null ? escapedCall(p) : escapedLiteral(p, type);
  p.depth--;
  expectSymbol(p, '}');
  return { kind: 'odbc_escape', start, end: endOf(p), escape: escaped, inner };
}

/** The type of a literal by its escape; null for a call. */
const ESCAPES: Readonly<Record<string, string | null | undefined>> = {
  __proto__: null,
  fn: null,
  d: 'DATE',
  t: 'TIME',
  ts: 'TIMESTAMP',
};

function escapedLiteral(p: Parser, type: string): TypedLiteral {
  const value = stringLiteral(p);
  return { kind: 'typed_literal', start: value.start, end: value.end, type, value };
}

function escapedCall(p: Parser): Expression {
  const inner = p.grammar.expression(p);
  return inner.kind === 'call' ? inner : refuse(p, 'a function call');
}

function objectEntry(p: Parser): ObjectLiteral['entries'][number] | Star {
  if (isStar(p)) return star(p);
  if (isSymbol(p, '**')) return spread(p);
  const start = startOf(p);
  const key = isSymbol(p, 'string') ? stringLiteral(p) : anyIdentifier(p);
  expectSymbol(p, ':');
  const value = p.grammar.expression(p);
  return { kind: 'object_entry', start, end: value.end, key, value };
}
