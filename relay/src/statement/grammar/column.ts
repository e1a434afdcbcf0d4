import type { ColumnDefinition, Reference, TableConstraint } from '../tree/ddl.ts';
import type { Words } from '../tree/names.ts';
import type { Option } from '../tree/options.ts';
import { dataType } from './data-type.ts';
import { stringLiteral } from './literals.ts';
import { columnName, identifier, objectName, wordsOf } from './names.ts';
import { eatPolicy, eatTags } from './governance.ts';
import { singleOptionAfter } from './options.ts';
import {
  type Building,
  type Parser,
  areWords,
  eatSymbol,
  eatWord,
  endOf,
  expectSymbol,
  expectWord,
  isName,
  isSymbol,
  isWord,
  once,
  parenthesizedList,
  refuse,
  startOf,
  word,
} from './parser.ts';

/** What stands between the parentheses of a table or view: columns and constraints. */
export function tableElements(p: Parser): { columns: ColumnDefinition[]; constraints: TableConstraint[] } {
  const columns: ColumnDefinition[] = [];
  const constraints: TableConstraint[] = [];
  expectSymbol(p, '(');
  do {
    if (isSymbol(p, ')') && columns.length > 0) break;
    if (isConstraint(p)) constraints.push(tableConstraint(p));
    else columns.push(columnDefinition(p));
  } while (eatSymbol(p, ','));
  expectSymbol(p, ')');
  return { columns, constraints };
}

/** `name [type] clauses`: the type is missing where a query gives it. */
export function columnDefinition(p: Parser): ColumnDefinition {
  const name = columnName(p);
  const node: Building<ColumnDefinition> & ColumnParts = {
    kind: 'column_definition',
    start: name.start,
    end: name.end,
    name,
    type: hasType(p) ? dataType(p) : null,
    defaultValue: null,
    computed: null,
    check: null,
    references: null,
    policies: [],
    tags: [],
    options: [],
    flags: [],
  };
  while (columnClause(p, node));
  node.end = endOf(p);
  return node;
}

/** The lists of a column that is being read. */
interface ColumnParts {
  policies: ColumnDefinition['policies'][number][];
  tags: ColumnDefinition['tags'][number][];
  options: ColumnDefinition['options'][number][];
  flags: Words[];
}

/** Whether a type, rather than a clause, follows the column's name. */
function hasType(p: Parser): boolean {
  if (!isName(p)) return false;
  switch (word(p)) {
    case 'AUTOINCREMENT':
    case 'COLLATE':
    case 'COMMENT':
    case 'CONSTRAINT':
    case 'DEFAULT':
    case 'FOREIGN':
    case 'GENERATED':
    case 'IDENTITY':
    case 'MASKING':
    case 'PRIMARY':
    case 'PROJECTION':
    case 'REFERENCES':
    case 'TAG':
      return false;
    default:
      return true;
  }
}

function columnClause(p: Parser, node: Building<ColumnDefinition> & ColumnParts): boolean {
  const policy = eatPolicy(p);
  if (policy !== null) {
    node.policies.push(policy);
    return true;
  }
  const tags = eatTags(p);
  if (tags !== null) {
    node.tags.push(...tags);
    return true;
  }
  switch (word(p)) {
    case 'NOT':
      expectNotNull(p);
      node.flags.push(lastWords(p, 2));
      return true;
    case 'DEFAULT':
      once(p, node.defaultValue);
      p.at++;
      node.defaultValue = p.grammar.expression(p);
      return true;
    case 'AS':
      once(p, node.computed);
      p.at++;
      node.computed = p.grammar.expression(p);
      return true;
    case 'COLLATE':
      node.options.push(singleOptionAfter(p, wordsOf(p, 1)));
      return true;
    case 'COMMENT':
      node.options.push(comment(p));
      return true;
    case 'CONSTRAINT':
      p.at++;
      node.flags.push(...constraintName(p));
      return true;
    case 'AUTOINCREMENT':
    case 'IDENTITY':
      if (isSymbol(p, '(', 1)) node.options.push(singleOptionAfter(p, wordsOf(p, 1)));
      else node.flags.push(wordsOf(p, 1));
      return true;
    case 'START':
      node.options.push(counter(p, 'WITH'));
      return true;
    case 'INCREMENT':
      node.options.push(counter(p, 'BY'));
      return true;
    case 'REFERENCES':
      once(p, node.references);
      node.references = reference(p);
      return true;
    case 'CHECK':
      once(p, node.check);
      p.at++;
      expectSymbol(p, '(');
      node.check = p.grammar.expression(p);
      expectSymbol(p, ')');
      return true;
    default: {
      const flag = constraintFlag(p);
      if (flag !== null) node.flags.push(flag);
      return flag !== null;
    }
  }
}

function expectNotNull(p: Parser): void {
  expectWord(p, 'NOT');
  if (!eatWord(p, 'NULL') && !eatWord(p, 'ENFORCED') && !eatWord(p, 'DEFERRABLE')) refuse(p, '`NULL`');
}

/** `COMMENT 'x'`, `COMMENT = 'x'`. */
export function comment(p: Parser): Option {
  const name = wordsOf(p, 1);
  eatSymbol(p, '=');
  const value = stringLiteral(p);
  return { kind: 'option', start: name.start, end: value.end, name, value };
}

