import type {
  CaseStatement,
  ConditionalBranch,
  For,
  If,
  Loop,
  Repeat,
  Return,
  Statement,
  While,
} from '../tree/statements.ts';
import { assign, isAssignment, letStatement, parenthesizedStatement, scriptValue } from './declarations.ts';
import { argument } from './call.ts';
import { bind } from './literals.ts';
import { identifier } from './names.ts';
import { endLabel, statementList } from './scripting.ts';
import {
  type Parser,
  eatWord,
  endOf,
  expectOneOf,
  expectSymbol,
  expectWord,
  expectWords,
  isName,
  isSymbol,
  isWord,
  list,
  optionalItems,
  startOf,
  word,
} from './parser.ts';

/** A statement that is allowed only in a block; null when none is next. */
export function scriptStatement(p: Parser): Statement | null {
  if (isAssignment(p)) return assign(p);
  const start = startOf(p);
  switch (word(p)) {
    case 'LET':
      return letStatement(p);
    case 'IF':
      return ifStatement(p);
    case 'CASE':
      return caseStatement(p);
    case 'FOR':
      return forLoop(p);
    case 'WHILE':
      return whileLoop(p);
    case 'REPEAT':
      return repeatLoop(p);
    case 'LOOP':
      return loop(p);
    case 'BREAK':
    case 'EXIT':
    case 'CONTINUE':
    case 'ITERATE': {
      const how = isWord(p, 'BREAK') || isWord(p, 'EXIT') ? 'break' : 'continue';
      p.at++;
      const label = endLabel(p);
      return { kind: 'leave', start, end: endOf(p), how, label };
    }
    case 'RETURN':
      return returnStatement(p);
    case 'RAISE': {
      p.at++;
      const exception = isName(p) ? identifier(p) : null;
      return { kind: 'raise', start, end: endOf(p), exception };
    }
    case 'NULL':
      p.at++;
      return { kind: 'null_statement', start, end: endOf(p) };
    default:
      return cursorStatement(p) ?? asyncStatement(p);
  }
}

function cursorStatement(p: Parser): Statement | null {
  const start = startOf(p);
  if (eatWord(p, 'OPEN')) {
    const cursor = identifier(p);
    const using = eatWord(p, 'USING') ? optionalItems(p, p.grammar.expression) : [];
    return { kind: 'open', start, end: endOf(p), cursor, using };
  }
  if (eatWord(p, 'FETCH')) {
    const cursor = identifier(p);
    expectWord(p, 'INTO');
    const into = list(p, (q) => (isSymbol(q, ':') ? bind(q) : identifier(q)));
    return { kind: 'fetch', start, end: endOf(p), cursor, into };
  }
  if (eatWord(p, 'CLOSE')) {
    const cursor = identifier(p);
    return { kind: 'close', start, end: cursor.end, cursor };
  }
  return null;
}

function asyncStatement(p: Parser): Statement | null {
  const start = startOf(p);
  if (isWord(p, 'ASYNC') && isSymbol(p, '(', 1)) {
    p.at++;
    const statement = parenthesizedStatement(p);
    return { kind: 'async', start, end: endOf(p), statement };
  }
  if (eatWord(p, 'AWAIT')) {
    const resultSet = eatWord(p, 'ALL') ? null : identifier(p);
    return { kind: 'await', start, end: endOf(p), resultSet };
  }
  if (eatWord(p, 'CANCEL')) {
    const resultSet = identifier(p);
    return { kind: 'cancel', start, end: resultSet.end, resultSet };
  }
  return null;
}

function ifStatement(p: Parser): If {
  const start = startOf(p);
  const branches: ConditionalBranch[] = [];
  do branches.push(branch(p));
  while (isWord(p, 'ELSEIF'));
  const otherwise = eatWord(p, 'ELSE') ? statementList(p) : [];
  expectWords(p, 'END', 'IF');
  return { kind: 'if', start, end: endOf(p), branches, otherwise };
}

/** `IF`, `ELSEIF` or `WHEN`, a condition, THEN and the statements. */
function branch(p: Parser): ConditionalBranch {
  const start = startOf(p);
  expectOneOf(p, 'IF', 'ELSEIF', 'WHEN');
  const condition = p.grammar.expression(p);
  expectWord(p, 'THEN');
  const statements = statementList(p);
  return { kind: 'conditional_branch', start, end: endOf(p), condition, statements };
}

function caseStatement(p: Parser): CaseStatement {
  const start = startOf(p);
  expectWord(p, 'CASE');
  const operand = isWord(p, 'WHEN') ? null : p.grammar.expression(p);
  const branches: ConditionalBranch[] = [];
  do branches.push(branch(p));
  while (isWord(p, 'WHEN'));
  const otherwise = eatWord(p, 'ELSE') ? statementList(p) : [];
  expectWord(p, 'END');
  eatWord(p, 'CASE');
  return { kind: 'case_statement', start, end: endOf(p), operand, branches, otherwise };
}

function forLoop(p: Parser): For {
  const start = startOf(p);
  expectWord(p, 'FOR');
  const variable = identifier(p);
  expectWord(p, 'IN');
  const source = forSource(p);
  expectOneOf(p, 'DO', 'LOOP');
  const statements = statementList(p);
  expectWord(p, 'END');
  expectOneOf(p, 'FOR', 'LOOP');
  const label = endLabel(p);
  return { kind: 'for', start, end: endOf(p), label, variable, source, statements };
}

function forSource(p: Parser): For['source'] {
  const start = startOf(p);
  const reverse = eatWord(p, 'REVERSE');
  const from = p.grammar.expression(p);
  if (!reverse && !isWord(p, 'TO')) return from;
  expectWord(p, 'TO');
  const to = p.grammar.expression(p);
  return { kind: 'count_range', start, end: to.end, reverse, from, to };
}

function whileLoop(p: Parser): While {
  const start = startOf(p);
  expectWord(p, 'WHILE');
  const condition = p.grammar.expression(p);
  expectOneOf(p, 'DO', 'LOOP');
  const statements = statementList(p);
  expectWord(p, 'END');
  expectOneOf(p, 'WHILE', 'LOOP');
  const label = endLabel(p);
  return { kind: 'while', start, end: endOf(p), label, condition, statements };
}

function repeatLoop(p: Parser): Repeat {
  const start = startOf(p);
  expectWord(p, 'REPEAT');
  const statements = statementList(p);
  expectWord(p, 'UNTIL');
  const until = p.grammar.expression(p);
  expectWords(p, 'END', 'REPEAT');
  const label = endLabel(p);
  return { kind: 'repeat', start, end: endOf(p), label, statements, until };
}

function loop(p: Parser): Loop {
  const start = startOf(p);
  expectWord(p, 'LOOP');
  const statements = statementList(p);
  expectWords(p, 'END', 'LOOP');
  const label = endLabel(p);
  return { kind: 'loop', start, end: endOf(p), label, statements };
}

function returnStatement(p: Parser): Return {
  const start = startOf(p);
  expectWord(p, 'RETURN');
  if (isSymbol(p, ';')) return { kind: 'return', start, end: endOf(p), value: null, table: false };
  if (isWord(p, 'TABLE') && isSymbol(p, '(', 1)) {
    p.at++;
    expectSymbol(p, '(');
    const value = argument(p);
    expectSymbol(p, ')');
    return { kind: 'return', start, end: endOf(p), value, table: true };
  }
  const value = scriptValue(p);
  return { kind: 'return', start, end: value.end, value, table: false };
}
