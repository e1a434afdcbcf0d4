import type { Identifier } from '../tree/names.ts';
import type { AlterAction, AlterColumn, ColumnDefinition, DetachPolicy } from '../tree/ddl.ts';
import { columnDefinition } from './column.ts';
import { isConstraint, tableConstraint } from './constraint.ts';
import { comment } from './options.ts';
import { dataType } from './data-type.ts';
import { eatPolicy, peekPolicy, tagList, tagNames } from './governance.ts';
import { columnName, objectName, wordsOf } from './names.ts';

import {
  type Parser,
  Refusal,
  areWords,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  isColumnName,
  isName,
  isSymbol,
  isWord,
  refuse,
  startOf,
} from './parser.ts';

/** `ADD [COLUMN] ...`, `ADD CONSTRAINT ...`, `ADD ROW ACCESS POLICY ...`; null for any other ADD. */
export function addAction(p: Parser, mayHaveColumns: boolean): AlterAction[] | null {
  const start = startOf(p);
  if (peekPolicy(p, 1) !== null) {
    p.at++;
    const policy = eatPolicy(p)!;
    const added: AlterAction = {
      kind: 'attach_policy',
      start,
      end: endOf(p),
      policy,
      force: eatWord(p, 'FORCE'),
    };
    return eatSymbol(p, ',') ? [added, ...nextActions(p)] : [added];
  }
  if (!mayHaveColumns) return null;
  p.at++;
  if (isConstraint(p)) {
    const constraint = tableConstraint(p);
    return [{ kind: 'add_constraint', start, end: endOf(p), constraint }];
  }
  p.at--;
  if (!isWord(p, 'COLUMN', 1) && !addsColumn(p)) return null;
  p.at++;
  const named = eatWord(p, 'COLUMN');
  const ifNotExists = eatWords(p, 'IF', 'NOT', 'EXISTS');
  const several = named && eatSymbol(p, '(');
  const columns = [typedColumn(p)];
  while (eatSymbol(p, ',')) columns.push(addedColumn(p));
  if (several) expectSymbol(p, ')');
  return [{ kind: 'add_columns', start, end: endOf(p), ifNotExists, columns }];
}

/** Later columns of one ADD may repeat ADD, COLUMN and IF NOT EXISTS. */
function addedColumn(p: Parser): ColumnDefinition {
  if (isWord(p, 'ADD') && !isSymbol(p, ',', 2)) p.at++;
  if (isWord(p, 'COLUMN')) p.at++;
  eatWords(p, 'IF', 'NOT', 'EXISTS');
  return typedColumn(p);
}

function typedColumn(p: Parser): ColumnDefinition {
  const column = columnDefinition(p);
  if (column.type === null) throw new Refusal(column, 'a new column needs a type', []);
  return column;
}

/** The actions after a comma: adding or dropping another policy. */
function nextActions(p: Parser): AlterAction[] {
  if (isWord(p, 'ADD')) return addAction(p, false) ?? refuse(p, 'a policy');
  if (isWord(p, 'DROP')) return dropAction(p, false) ?? refuse(p, 'a policy');
  return refuse(p, '`ADD`', '`DROP`');
}

/** Whether `ADD name type` is next, rather than ADD of something other than a column. */
function addsColumn(p: Parser): boolean {
  if (isWord(p, 'IF', 1)) return true;
  if (!isColumnName(p, 1) || !isName(p, 2)) return false;
  return !NO_COLUMN.some((each) => isWord(p, each, 1)) || isSymbol(p, '(', 3);
}

const NO_COLUMN = [
  'ACCOUNTS',
  'AFTER',
  'ALLOWED_VALUES',
  'CONSTRAINT',
  'DATA',
  'FILES',
  'FOREIGN',
  'LIVE',
  'PARTITION',
  'PRIMARY',
  'SEARCH',
  'STORAGE_LOCATION',
  'UNIQUE',
  'VALUE',
  'VERSION',
  'VERSIONS',
] as const;

/** `DROP [COLUMN] a, b`, `DROP ROW ACCESS POLICY p`; null for any other DROP. */
export function dropAction(p: Parser, mayHaveColumns: boolean): AlterAction[] | null {
  const start = startOf(p);
  if (areWords(p, 'DROP', 'ALL', 'ROW', 'ACCESS', 'POLICIES')) {
    p.at += 5;
    const end = endOf(p);
    const policy = {
      kind: 'policy_reference',
      start,
      end,
      policy: 'row_access',
      name: null,
      columns: [],
    } as const;
    return [{ kind: 'detach_policy', start, end, policy, all: true }];
  }
  if (peekPolicy(p, 1) !== null) {
    p.at++;
    const dropped = detached(p, start, !areWords(p, 'STORAGE', 'LIFECYCLE'));
    return eatSymbol(p, ',') ? [dropped, ...nextActions(p)] : [dropped];
  }
  if (!mayHaveColumns) return null;
  const isColumn = isWord(p, 'COLUMN', 1);
  if (!isColumn && !(isName(p, 1) && !NEVER_COLUMNS.some((each) => isWord(p, each, 1)))) return null;
  if (
    !isColumn &&
    !isSymbol(p, ',', 2) &&
    !isSymbol(p, 'end', 2) &&
    !isSymbol(p, ';', 2) &&
    !isWord(p, 'IF', 1)
  )
    return null;
  p.at += isColumn ? 2 : 1;
  const ifExists = eatWords(p, 'IF', 'EXISTS');
  const columns = [columnName(p)];
  while (eatSymbol(p, ',')) columns.push(droppedColumn(p));
  return [{ kind: 'drop_columns', start, end: endOf(p), ifExists, columns }];
}