/** The words just taken, as a node. */
function lastWords(p: Parser, count: number): Words {
  p.at -= count;
  return wordsOf(p, count);
}

/** The name of an inline constraint, kept among the flags. */
function constraintName(p: Parser): Words[] {
  const name = identifier(p);
  return [{ kind: 'words', start: name.start, end: name.end, text: name.name }];
}

/** `START [WITH] [=] 1`, `INCREMENT [BY] [=] 1`. */
export function counter(p: Parser, filler: 'WITH' | 'BY'): ColumnDefinition['options'][number] {
  const name = wordsOf(p, isWord(p, filler, 1) ? 2 : 1);
  eatSymbol(p, '=');
  return singleOptionAfter(p, name);
}

/** The words that may follow a column or constraint; null when none stands here. */
function constraintFlag(p: Parser): Words | null {
  if (areWords(p, 'PRIMARY', 'KEY') || areWords(p, 'FOREIGN', 'KEY')) return wordsOf(p, 2);
  if (areWords(p, 'INITIALLY', 'DEFERRED') || areWords(p, 'INITIALLY', 'IMMEDIATE')) return wordsOf(p, 2);
  if (areWords(p, 'NOT', 'ENFORCED') || areWords(p, 'NOT', 'DEFERRABLE') || areWords(p, 'NOT', 'NULL'))
    return wordsOf(p, 2);
  if (areWords(p, 'GENERATED', 'ALWAYS')) return wordsOf(p, 2);
  if (isWord(p, 'MATCH')) return wordsOf(p, 2);
  if (areWords(p, 'ON', 'DELETE') || areWords(p, 'ON', 'UPDATE')) {
    return wordsOf(p, isWord(p, 'SET', 2) || isWord(p, 'NO', 2) ? 4 : 3);
  }
  return CONSTRAINT_FLAGS.some((flag) => isWord(p, flag)) ? wordsOf(p, 1) : null;
}

const CONSTRAINT_FLAGS = [
  'NULL',
  'UNIQUE',
  'ENFORCED',
  'DEFERRABLE',
  'ENABLE',
  'DISABLE',
  'VALIDATE',
  'NOVALIDATE',
  'RELY',
  'NORELY',
  'ORDER',
  'NOORDER',
  'VIRTUAL',
] as const;

/** `REFERENCES t (a, b)`. */
function reference(p: Parser): Reference {
  const start = startOf(p);
  expectWord(p, 'REFERENCES');
  const table = objectName(p);
  const columns = isSymbol(p, '(') ? parenthesizedList(p, columnName) : [];
  return { kind: 'reference', start, end: endOf(p), table, columns };
}

/** Whether a constraint of the table, rather than a column, stands here. */
export function isConstraint(p: Parser): boolean {
  return (
    areWords(p, 'PRIMARY', 'KEY') ||
    areWords(p, 'FOREIGN', 'KEY') ||
    (isWord(p, 'UNIQUE') && isSymbol(p, '(', 1)) ||
    (isWord(p, 'CHECK') && isSymbol(p, '(', 1)) ||
    (isWord(p, 'CONSTRAINT') && !isSymbol(p, ',', 1)) ||
    (isWord(p, 'INDEX') && isSymbol(p, '(', 2))
  );
}

export function tableConstraint(p: Parser): TableConstraint {
  const start = startOf(p);
  let name = eatWord(p, 'CONSTRAINT') ? identifier(p) : null;
  const type = constraintType(p);
  if (type === 'index') name = identifier(p);
  let check = null;
  let columns: TableConstraint['columns'] = [];
  if (type === 'check') {
    expectSymbol(p, '(');
    check = p.grammar.expression(p);
    expectSymbol(p, ')');
  } else {
    columns = parenthesizedList(p, columnName);
  }
  const references = isWord(p, 'REFERENCES') ? reference(p) : null;
  const flags: Words[] = [];
  const options = [];
  for (;;) {
    const flag = constraintFlag(p);
    if (flag !== null) flags.push(flag);
    else if (isWord(p, 'COMMENT')) options.push(comment(p));
    else if (type === 'index' && isWord(p, 'INCLUDE')) options.push(singleOptionAfter(p, wordsOf(p, 1)));
    else break;
  }
  return {
    kind: 'table_constraint',
    start,
    end: endOf(p),
    name,
    type,
    columns,
    references,
    check,
    options,
    flags,
  };
}

function constraintType(p: Parser): TableConstraint['type'] {
  if (eatWord(p, 'PRIMARY')) {
    expectWord(p, 'KEY');
    return 'primary_key';
  }
  if (eatWord(p, 'FOREIGN')) {
    expectWord(p, 'KEY');
    return 'foreign_key';
  }
  if (eatWord(p, 'UNIQUE')) return 'unique';
  if (eatWord(p, 'CHECK')) return 'check';
  if (eatWord(p, 'INDEX')) return 'index';
  return refuse(p, '`PRIMARY KEY`', '`FOREIGN KEY`', '`UNIQUE`', '`CHECK`');
}
