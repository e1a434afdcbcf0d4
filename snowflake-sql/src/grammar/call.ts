import type { Identifier, Name } from '../tree/names.ts';
import type { Call, Expression, LambdaParameter, TableArgument, Window } from '../tree/query.ts';
import { dataType } from './data-type.ts';
import { spread } from './forms.ts';
import { anyIdentifier, identifier, objectName } from './names.ts';
import { isStar, star } from './star.ts';
import { startsLambda, startsQuery } from './lookahead.ts';
import { orderBy } from './order-by.ts';
import { overClause, window } from './window.ts';
import {
  type Building,
  type Parser,
  areWords,
  descend,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  isAnyWord,
  isSymbol,
  isWord,
  optionalItems,
  refuse,
  startOf,
  symbol,
} from './parser.ts';

/** The rest of a call, from its opening parenthesis or from the `!` of a method. */
export function call(p: Parser, name: Name): Call {
  let method: Identifier | null = null;
  let methodOf: Expression[] | null = null;
  if (eatSymbol(p, '!')) method = anyIdentifier(p);
  if (!isSymbol(p, '(')) refuse(p, '`(`');
  const node: Building<Call> = {
    kind: 'call',
    start: name.start,
    end: name.end,
    name,
    method,
    methodOf,
    bare: false,
    distinct: false,
    arguments: [],
    withinGroup: null,
    fromLast: false,
    nulls: null,
    over: null,
  };
  descend(p, CALL_DEPTH);
  callArguments(p, node);
  if (method === null && isSymbol(p, '!')) {
    p.at++;
    methodOf = node.arguments as Expression[];
    node.methodOf = methodOf;
    node.method = anyIdentifier(p);
    if (!isSymbol(p, '(')) refuse(p, '`(`');
    callArguments(p, node);
  }
  if (symbol(p) === 'word') callSuffixes(p, node);
  p.depth -= CALL_DEPTH;
  node.end = endOf(p);
  return node;
}

/** Native stack used by a call, in the units of `descend`. */
const CALL_DEPTH = 2;

/** A function called without parentheses, such as CURRENT_DATE. */
export function bareCall(p: Parser): Call {
  const name = anyIdentifier(p);
  const { start, end } = name;
  return {
    kind: 'call',
    start,
    end,
    name: { kind: 'qualified_name', start, end, parts: [name], publicSchema: false },
    method: null,
    methodOf: null,
    bare: true,
    distinct: false,
    arguments: [],
    withinGroup: null,
    fromLast: false,
    nulls: null,
    over: null,
  };
}

function callArguments(p: Parser, node: Building<Call>): void {
  expectSymbol(p, '(');
  if (eatSymbol(p, ')')) {
    node.arguments = [];
    return;
  }
  if (eatWord(p, 'DISTINCT')) node.distinct = true;
  else eatWord(p, 'ALL');
  const args = [argument(p)];
  while (eatSymbol(p, ',')) args.push(argument(p));
  node.arguments = args;
  node.nulls = nullTreatment(p);
  expectSymbol(p, ')');
}

function callSuffixes(p: Parser, node: Building<Call>): void {
  if (eatWords(p, 'WITHIN', 'GROUP')) {
    expectSymbol(p, '(');
    node.withinGroup = orderBy(p);
    expectSymbol(p, ')');
  }
  if (areWords(p, 'FROM', 'FIRST') || areWords(p, 'FROM', 'LAST')) {
    if (isWord(p, 'OVER', 2) || isWord(p, 'IGNORE', 2) || isWord(p, 'RESPECT', 2)) {
      node.fromLast = isWord(p, 'LAST', 1);
      p.at += 2;
    }
  }
  node.nulls ??= nullTreatment(p);
  if (isWord(p, 'OVER') && isSymbol(p, '(', 1)) node.over = overClause(p);
}

function nullTreatment(p: Parser): 'IGNORE' | 'RESPECT' | null {
  if (eatWords(p, 'IGNORE', 'NULLS')) return 'IGNORE';
  if (eatWords(p, 'RESPECT', 'NULLS')) return 'RESPECT';
  return null;
}

/** An argument of a call: an expression, or a star, spread, lambda, or named or table argument. */
export function argument(p: Parser): Expression {
  switch (symbol(p)) {
    case '*':
      return star(p);
    case '**':
      return spread(p);
    case '(':
      return startsLambda(p) ? lambda(p) : p.grammar.expression(p);
    case 'word':
    case 'quoted':
      return namedArgument(p);
    default:
      return p.grammar.expression(p);
  }
}

function namedArgument(p: Parser): Expression {
  switch (p.kinds[p.at + 1] as string) {
    case '=>': {
      const name = anyIdentifier(p);
      p.at++;
      const value = argument(p);
      return { kind: 'named_argument', start: name.start, end: value.end, name, value };
    }
    case '->':
      return lambda(p);
    case 'word':
      // `x INT -> ...`: one parameter with its type and no parentheses.
      return isSymbol(p, '->', 2) ? lambda(p) : words(p);
    case '.':
      return isStar(p) ? star(p) : p.grammar.expression(p);
    default:
      return words(p);
  }
}

function words(p: Parser): Expression {
  if (startsQuery(p)) {
    const query = p.grammar.query(p);
    return { kind: 'subquery', start: query.start, end: query.end, query };
  }
  return isWord(p, 'TABLE') && isSymbol(p, '(', 1) ? tableArgument(p) : p.grammar.expression(p);
}

/** `TABLE(t) PARTITION BY ...`. */
function tableArgument(p: Parser): TableArgument {
  const start = startOf(p);
  p.at++;
  expectSymbol(p, '(');
  const source = startsQuery(p) ? p.grammar.query(p) : objectName(p);
  expectSymbol(p, ')');
  const over: Window | null = isWord(p, 'PARTITION') || isWord(p, 'ORDER') ? window(p) : null;
  return { kind: 'table_argument', start, end: endOf(p), source, window: over };
}

function lambda(p: Parser): Expression {
  const start = startOf(p);
  const parameters = isSymbol(p, '(') ? optionalItems(p, lambdaParameter) : [lambdaParameter(p)];
  expectSymbol(p, '->');
  const body = p.grammar.expression(p);
  return { kind: 'lambda', start, end: body.end, parameters, body };
}

function lambdaParameter(p: Parser): LambdaParameter {
  const name = identifier(p);
  const type = isAnyWord(p) ? dataType(p) : null;
  return { kind: 'lambda_parameter', start: name.start, end: endOf(p), name, type };
}
