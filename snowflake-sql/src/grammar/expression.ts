import type { BinaryOperator, ComparisonOperator, Expression, Logical } from '../tree/query.ts';
import { continuesQuery, startsQuery } from './lookahead.ts';
import { operand, suffixes } from './operand.ts';
import { predicate, quantified } from './predicates.ts';
import {
  type Parser,
  descend,
  endOf,
  expectSymbol,
  isSymbol,
  isWord,
  refuse,
  startOf,
  symbol,
  word,
} from './parser.ts';

/**
 * Any expression, by operator precedence: OR, AND, NOT, comparisons and predicates, `+ - ||`, `* / %`, signs.
 *
 * Open parentheses, and operators that lack their right operand, are kept on a list rather than on the native
 * stack, and a chain of one operator becomes one flat node. So neither thousands of parentheses nor a chain of any
 * length can exhaust the stack.
 */
export function expression(p: Parser): Expression {
  return parse(p, OR);
}

/** An operand of a predicate. No operator in it binds less tightly than `+`, which leaves out the AND of BETWEEN. */
export function additive(p: Parser): Expression {
  return parse(p, ADDITIVE);
}

const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARISON = 4;
const ADDITIVE = 5;
const MULTIPLICATIVE = 6;
const SIGN = 7;
/** Below every operator's precedence, so that no operator closes an open parenthesis. */
const PARENTHESIS = 0;

/** An open parenthesis, or an operator that lacks its right operand. */
type Open =
  | { readonly precedence: typeof PARENTHESIS; readonly start: number; readonly items: Expression[] }
  | { readonly precedence: typeof OR | typeof AND; readonly operands: Expression[] }
  | { readonly precedence: typeof NOT; readonly start: number }
  | {
      readonly precedence: typeof COMPARISON;
      readonly operator: ComparisonOperator;
      readonly left: Expression;
    }
  | {
      readonly precedence: typeof ADDITIVE | typeof MULTIPLICATIVE;
      readonly operators: BinaryOperator[];
      readonly operands: Expression[];
    }
  | { readonly precedence: typeof SIGN; readonly start: number; readonly operator: '+' | '-' };

function parse(p: Parser, loosest: number): Expression {
  const depth = p.depth;
  descend(p);
  const open: Open[] = [];
  let parentheses = 0;
  for (;;) {
    if (opens(p, open, loosest)) {
      if (open.at(-1)!.precedence === PARENTHESIS) parentheses++;
      continue;
    }
    let value = operand(p);
    for (;;) {
      const precedence = infixPrecedence(p);
      value = close(p, open, value, precedence);
      if (precedence >= (parentheses > 0 ? OR : loosest)) {
        const next = infix(p, open, value, precedence);
        if (next === null) break;
        value = next;
      } else if (parentheses > 0) {
        const next = closeParenthesis(p, open, value);
        if (next === null) break;
        parentheses--;
        value = next;
      } else {
        p.depth = depth;
        return value;
      }
    }
  }
}

/** Takes a prefix of an operand: a parenthesis that does not hold a query, NOT, or a sign. */
function opens(p: Parser, open: Open[], loosest: number): boolean {
  const kind = symbol(p);
  if (kind === '(') {
    if (startsQuery(p, 1)) return false;
    descend(p);
    open.push({ precedence: PARENTHESIS, start: startOf(p), items: [] });
  } else if (kind === '-' || kind === '+') {
    descend(p);
    open.push({ precedence: SIGN, start: startOf(p), operator: kind });
  } else if (kind === 'word' && isWord(p, 'NOT') && (open.at(-1)?.precedence ?? loosest) <= NOT) {
    descend(p);
    open.push({ precedence: NOT, start: startOf(p) });
  } else {
    return false;
  }
  p.at++;
  return true;
}

/** Completes every open operator that binds more tightly than the next one, with `value` as its right operand. */
function close(p: Parser, open: Open[], value: Expression, precedence: number): Expression {
  let closed = value;
  for (let top = open.at(-1); top !== undefined && closes(top.precedence, precedence); top = open.at(-1)) {
    open.pop();
    if (top.precedence === NOT || top.precedence === SIGN) p.depth--;
    closed = complete(top, closed);
  }
  return closed;
}

/** Comparisons are left-associative; chains of one precedence continue. */
function closes(waiting: number, next: number): boolean {
  return waiting > next || (waiting === COMPARISON && next === COMPARISON);
}