/** Each column may repeat COLUMN and IF EXISTS. */
function droppedColumn(p: Parser): Identifier {
  if (isWord(p, 'COLUMN') && isColumnName(p, 1)) p.at++;
  eatWords(p, 'IF', 'EXISTS');
  return columnName(p);
}

const NEVER_COLUMNS = [
  'CLUSTERING',
  'CONSTRAINT',
  'PRIMARY',
  'FOREIGN',
  'SEARCH',
  'LIVE',
  'VERSION',
  'DATA',
] as const;

/** The removed policy, starting at the keywords that give its kind. */
function detached(p: Parser, start: number, named: boolean): DetachPolicy {
  const first = startOf(p);
  const found = peekPolicy(p)!;
  p.at += found.words.length;
  const name = named ? objectName(p) : null;
  const end = endOf(p);
  const policy = {
    kind: 'policy_reference',
    start: first,
    end,
    policy: found.policy,
    name,
    columns: [],
  } as const;
  return { kind: 'detach_policy', start, end, policy, all: false };
}

/** `ALTER|MODIFY [COLUMN] a SET DEFAULT 1, COLUMN b DROP NOT NULL`; null when it does not change a column. */
export function alterColumns(p: Parser): AlterColumn[] | null {
  const parenthesized = isSymbol(p, '(', 1);
  const columnAt = parenthesized ? 2 : 1;
  if (!isWord(p, 'COLUMN', columnAt) && !isColumnName(p, columnAt)) return null;
  if (areWords(p, 'MODIFY', 'DATA', 'METRIC', 'FUNCTION')) return null;
  if (KEYS.some((each) => isWord(p, each, columnAt))) return null;
  p.at += columnAt;
  const columns = [alterColumn(p)];
  while (eatSymbol(p, ',')) {
    // Each column may repeat the verb.
    if (!eatWord(p, 'MODIFY')) eatWord(p, 'ALTER');
    columns.push(alterColumn(p));
  }
  if (parenthesized) expectSymbol(p, ')');
  return columns;
}

/** What ALTER and MODIFY can change other than columns. */
const KEYS = ['CONSTRAINT', 'PRIMARY', 'FOREIGN', 'UNIQUE'] as const;

function alterColumn(p: Parser): AlterColumn {
  const start = startOf(p);
  eatWord(p, 'COLUMN');
  const column = columnName(p);
  const change = columnChange(p);
  return { kind: 'alter_column', start, end: endOf(p), column, change };
}

function columnChange(p: Parser): AlterColumn['change'] {
  const start = startOf(p);
  if (isWord(p, 'COMMENT')) return comment(p);
  if (areWords(p, 'NOT', 'NULL')) return wordsOf(p, 2);
  if (areWords(p, 'DROP', 'NOT', 'NULL') || areWords(p, 'SET', 'NOT', 'NULL')) return wordsOf(p, 3);
  if (areWords(p, 'DROP', 'DEFAULT') || areWords(p, 'UNSET', 'COMMENT')) return wordsOf(p, 2);
  if (eatWord(p, 'UNSET')) {
    if (peekPolicy(p) !== null) return detached(p, start, false);
    expectWord(p, 'TAG');
    const tags = tagNames(p);
    return { kind: 'unset_tags', start, end: endOf(p), tags };
  }
  if (!eatWord(p, 'SET')) {
    eatWord(p, 'TYPE');
    if (isWord(p, 'DEFAULT')) refuse(p, '`SET`', '`DROP`');
    return dataType(p);
  }
  const policy = eatPolicy(p);
  if (policy !== null) {
    const force = eatWord(p, 'FORCE');
    return { kind: 'attach_policy', start, end: endOf(p), policy, force };
  }
  if (eatWord(p, 'TAG')) {
    const tags = tagList(p);
    return { kind: 'set_tags', start, end: endOf(p), tags };
  }
  if (eatWord(p, 'DEFAULT')) return p.grammar.expression(p);
  if (isWord(p, 'COMMENT')) return comment(p);
  expectWord(p, 'DATA');
  expectWord(p, 'TYPE');
  return dataType(p);
}
