import type {
  Assignment,
  ChangedTable,
  Delete,
  Insert,
  InsertBranch,
  InsertTarget,
  MultiInsert,
  Truncate,
  Update,
} from '../tree/dml.ts';
import type { Expression, FromItem } from '../tree/query.ts';
import { mayBeImplicitAlias } from '../keywords.ts';
import { fromItem, tableAlias } from './from.ts';
import { columnName, columnReference, objectName } from './names.ts';
import { startsQuery } from './lookahead.ts';
import {
  type Parser,
  eatOneOf,
  eatWord,
  eatWords,
  endOf,
  expectOneOf,
  expectSymbol,
  expectWord,
  isSymbol,
  isWord,
  list,
  parenthesizedList,
  startOf,
  symbol,
  word,
} from './parser.ts';

/** `INSERT [OVERWRITE] INTO t ...`, or `INSERT [OVERWRITE] ALL|FIRST ...` into several tables. */
export function insert(p: Parser): Insert | MultiInsert {
  const start = startOf(p);
  expectWord(p, 'INSERT');
  const overwrite = eatWord(p, 'OVERWRITE');
  const several = eatOneOf(p, 'ALL', 'FIRST');
  if (several !== null) return multiInsert(p, start, overwrite, several === 'FIRST');
  expectWord(p, 'INTO');
  const target = objectName(p);
  const columns = isColumnList(p) ? parenthesizedList(p, columnName) : [];
  const source = p.grammar.query(p);
  return { kind: 'insert', start, end: endOf(p), overwrite, target, columns, source };
}

/** Whether column names, rather than a query, are in the parentheses. */
export function isColumnList(p: Parser): boolean {
  return isSymbol(p, '(') && !isSymbol(p, '(', 1) && !startsQuery(p, 1);
}

function multiInsert(p: Parser, start: number, overwrite: boolean, first: boolean): MultiInsert {
  const branches: InsertBranch[] = [];
  if (isWord(p, 'INTO')) branches.push(insertBranch(p, null, false));
  while (isWord(p, 'WHEN')) {
    p.at++;
    const condition = p.grammar.expression(p);
    expectWord(p, 'THEN');
    branches.push(insertBranch(p, condition, false));
  }
  if (eatWord(p, 'ELSE')) branches.push(insertBranch(p, null, true));
  if (branches.length === 0) expectOneOf(p, 'INTO', 'WHEN');
  const source = p.grammar.query(p);
  return { kind: 'multi_insert', start, end: endOf(p), overwrite, first, branches, source };
}

function insertBranch(p: Parser, condition: Expression | null, otherwise: boolean): InsertBranch {
  const start = condition === null ? startOf(p) : condition.start;
  const targets: InsertTarget[] = [];
  do targets.push(insertTarget(p));
  while (isWord(p, 'INTO'));
  return { kind: 'insert_branch', start, end: endOf(p), condition, otherwise, targets };
}

function insertTarget(p: Parser): InsertTarget {
  const start = startOf(p);
  expectWord(p, 'INTO');
  const target = objectName(p);
  const columns = isColumnList(p) ? parenthesizedList(p, columnName) : [];
  const values = eatWord(p, 'VALUES') ? parenthesizedList(p, p.grammar.expression) : null;
  return { kind: 'insert_target', start, end: endOf(p), target, columns, values };
}

export function update(p: Parser): Update {
  const start = startOf(p);
  expectWord(p, 'UPDATE');
  const target = changedTable(p);
  expectWord(p, 'SET');
  const assignments = list(p, assignment);
  const from: FromItem[] = eatWord(p, 'FROM') ? list(p, fromItem) : [];
  const where = eatWord(p, 'WHERE') ? p.grammar.expression(p) : null;
  return { kind: 'update', start, end: endOf(p), target, assignments, from, where };
}

/** `t`, `t AS a`, `t a`. */
export function changedTable(p: Parser): ChangedTable {
  const name = objectName(p);
  const keyword = word(p);
  const kind = symbol(p);
  const hasAlias =
    kind === 'quoted' ||
    (kind === 'word' && (keyword === '' || keyword === 'AS' || mayBeImplicitAlias(keyword)));
  const alias = hasAlias ? tableAlias(p) : null;
  return { kind: 'changed_table', start: name.start, end: endOf(p), name, alias };
}

/** `a = 1`, `t.a = DEFAULT`. */
export function assignment(p: Parser): Assignment {
  const column = columnReference(p);
  expectSymbol(p, '=');
  const value = p.grammar.expression(p);
  return { kind: 'assignment', start: column.start, end: value.end, column, value };
}

export function deleteFrom(p: Parser): Delete {
  const start = startOf(p);
  expectWord(p, 'DELETE');
  expectWord(p, 'FROM');
  const target = changedTable(p);
  const using: FromItem[] = eatWord(p, 'USING') ? list(p, fromItem) : [];
  const where = eatWord(p, 'WHERE') ? p.grammar.expression(p) : null;
  return { kind: 'delete', start, end: endOf(p), target, using, where };
}

export function truncate(p: Parser): Truncate {
  const start = startOf(p);
  expectWord(p, 'TRUNCATE');
  const objectType = eatWords(p, 'MATERIALIZED', 'VIEW') ? 'materialized_view' : 'table';
  if (objectType === 'table') eatWord(p, 'TABLE');
  const ifExists = eatWords(p, 'IF', 'EXISTS');
  const target = objectName(p);
  return { kind: 'truncate', start, end: endOf(p), objectType, ifExists, target };
}