function complete(top: Open, value: Expression): Expression {
  const { end } = value;
  switch (top.precedence) {
    case NOT:
      return { kind: 'not', start: top.start, end, operand: value };
    case SIGN:
      return { kind: 'unary', start: top.start, end, operator: top.operator, operand: value };
    case COMPARISON:
      return {
        kind: 'comparison',
        start: top.left.start,
        end,
        operator: top.operator,
        left: top.left,
        right: value,
      };
    case OR:
    case AND: {
      const operator: Logical['operator'] = top.precedence === OR ? 'OR' : 'AND';
      const { operands } = top;
      operands.push(value);
      return { kind: 'logical', start: operands[0]!.start, end, operator, operands };
    }
    case ADDITIVE:
    case MULTIPLICATIVE: {
      const { operands, operators } = top;
      operands.push(value);
      return { kind: 'binary', start: operands[0]!.start, end, operators, operands };
    }
    case PARENTHESIS:
    default:
      return value;
  }
}

/** Takes an infix operator. Returns null when its right operand is still to come, else the completed expression. */
function infix(p: Parser, open: Open[], left: Expression, precedence: number): Expression | null {
  const top = open.at(-1);
  switch (precedence) {
    case OR:
    case AND:
      if (top?.precedence === precedence) top.operands.push(left);
      else open.push({ precedence, operands: [left] });
      break;
    case ADDITIVE:
    case MULTIPLICATIVE: {
      const operator = symbol(p) as BinaryOperator;
      if (top?.precedence === precedence) {
        top.operands.push(left);
        top.operators.push(operator);
      } else {
        open.push({ precedence, operators: [operator], operands: [left] });
      }
      break;
    }
    default: {
      // Comparisons of comparisons nest to the left, and each adds a level to the tree.
      if (isPredicate(left)) descend(p);
      if (symbol(p) === 'word') return predicate(p, left, left.start);
      const operator = symbol(p) as ComparisonOperator;
      p.at++;
      if (isWord(p, 'ANY') || isWord(p, 'SOME') || isWord(p, 'ALL'))
        return quantified(p, left, operator, left.start);
      open.push({ precedence: COMPARISON, operator, left });
      return null;
    }
  }
  p.at++;
  return null;
}

/**
 * Handles the end of an item in parentheses: `(x)`, `(a, b)`, or `((SELECT ...) UNION ...)`, which is known to be a
 * query only now. Returns null after a comma, when more items follow.
 */
function closeParenthesis(p: Parser, open: Open[], inner: Expression): Expression | null {
  const top = open.at(-1)!;
  if (top.precedence !== PARENTHESIS) return refuse(p, 'an expression');
  const { start, items } = top;
  if (isSymbol(p, ',')) {
    p.at++;
    items.push(inner);
    return null;
  }
  open.pop();
  p.depth--;
  if (items.length === 0 && inner.kind === 'subquery' && continuesQuery(p)) {
    const query = p.grammar.queryAfter(p, inner.query, inner.start);
    expectSymbol(p, ')');
    return suffixes(p, { kind: 'subquery', start, end: endOf(p), query });
  }
  expectSymbol(p, ')');
  const end = endOf(p);
  if (items.length === 0) return suffixes(p, { kind: 'paren', start, end, inner });
  items.push(inner);
  return suffixes(p, { kind: 'row', start, end, items });
}

/** The precedence of the current token as an infix operator; 0 when it is not one. */
function infixPrecedence(p: Parser): number {
  switch (symbol(p)) {
    case 'word':
      switch (word(p)) {
        case 'OR':
          return OR;
        case 'AND':
          return AND;
        case 'IS':
        case 'IN':
        case 'LIKE':
        case 'ILIKE':
        case 'RLIKE':
        case 'REGEXP':
        case 'BETWEEN':
          return COMPARISON;
        case 'NOT':
          return negates(p) ? COMPARISON : 0;
        default:
          return 0;
      }
    case '=':
    case '<>':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return COMPARISON;
    case '+':
    case '-':
    case '||':
      return ADDITIVE;
    case '*':
    case '/':
    case '%':
      return MULTIPLICATIVE;
    default:
      return 0;
  }
}

function isPredicate({ kind }: Expression): boolean {
  return (
    kind === 'comparison' ||
    kind === 'is' ||
    kind === 'in_list' ||
    kind === 'in_query' ||
    kind === 'like' ||
    kind === 'between' ||
    kind === 'distinct_from' ||
    kind === 'quantified'
  );
}

/** Whether NOT is part of `NOT IN`, `NOT LIKE` or a similar predicate. */
function negates(p: Parser): boolean {
  switch (p.keywords[p.at + 1] as string) {
    case 'IN':
    case 'LIKE':
    case 'ILIKE':
    case 'RLIKE':
    case 'REGEXP':
    case 'BETWEEN':
      return true;
    default:
      return false;
  }
}
