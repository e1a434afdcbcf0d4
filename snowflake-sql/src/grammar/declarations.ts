import type { Identifier } from '../tree/names.ts';
import type { Assign, Declaration, Let, ScriptValue, Statement } from '../tree/statements.ts';
import { dataType } from './data-type.ts';
import { inlineProcedure } from './execute.ts';
import { bind, stringLiteral } from './literals.ts';
import { startsQuery } from './lookahead.ts';
import { identifier } from './names.ts';
import {
  type Parser,
  eatSymbol,
  eatWord,
  endOf,
  expectSymbol,
  expectWord,
  isAnyWord,
  isName,
  isSymbol,
  isWord,
  refuse,
  startOf,
} from './parser.ts';

/** `LET x ...`. */
export function letStatement(p: Parser): Let {
  const start = startOf(p);
  expectWord(p, 'LET');
  const declared = declaration(p);
  return { kind: 'let', start, end: endOf(p), declaration: declared };
}

/** One declaration of DECLARE or LET: a variable, cursor, result set, exception or procedure. */
export function declaration(p: Parser): Declaration {
  const name = identifier(p);
  if (isWord(p, 'PROCEDURE')) return inlineProcedure(p, name);
  if (isWord(p, 'CURSOR') && isWord(p, 'FOR', 1)) return cursor(p, name);
  const { start } = name;
  if (eatWord(p, 'RESULTSET')) {
    const value = initialValue(p);
    return { kind: 'resultset_declaration', start, end: endOf(p), name, value };
  }
  if (eatWord(p, 'EXCEPTION')) return exception(p, name);
  const type = isName(p) && !isWord(p, 'DEFAULT') ? dataType(p) : null;
  const value = initialValue(p);
  if (type === null && value === null) refuse(p, 'a type', '`:=`', '`DEFAULT`');
  return { kind: 'variable_declaration', start, end: endOf(p), name, type, value };
}

function initialValue(p: Parser): ScriptValue | null {
  return eatSymbol(p, ':=') || eatWord(p, 'DEFAULT') ? scriptValue(p) : null;
}

function cursor(p: Parser, name: Identifier): Declaration {
  p.at += 2;
  const source = startsQuery(p) ? p.grammar.query(p) : p.grammar.expression(p);
  return { kind: 'cursor_declaration', start: name.start, end: endOf(p), name, source };
}

function exception(p: Parser, name: Identifier): Declaration {
  let number = null;
  let message = null;
  if (eatSymbol(p, '(')) {
    number = p.grammar.expression(p);
    expectSymbol(p, ',');
    message = stringLiteral(p);
    expectSymbol(p, ')');
  }
  return { kind: 'exception_declaration', start: name.start, end: endOf(p), name, number, message };
}

/** Whether `x :=` or `:x :=` is next. */
export function isAssignment(p: Parser): boolean {
  return isSymbol(p, ':=', 1) || (isSymbol(p, ':') && isSymbol(p, ':=', 2));
}

export function assign(p: Parser): Assign {
  const target = isSymbol(p, ':') ? bind(p) : identifier(p);
  expectSymbol(p, ':=');
  const value = scriptValue(p);
  return { kind: 'assign', start: target.start, end: endOf(p), target, value };
}

/** An expression, or a statement whose result is used: `(CALL p())`, `ASYNC (SELECT ...)`. */
export function scriptValue(p: Parser): ScriptValue {
  const start = startOf(p);
  const isAsync = isWord(p, 'ASYNC') && isSymbol(p, '(', 1);
  if (isAsync) p.at++;
  else if (!isSymbol(p, '(') || !startsOtherStatement(p)) return p.grammar.expression(p);
  const statement = parenthesizedStatement(p);
  return { kind: 'statement_result', start, end: endOf(p), async: isAsync, statement };
}

export function parenthesizedStatement(p: Parser): Statement {
  expectSymbol(p, '(');
  const statement = p.grammar.statement(p);
  expectSymbol(p, ')');
  return statement;
}

/** Whether a statement other than a query follows the parenthesis: its verb, and then another word or a stage. */
function startsOtherStatement(p: Parser): boolean {
  switch (p.keywords[p.at + 1] as string) {
    case 'CALL':
    case 'DELETE':
    case 'DESC':
    case 'DESCRIBE':
    case 'EXECUTE':
    case 'INSERT':
    case 'LIST':
    case 'LS':
    case 'MERGE':
    case 'SHOW':
    case 'UPDATE':
      return isAnyWord(p, 2) || isSymbol(p, 'quoted', 2) || isSymbol(p, 'stage', 2);
    default:
      return false;
  }
}
