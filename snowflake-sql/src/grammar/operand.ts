import type { Expression, Path, PathStep, Subquery } from '../tree/query.ts';
import {
  arrayLiteral,
  caseExpression,
  castCall,
  escape,
  extract,
  interval,
  isEscape,
  objectLiteral,
  positionIn,
  typedLiteral,
} from './forms.ts';
import { bareCall, call } from './call.ts';
import { dataType } from './data-type.ts';
import { anyIdentifier, dynamicName, isDynamicName, stageReference } from './names.ts';
import {
  bind,
  booleanLiteral,
  nullLiteral,
  numberLiteral,
  position,
  sessionVariable,
  stringLiteral,
} from './literals.ts';
import { isFunctionThoughReserved, isReservedInExpression } from '../keywords.ts';
import {
  type Building,
  type Parser,
  descend,
  endOf,
  expectSymbol,
  isAnyWord,
  isSymbol,
  isWord,
  refuse,
  startOf,
  symbol,
  word,
} from './parser.ts';

/** A primary expression and its suffixes (`::type`, `:path`, `[0]`). */
export function operand(p: Parser): Expression {
  const kind = symbol(p);
  if (kind === '(') return suffixes(p, subquery(p));
  if (kind === 'word' || kind === 'quoted') return suffixes(p, named(p));
  return suffixes(p, literal(p));
}

/** `(SELECT ...)`. */
export function subquery(p: Parser): Subquery {
  const start = startOf(p);
  expectSymbol(p, '(');
  const query = p.grammar.query(p);
  expectSymbol(p, ')');
  return { kind: 'subquery', start, end: endOf(p), query };
}

function literal(p: Parser): Expression {
  switch (symbol(p)) {
    case 'number':
      return numberLiteral(p);
    case 'string':
    case 'dollars':
      return stringLiteral(p);
    case 'variable':
      return sessionVariable(p);
    case 'position':
      return position(p);
    case '?':
    case ':':
      return bind(p);
    case 'stage':
      return stageReference(p);
    case '[':
      return arrayLiteral(p);
    case '{':
      return isEscape(p) ? escape(p) : objectLiteral(p);
    default:
      return refuse(p, 'an expression');
  }
}

/** An expression that begins with a name or keyword: a special form, a call, or a column. */
function named(p: Parser): Expression {
  const keyword = word(p);
  return (keyword === '' ? null : form(p)) ?? nameOrCall(p);
}

/** An expression opened by a keyword; null when the keyword is only a name here. */
function form(p: Parser): Expression | null {
  switch (word(p)) {
    case 'NULL':
      return nullLiteral(p);
    case 'TRUE':
      return booleanLiteral(p, true);
    case 'FALSE':
      return booleanLiteral(p, false);
    case 'CASE':
      return caseExpression(p);
    case 'CAST':
    case 'TRY_CAST':
      return isSymbol(p, '(', 1) ? castCall(p) : null;
    case 'EXISTS':
      return exists(p);
    case 'EXTRACT':
      return isSymbol(p, '(', 1) ? extract(p) : null;
    case 'POSITION':
      return isSymbol(p, '(', 1) ? positionIn(p) : null;
    case 'INTERVAL':
      return isSymbol(p, 'string', 1) ? interval(p) : null;
    case 'DATE':
    case 'TIME':
    case 'DATETIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_TZ':
      return isSymbol(p, 'string', 1) ? typedLiteral(p) : null;
    case 'X':
      return isSymbol(p, 'string', 1) && p.tokens.ends[p.at] === p.tokens.starts[p.at + 1]
        ? typedLiteral(p)
        : null;
    case 'PRIOR':
    case 'CONNECT_BY_ROOT':
      return isOperandNext(p) ? prior(p) : null;
    case 'FINAL':
    case 'RUNNING':
      return isAnyWord(p, 1) && isSymbol(p, '(', 2) ? matchSemantics(p) : null;
    case 'DEFAULT':
      return defaultValue(p);
    case 'IDENTIFIER':
      return isDynamicName(p) ? dynamicExpression(p) : null;
    case 'CURRENT_DATE':
    case 'CURRENT_TIME':
    case 'CURRENT_TIMESTAMP':
    case 'CURRENT_USER':
    case 'LOCALTIME':
    case 'LOCALTIMESTAMP':
      return isSymbol(p, '(', 1) ? null : bareCall(p);
    default:
      return null;
  }
}

function isOperandNext(p: Parser): boolean {
  const next = p.kinds[p.at + 1];
  return next === 'word' || next === 'quoted' || next === '(';
}

function exists(p: Parser): Expression {
  const start = startOf(p);
  p.at++;
  expectSymbol(p, '(');
  const query = p.grammar.query(p);
  expectSymbol(p, ')');
  return { kind: 'exists', start, end: endOf(p), query };
}

