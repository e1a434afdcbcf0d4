import type { NamedArgument } from '../tree/query.ts';
import type {
  CallStatement,
  ExecuteImmediate,
  ExecuteImmediateFrom,
  InlineProcedure,
} from '../tree/statements.ts';
import { argument, call } from './call.ts';
import { bind, stringLiteral } from './literals.ts';
import { columnName, identifier, objectName, stageReference } from './names.ts';
import { options } from './options.ts';
import { parameters, returns, routineBody, routineOptions } from './routine.ts';
import {
  type Parser,
  eatSymbol,
  eatWord,
  endOf,
  expectWord,
  expectWords,
  isSymbol,
  isWord,
  optionalItems,
  parenthesizedList,
  refuse,
  startOf,
} from './parser.ts';

/** `CALL p(...) [INTO :x]`. */
export function callStatement(
  p: Parser,
  procedures: readonly InlineProcedure[] = [],
  from = startOf(p),
): CallStatement {
  expectWord(p, 'CALL');
  const called = call(p, objectName(p));
  const into = !eatWord(p, 'INTO') ? null : isSymbol(p, ':') ? bind(p) : columnName(p);
  return { kind: 'call_statement', start: from, end: endOf(p), procedures, call: called, into };
}

/** Whether `WITH p AS PROCEDURE` is next. */
export function isInlineProcedure(p: Parser): boolean {
  return isWord(p, 'WITH') && isWord(p, 'AS', 2) && isWord(p, 'PROCEDURE', 3);
}

/** `WITH p AS PROCEDURE (...) RETURNS ... AS ... [, q AS PROCEDURE ...] CALL p(...)`. */
export function callInlineProcedure(p: Parser): CallStatement {
  const start = startOf(p);
  expectWord(p, 'WITH');
  const procedures: InlineProcedure[] = [];
  do {
    const name = identifier(p);
    expectWord(p, 'AS');
    procedures.push(inlineProcedure(p, name));
  } while (eatSymbol(p, ','));
  return callStatement(p, procedures, start);
}

/** `PROCEDURE (...) RETURNS ... AS ...`, after its name. */
export function inlineProcedure(p: Parser, name: InlineProcedure['name']): InlineProcedure {
  expectWord(p, 'PROCEDURE');
  const taken = parameters(p);
  const returned = isWord(p, 'RETURNS') ? returns(p) : null;
  const { options, language } = routineOptions(p);
  const body = eatWord(p, 'AS') ? routineBody(p, language, 'statements') : null;
  return {
    kind: 'inline_procedure',
    start: name.start,
    end: endOf(p),
    name,
    parameters: taken,
    returns: returned,
    options,
    body,
  };
}

/** `EXECUTE IMMEDIATE ...`: a literal is parsed; anything else is known only at run time. */
export function executeImmediate(p: Parser): ExecuteImmediate | ExecuteImmediateFrom {
  const start = startOf(p);
  expectWords(p, 'EXECUTE', 'IMMEDIATE');
  if (eatWord(p, 'FROM')) return executeFile(p, start);
  const isLiteral = isSymbol(p, 'string') || isSymbol(p, 'dollars');
  const source = isLiteral && endsAfter(p) ? p.grammar.embedded(p, 'statements') : p.grammar.expression(p);
  const using = eatWord(p, 'USING') ? parenthesizedList(p, p.grammar.expression) : [];
  return { kind: 'execute_immediate', start, end: endOf(p), source, using };
}

/** Whether the literal at the cursor is all of the text to run, rather than the start of an expression. */
function endsAfter(p: Parser): boolean {
  switch (p.kinds[p.at + 1] as string) {
    case 'end':
    case ';':
    case ')':
    case '->>':
      return true;
    default:
      return isWord(p, 'USING', 1);
  }
}

function executeFile(p: Parser, start: number): ExecuteImmediateFrom {
  const file = isSymbol(p, 'stage') ? stageReference(p) : stringLiteral(p);
  const using = eatWord(p, 'USING') ? optionalItems(p, namedArgument) : [];
  const rest = options(p);
  return { kind: 'execute_immediate_from', start, end: endOf(p), file, using, options: rest };
}

function namedArgument(p: Parser): NamedArgument {
  const found = argument(p);
  return found.kind === 'named_argument' ? found : refuse(p, '`=>`');
}
