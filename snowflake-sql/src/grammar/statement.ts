import type { Explain, Statement } from '../tree/statements.ts';
import { adminStatement, transaction } from './admin.ts';
import { alter } from './alter.ts';
import { scriptStatement } from './control.ts';
import { copy, get, listFiles, put, removeFiles } from './copy.ts';
import { create } from './create.ts';
import { deleteFrom, insert, truncate, update } from './dml.ts';
import { callInlineProcedure, callStatement, executeImmediate, isInlineProcedure } from './execute.ts';
import { executeObject } from './execute-object.ts';
import { stringLiteral } from './literals.ts';
import { merge } from './merge.ts';
import { block, opensBlock } from './scripting.ts';
import {
  type Parser,
  descend,
  eatWord,
  endOf,
  expectOneOf,
  isSymbol,
  isWord,
  refuse,
  startOf,
  word,
} from './parser.ts';

/** One statement, with the steps chained to it by `->>`. */
export function statement(p: Parser): Statement {
  const depth = p.depth;
  descend(p, STATEMENT_DEPTH);
  const start = startOf(p);
  const first = step(p);
  let whole: Statement = first;
  if (isSymbol(p, '->>')) {
    const steps = [first];
    while (isSymbol(p, '->>')) {
      p.at++;
      steps.push(step(p));
    }
    whole = { kind: 'flow', start, end: endOf(p), steps };
  }
  p.depth = depth;
  return whole;
}

const STATEMENT_DEPTH = 3;

/** One step, chosen by its first word. */
function step(p: Parser): Statement {
  if (isSymbol(p, '(')) return p.grammar.query(p);
  if (p.inBlock) {
    const inside = scriptStatement(p);
    if (inside !== null) return inside;
  }
  switch (word(p)) {
    case 'WITH':
      return isInlineProcedure(p) ? callInlineProcedure(p) : p.grammar.query(p);
    case 'SELECT':
    case 'VALUES':
      return p.grammar.query(p);
    case 'INSERT':
      return insert(p);
    case 'UPDATE':
      return update(p);
    case 'DELETE':
      return deleteFrom(p);
    case 'MERGE':
      return merge(p);
    case 'TRUNCATE':
      return truncate(p);
    case 'COPY':
      return copy(p);
    case 'PUT':
      return put(p);
    case 'GET':
      return get(p);
    case 'LIST':
    case 'LS':
      return listFiles(p);
    case 'REMOVE':
    case 'RM':
      return removeFiles(p);
    case 'CALL':
      return callStatement(p);
    case 'EXECUTE':
      return isWord(p, 'IMMEDIATE', 1) ? executeImmediate(p) : executeObject(p);
    case 'DECLARE':
      return block(p);
    case 'BEGIN':
      return opensBlock(p) ? block(p) : transaction(p);
    case 'EXPLAIN':
      return explain(p);
    case 'CREATE':
    case 'DEFINE':
      return create(p);
    case 'ALTER':
      return alter(p);
    default:
      return adminStatement(p) ?? refuse(p, 'a statement');
  }
}

/** `EXPLAIN [USING TABULAR|JSON|TEXT] statement`. */
function explain(p: Parser): Explain {
  const start = startOf(p);
  p.at++;
  const format = eatWord(p, 'USING') ? expectOneOf(p, 'TABULAR', 'JSON', 'TEXT') : null;
  if (isWord(p, 'EXPLAIN')) refuse(p, 'a statement');
  const explained = isSymbol(p, 'string') ? stringLiteral(p) : statement(p);
  return { kind: 'explain', start, end: endOf(p), format, statement: explained };
}