function prior(p: Parser): Expression {
  const start = startOf(p);
  const operator = word(p) as 'PRIOR' | 'CONNECT_BY_ROOT';
  descend(p);
  p.at++;
  const inner = operand(p);
  p.depth--;
  return { kind: 'prior', start, end: inner.end, operator, operand: inner };
}

function matchSemantics(p: Parser): Expression {
  const start = startOf(p);
  const semantics = word(p) as 'FINAL' | 'RUNNING';
  p.at++;
  const inner = operand(p);
  return { kind: 'match_semantics', start, end: inner.end, semantics, operand: inner };
}

function defaultValue(p: Parser): Expression {
  const start = startOf(p);
  p.at++;
  return { kind: 'default', start, end: endOf(p) };
}

function dynamicExpression(p: Parser): Expression {
  const name = dynamicName(p);
  return isSymbol(p, '(') ? call(p, name) : name;
}

/** `c`, `t.c`, `t.$1`, `f(...)`, `model!METHOD(...)`. */
function nameOrCall(p: Parser): Expression {
  const keyword = word(p);
  if (
    keyword !== '' &&
    isReservedInExpression(keyword) &&
    !(isSymbol(p, '(', 1) && isFunctionThoughReserved(keyword))
  ) {
    refuse(p, 'an expression');
  }
  const start = startOf(p);
  const parts = [anyIdentifier(p)];
  let publicSchema = false;
  while (isSymbol(p, '.')) {
    if (isSymbol(p, 'position', 1)) {
      p.at++;
      return position(p, { kind: 'qualified_name', start, end: parts.at(-1)!.end, parts, publicSchema });
    }
    if (parts.length === 4) refuse(p, 'a name of at most four parts');
    p.at++;
    if (isSymbol(p, '.') && parts.length === 1) {
      publicSchema = true;
      p.at++;
    }
    parts.push(anyIdentifier(p));
  }
  const end = endOf(p);
  const next = symbol(p);
  if (next === '(') {
    if (isSymbol(p, '+', 1) && isSymbol(p, ')', 2)) {
      p.at += 3;
      const column = { kind: 'column', start, end, parts, publicSchema } as const;
      return { kind: 'outer_join_mark', start, end: endOf(p), operand: column };
    }
    return call(p, { kind: 'qualified_name', start, end, parts, publicSchema });
  }
  if (next === '!') return call(p, { kind: 'qualified_name', start, end, parts, publicSchema });
  return { kind: 'column', start, end, parts, publicSchema };
}

/** Any number of suffixes after a value: `::type`, `:a.b`, `[0]`, `COLLATE 'c'`. */
export function suffixes(p: Parser, value: Expression): Expression {
  switch (symbol(p)) {
    case '::':
    case ':':
    case '[':
      return suffixed(p, value);
    case '.':
      // `$1.c` is a field of a column in staged files. After any other value, the dot was parsed with the name.
      return value.kind === 'position' ? suffixed(p, path(p, value)) : value;
    default:
      return isWord(p, 'COLLATE') ? suffixed(p, value) : value;
  }
}

function suffixed(p: Parser, first: Expression): Expression {
  const depth = p.depth;
  const start = first.start;
  let inner = first;
  for (;;) {
    const kind = symbol(p);
    if (kind === ':' || kind === '[') {
      inner = path(p, inner);
    } else if (kind === '::') {
      p.at++;
      const type = dataType(p);
      inner = { kind: 'cast', start, end: endOf(p), style: '::', operand: inner, type, fieldOptions: [] };
    } else if (isWord(p, 'COLLATE')) {
      p.at++;
      const collation = stringLiteral(p);
      inner = { kind: 'collate', start, end: endOf(p), operand: inner, collation };
    } else {
      p.depth = depth;
      return inner;
    }
    descend(p);
  }
}

/** The steps into a VARIANT: first a colon (a dot after a position) or bracket, then dots and brackets. */
function path(p: Parser, base: Expression): Path {
  const steps: PathStep[] = [];
  const node: Building<Path> = { kind: 'path', start: base.start, end: base.end, base, steps };
  for (;;) {
    const start = startOf(p);
    if (isSymbol(p, '[')) {
      p.at++;
      const index = p.grammar.expression(p);
      expectSymbol(p, ']');
      steps.push({ kind: 'path_index', start, end: endOf(p), index });
    } else if (isSymbol(p, ':') || (isSymbol(p, '.') && (steps.length > 0 || base.kind === 'position'))) {
      p.at++;
      steps.push(field(p, start));
    } else {
      node.end = endOf(p);
      return node;
    }
  }
}

function field(p: Parser, start: number): PathStep {
  const kind = symbol(p);
  if (kind !== 'word' && kind !== 'quoted') refuse(p, 'a field name');
  const { text, starts, ends } = p.tokens;
  const name =
    kind === 'word'
      ? text.slice(starts[p.at], ends[p.at])
      : text.slice(starts[p.at]! + 1, ends[p.at]! - 1).replaceAll('""', '"');
  p.at++;
  return { kind: 'path_field', start, end: endOf(p), name };
}
