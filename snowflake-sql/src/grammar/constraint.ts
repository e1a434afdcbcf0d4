import type { Reference, TableConstraint } from '../tree/ddl.ts';
import type { Words } from '../tree/names.ts';
import type { Keyword } from '../keywords.ts';
import type { Option } from '../tree/options.ts';
import { columnName, identifier, objectName, wordsOf } from './names.ts';
import { comment, refuseRepeats, singleOptionAfter } from './options.ts';
import {
  type Parser,
  areWords,
  eatWord,
  endOf,
  expectSymbol,
  expectWord,
  isSymbol,
  isWord,
  parenthesizedList,
  refuse,
  startOf,
} from './parser.ts';

/** Whether a table constraint, rather than a column, is next. */
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
  const options: Option[] = [];
  for (;;) {
    const flag = constraintFlag(p);
    if (flag !== null) flags.push(flag);
    else if (isWord(p, 'COMMENT')) options.push(comment(p));
    else if (type === 'index' && isWord(p, 'INCLUDE')) options.push(singleOptionAfter(p, wordsOf(p, 1)));
    else break;
  }
  refuseRepeats([...flags, ...options], groupOf);
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

/** `REFERENCES t (a, b)`. */
export function reference(p: Parser): Reference {
  const start = startOf(p);
  expectWord(p, 'REFERENCES');
  const table = objectName(p);
  const columns = isSymbol(p, '(') ? parenthesizedList(p, columnName) : [];
  return { kind: 'reference', start, end: endOf(p), table, columns };
}

/** The properties of a constraint: `NOT ENFORCED RELY`. */
export function constraintFlags(p: Parser): Words[] {
  const flags: Words[] = [];
  for (let flag = constraintFlag(p); flag !== null; flag = constraintFlag(p)) flags.push(flag);
  return flags;
}

/** A flag that may follow a column or constraint; null when none is next. */
export function constraintFlag(p: Parser): Words | null {
  if (areWords(p, 'INITIALLY', 'DEFERRED') || areWords(p, 'INITIALLY', 'IMMEDIATE')) return wordsOf(p, 2);
  if (areWords(p, 'NOT', 'ENFORCED') || areWords(p, 'NOT', 'DEFERRABLE')) return wordsOf(p, 2);
  if (isWord(p, 'MATCH')) {
    if (!isWord(p, 'FULL', 1) && !isWord(p, 'SIMPLE', 1) && !isWord(p, 'PARTIAL', 1)) {
      p.at++;
      refuse(p, '`FULL`', '`SIMPLE`', '`PARTIAL`');
    }
    return wordsOf(p, 2);
  }
  if (areWords(p, 'ON', 'DELETE') || areWords(p, 'ON', 'UPDATE')) {
    const action = REFERENTIAL_ACTIONS.find((each) => each.every((word, i) => isWord(p, word, 2 + i)));
    if (action !== undefined) return wordsOf(p, 2 + action.length);
    p.at += 2;
    refuse(p, '`CASCADE`', '`RESTRICT`', '`SET NULL`', '`SET DEFAULT`', '`NO ACTION`');
  }
  return CONSTRAINT_FLAGS.some((flag) => isWord(p, flag)) ? wordsOf(p, 1) : null;
}

const REFERENTIAL_ACTIONS: readonly (readonly Keyword[])[] = [
  ['CASCADE'],
  ['RESTRICT'],
  ['SET', 'NULL'],
  ['SET', 'DEFAULT'],
  ['NO', 'ACTION'],
];

const CONSTRAINT_FLAGS = [
  'ENFORCED',
  'DEFERRABLE',
  'ENABLE',
  'DISABLE',
  'VALIDATE',
  'NOVALIDATE',
  'RELY',
  'NORELY',
] as const;

/** The group of a flag; flags with the same or the opposite meaning share a group. */
export function groupOf(item: Option | Words): string {
  if (item.kind === 'option') return item.name.kind === 'words' ? item.name.text : '';
  switch (item.text) {
    case 'NULL':
      return 'NOT NULL';
    case 'DEFERRABLE':
      return 'NOT DEFERRABLE';
    case 'AUTOINCREMENT':
      return 'IDENTITY';
    case 'NOORDER':
      return 'ORDER';
    case 'ENFORCED':
      return 'NOT ENFORCED';
    case 'DISABLE':
      return 'ENABLE';
    case 'NOVALIDATE':
      return 'VALIDATE';
    case 'NORELY':
      return 'RELY';
    default:
      return item.text;
  }
}
