import type { BinaryOperator, ComparisonOperator, Expression } from '../tree/query.ts';
import { type Parser, descend, eatSymbol, eatWord, endOf, isWord, startOf, symbol, word } from './parser.ts';
import { predicate, quantified } from './predicates.ts';
import { operand } from './operand.ts';

/**
 * Any expression, by precedence climbing: OR, AND, NOT, comparisons and predicates, `+ - ||`, `* / %`.
 * Chains of one operator become one flat node, so that only nesting costs stack.
 */
export function expression(p: Parser): Expression {
  return climb(p, OR);
}

const OR = 1;
const AND = 2;
const NOT = 3;
const COMPARISON = 4;
const ADDITIVE = 5;
const MULTIPLICATIVE = 6;

/** An operand of a comparison: nothing looser than `+` in it, so that the AND of BETWEEN stays outside. */
export function additive(p: Parser): Expression {
  return climb(p, ADDITIVE);
}

function climb(p: Parser, loosest: number): Expression {
  const depth = p.depth;
  descend(p);
  const start = startOf(p);
  let left = loosest <= NOT && isWord(p, 'NOT') ? not(p) : operand(p);
  for (;;) {
    const precedence = infixPrecedence(p);
    if (precedence < loosest) break;
    if (precedence === COMPARISON) {
      // A chain of comparisons nests to the left; each link counts as a level.
      descend(p);
      left = comparison(p, left, start);
    } else if (precedence <= AND) {
      left = logical(p, left, start, precedence);
    } else {
      left = chain(p, left, start, precedence);
    }
  }
  p.depth = depth;
  return left;
}

/** How tightly the current token binds to what stands before it; 0 when it is no infix operator. */
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

/** Whether NOT stands here as part of `NOT IN` and its kin. */
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

function not(p: Parser): Expression {
  const start = startOf(p);
  p.at++;
  const inner = climb(p, NOT);
  return { kind: 'not', start, end: inner.end, operand: inner };
}

function logical(p: Parser, first: Expression, start: number, precedence: number): Expression {
  const operator = precedence === OR ? 'OR' : 'AND';
  const operands = [first];
  while (eatWord(p, operator)) operands.push(climb(p, precedence + 1));
  return { kind: 'logical', start, end: endOf(p), operator, operands };
}

function chain(p: Parser, first: Expression, start: number, precedence: number): Expression {
  const operators: BinaryOperator[] = [];
  const operands = [first];
  while (infixPrecedence(p) === precedence) {
    operators.push(symbol(p) as BinaryOperator);
    p.at++;
    operands.push(climb(p, precedence + 1));
  }
  return { kind: 'binary', start, end: endOf(p), operators, operands };
}

function comparison(p: Parser, left: Expression, start: number): Expression {
  if (symbol(p) === 'word') return predicate(p, left, start);
  const operator = symbol(p) as ComparisonOperator;
  p.at++;
  if (isWord(p, 'ANY') || isWord(p, 'SOME') || isWord(p, 'ALL')) return quantified(p, left, operator, start);
  const right = climb(p, ADDITIVE);
  return { kind: 'comparison', start, end: right.end, operator, left, right };
}
