import type { ColumnDefinition, TableConstraint } from '../tree/ddl.ts';
import type { Words } from '../tree/names.ts';
import type { PolicyReference } from '../tree/options.ts';
import { dataType } from './data-type.ts';
import { columnName, identifier, wordsOf } from './names.ts';
import { eatPolicy, eatTags } from './governance.ts';
import { constraintFlag, groupOf, isConstraint, reference, tableConstraint } from './constraint.ts';
import { comment, refuseRepeats, singleOptionAfter } from './options.ts';
import {
  type Building,
  type Parser,
  Refusal,
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
  refuse,
  word,
} from './parser.ts';

/** The parenthesized columns and constraints of a table or view. */
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

/** `name [type] clauses`; there is no type when a query determines it. */
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
  refuseRepeats([...node.options, ...node.flags], groupOf);
  refuseSecondPolicy(node.policies);
  node.end = endOf(p);
  return node;
}

/** Refuses a second policy of a kind on a column, since one of the two would silently have no effect. */
function refuseSecondPolicy(policies: readonly PolicyReference[]): void {
  const kinds = new Set<string>();
  for (const each of policies) {
    if (kinds.has(each.policy)) throw new Refusal(each, 'a second policy of the same kind', []);
    kinds.add(each.policy);
  }
}

/** The lists of a column that is being parsed. */
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
    if (node.tags.length > 0) throw new Refusal(tags[0]!, 'a second list of tags', []);
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
      if (!opensConstraint(p))
        refuse(p, '`PRIMARY KEY`', '`UNIQUE`', '`REFERENCES`', '`CHECK`', '`NOT NULL`');
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
    case 'ORDER':
    case 'NOORDER':
      if (!node.flags.some(isCounter) && !node.options.some(({ name }) => isCounter(name))) return false;
      node.flags.push(wordsOf(p, 1));
      return true;
    default: {
      const flag = columnFlag(p) ?? constraintFlag(p);
      if (flag !== null) node.flags.push(flag);
      return flag !== null;
    }
  }
}

/** Whether these words make the column auto-incrementing, so that ORDER may follow. */
function isCounter(words: { readonly kind: string; readonly text?: string }): boolean {
  return words.text === 'AUTOINCREMENT' || words.text === 'IDENTITY';
}

/** A flag that may follow a column but not a constraint; null when none is next. */
function columnFlag(p: Parser): Words | null {
  if (areWords(p, 'PRIMARY', 'KEY') || areWords(p, 'FOREIGN', 'KEY')) return wordsOf(p, 2);
  if (areWords(p, 'GENERATED', 'ALWAYS')) return wordsOf(p, 2);
  return isWord(p, 'NULL') || isWord(p, 'UNIQUE') || isWord(p, 'VIRTUAL') ? wordsOf(p, 1) : null;
}

function expectNotNull(p: Parser): void {
  expectWord(p, 'NOT');
  if (!eatWord(p, 'NULL') && !eatWord(p, 'ENFORCED') && !eatWord(p, 'DEFERRABLE')) refuse(p, '`NULL`');
}

/** The words just taken, as a node. */
function lastWords(p: Parser, count: number): Words {
  p.at -= count;
  return wordsOf(p, count);
}

function opensConstraint(p: Parser): boolean {
  return (
    areWords(p, 'PRIMARY', 'KEY') ||
    areWords(p, 'FOREIGN', 'KEY') ||
    areWords(p, 'NOT', 'NULL') ||
    isWord(p, 'UNIQUE') ||
    isWord(p, 'REFERENCES') ||
    isWord(p, 'CHECK')
  );
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
