import type { Identifier } from '../tree/names.ts';
import type { Block, ExceptionHandler, Statement } from '../tree/statements.ts';
import { declaration } from './declarations.ts';
import { identifier } from './names.ts';
import {
  type Parser,
  descend,
  eatOneOf,
  eatWord,
  endOf,
  expectSymbol,
  expectWord,
  isName,
  isSymbol,
  isWord,
  startOf,
} from './parser.ts';

/** Whether BEGIN opens a block here, rather than a transaction. */
export function opensBlock(p: Parser): boolean {
  if (isSymbol(p, ';', 1) || isSymbol(p, 'end', 1) || isSymbol(p, '->>', 1)) return false;
  if (isWord(p, 'WORK', 1) || isWord(p, 'TRANSACTION', 1)) return false;
  const named = isWord(p, 'NAME', 1) && isName(p, 2);
  return !(named && (isSymbol(p, ';', 3) || isSymbol(p, 'end', 3)));
}

/** `[DECLARE ...] BEGIN ... [EXCEPTION ...] END`. */
export function block(p: Parser): Block {
  const depth = p.depth;
  descend(p, BLOCK_DEPTH);
  const start = startOf(p);
  const outside = p.inBlock;
  p.inBlock = true;
  const declarations = [];
  if (eatWord(p, 'DECLARE')) {
    while (!isWord(p, 'BEGIN')) {
      declarations.push(declaration(p));
      expectSymbol(p, ';');
    }
  }
  expectWord(p, 'BEGIN');
  const statements = statementList(p);
  const handlers = eatWord(p, 'EXCEPTION') ? exceptionHandlers(p) : [];
  expectWord(p, 'END');
  const label = endLabel(p);
  p.inBlock = outside;
  p.depth = depth;
  return { kind: 'block', start, end: endOf(p), label, declarations, statements, handlers };
}

const BLOCK_DEPTH = 2;

/** Statements, each with its `;`, up to the keyword that ends or continues the enclosing construct. */
export function statementList(p: Parser): Statement[] {
  const statements: Statement[] = [];
  do {
    statements.push(p.grammar.statement(p));
    expectSymbol(p, ';');
  } while (!closesList(p));
  return statements;
}

function closesList(p: Parser): boolean {
  return (
    isWord(p, 'END') ||
    isWord(p, 'ELSE') ||
    isWord(p, 'ELSEIF') ||
    isWord(p, 'WHEN') ||
    isWord(p, 'UNTIL') ||
    (isWord(p, 'EXCEPTION') && isWord(p, 'WHEN', 1))
  );
}

/** The name of a loop or block after its END. */
export function endLabel(p: Parser): Identifier | null {
  // CALL follows the body of `WITH p AS PROCEDURE`.
  return isName(p) && !isWord(p, 'CALL') && !isWord(p, 'END') ? identifier(p) : null;
}

function exceptionHandlers(p: Parser): ExceptionHandler[] {
  const handlers = [exceptionHandler(p)];
  while (isWord(p, 'WHEN')) handlers.push(exceptionHandler(p));
  return handlers;
}

function exceptionHandler(p: Parser): ExceptionHandler {
  const start = startOf(p);
  expectWord(p, 'WHEN');
  const exceptions = [identifier(p)];
  while (eatWord(p, 'OR')) exceptions.push(identifier(p));
  const action = eatOneOf(p, 'EXIT', 'CONTINUE');
  expectWord(p, 'THEN');
  const statements = statementList(p);
  return { kind: 'exception_handler', start, end: endOf(p), exceptions, action, statements };
}
