import type { Merge, MergeClause, MergeDelete, MergeInsert, MergeUpdate } from '../tree/dml.ts';
import { assignment, changedTable } from './dml.ts';
import { relation } from './from.ts';
import { columnName } from './names.ts';
import {
  type Parser,
  areWords,
  eatWord,
  eatWords,
  endOf,
  expectWord,
  expectWords,
  isSymbol,
  isWord,
  list,
  parenthesizedList,
  refuse,
  startOf,
} from './parser.ts';

/** `MERGE INTO t USING s ON ... WHEN [NOT] MATCHED ... THEN ...`. */
export function merge(p: Parser): Merge {
  const start = startOf(p);
  expectWords(p, 'MERGE', 'INTO');
  const target = changedTable(p);
  expectWord(p, 'USING');
  const source = relation(p);
  expectWord(p, 'ON');
  const on = p.grammar.expression(p);
  const clauses: MergeClause[] = [];
  do clauses.push(mergeClause(p));
  while (isWord(p, 'WHEN'));
  return { kind: 'merge', start, end: endOf(p), target, source, on, clauses };
}

function mergeClause(p: Parser): MergeClause {
  const start = startOf(p);
  expectWord(p, 'WHEN');
  const matched = !eatWord(p, 'NOT');
  expectWord(p, 'MATCHED');
  const condition = eatWord(p, 'AND') ? p.grammar.expression(p) : null;
  expectWord(p, 'THEN');
  const action = matched ? matchedAction(p) : mergeInsert(p);
  return { kind: 'merge_clause', start, end: action.end, matched, condition, action };
}

function matchedAction(p: Parser): MergeUpdate | MergeDelete {
  const start = startOf(p);
  if (eatWord(p, 'DELETE')) return { kind: 'merge_delete', start, end: endOf(p) };
  if (!eatWord(p, 'UPDATE')) refuse(p, '`UPDATE`', '`DELETE`');
  if (eatWords(p, 'ALL', 'BY', 'NAME')) {
    return { kind: 'merge_update', start, end: endOf(p), allByName: true, assignments: [] };
  }
  expectWord(p, 'SET');
  const assignments = list(p, assignment);
  return { kind: 'merge_update', start, end: endOf(p), allByName: false, assignments };
}

function mergeInsert(p: Parser): MergeInsert {
  const start = startOf(p);
  expectWord(p, 'INSERT');
  if (areWords(p, 'ALL', 'BY', 'NAME')) {
    p.at += 3;
    return { kind: 'merge_insert', start, end: endOf(p), allByName: true, columns: [], values: [] };
  }
  const columns = isSymbol(p, '(') ? parenthesizedList(p, columnName) : [];
  expectWord(p, 'VALUES');
  const values = parenthesizedList(p, p.grammar.expression);
  return { kind: 'merge_insert', start, end: endOf(p), allByName: false, columns, values };
}
