import type { Bind, Identifier } from '../tree/names.ts';
import type {
  ConnectBy,
  Expression,
  FromItem,
  GroupBy,
  Grouping,
  Select,
  SelectItem,
  Star,
} from '../tree/query.ts';
import { bind, numberLiteral, sessionVariable } from './literals.ts';
import { identifier } from './names.ts';
import { fromItem } from './from.ts';
import { selectItemOrStar } from './select-item.ts';
import {
  type Parser,
  descend,
  eatSymbol,
  eatWord,
  eatWords,
  endOf,
  expectWord,
  expectWords,
  isSymbol,
  isWord,
  list,
  parenthesizedList,
  startOf,
} from './parser.ts';

/** SELECT, up to but not including a set operator or ORDER BY. */
export function select(p: Parser): Select {
  const start = startOf(p);
  expectWord(p, 'SELECT');
  const distinct = eatWord(p, 'DISTINCT');
  if (!distinct) eatWord(p, 'ALL');
  const top = isTop(p) ? topClause(p) : null;
  const items = selectItems(p);
  const into = eatWord(p, 'INTO') ? list(p, intoTarget) : [];
  const from = eatWord(p, 'FROM') ? fromItems(p) : [];
  let connect = isConnectBy(p) ? connectBy(p) : null;
  const where = eatWord(p, 'WHERE') ? p.grammar.expression(p) : null;
  if (connect === null && isConnectBy(p)) connect = connectBy(p);
  const group = isWord(p, 'GROUP') && isWord(p, 'BY', 1) ? groupBy(p) : null;
  const having = eatWord(p, 'HAVING') ? p.grammar.expression(p) : null;
  const qualify = eatWord(p, 'QUALIFY') ? p.grammar.expression(p) : null;
  return {
    kind: 'select',
    start,
    end: endOf(p),
    distinct,
    top,
    items,
    into,
    from,
    where,
    connectBy: connect,
    groupBy: group,
    having,
    qualify,
  };
}

/** Whether TOP is the clause. It may also be a name; it is the clause when a number, bind or variable follows. */
function isTop(p: Parser): boolean {
  if (!isWord(p, 'TOP')) return false;
  const next = p.kinds[p.at + 1];
  return next === 'number' || next === '?' || next === 'variable';
}

/** The count is not a whole expression: in `TOP 5 * FROM t`, the star is the first item. */
function topClause(p: Parser): Expression {
  p.at++;
  return isSymbol(p, 'number') ? numberLiteral(p) : isSymbol(p, 'variable') ? sessionVariable(p) : bind(p);
}

function selectItems(p: Parser): (SelectItem | Star)[] {
  const items = [selectItemOrStar(p)];
  while (eatSymbol(p, ',')) {
    // Snowflake allows a comma after the last item when FROM follows.
    if (isWord(p, 'FROM')) break;
    items.push(selectItemOrStar(p));
  }
  return items;
}

function fromItems(p: Parser): FromItem[] {
  const items = [fromItem(p)];
  while (eatSymbol(p, ',')) {
    // Snowflake allows a comma after the last relation when WHERE follows.
    if (isWord(p, 'WHERE')) break;
    items.push(fromItem(p));
  }
  return items;
}

function intoTarget(p: Parser): Bind | Identifier {
  return isSymbol(p, ':') ? bind(p) : identifier(p);
}

function isConnectBy(p: Parser): boolean {
  return isWord(p, 'START') || (isWord(p, 'CONNECT') && isWord(p, 'BY', 1));
}

function connectBy(p: Parser): ConnectBy {
  const start = startOf(p);
  let startWith = eatWords(p, 'START', 'WITH') ? p.grammar.expression(p) : null;
  expectWords(p, 'CONNECT', 'BY');
  const condition = p.grammar.expression(p);
  if (startWith === null && eatWords(p, 'START', 'WITH')) startWith = p.grammar.expression(p);
  return { kind: 'connect_by', start, end: endOf(p), startWith, condition };
}

function groupBy(p: Parser): GroupBy {
  const start = startOf(p);
  expectWords(p, 'GROUP', 'BY');
  const all = eatWord(p, 'ALL');
  const items = all ? [] : list(p, groupItem);
  return { kind: 'group_by', start, end: endOf(p), all, items };
}

function groupItem(p: Parser): Expression | Grouping {
  const start = startOf(p);
  const type = groupingType(p);
  if (type === null) return p.grammar.expression(p);
  descend(p);
  const sets = parenthesizedList(p, groupingSet);
  p.depth--;
  return { kind: 'grouping', start, end: endOf(p), type, sets };
}

function groupingType(p: Parser): Grouping['type'] | null {
  if (isSymbol(p, '(', 1)) {
    if (eatWord(p, 'CUBE')) return 'CUBE';
    if (eatWord(p, 'ROLLUP')) return 'ROLLUP';
  }
  return eatWords(p, 'GROUPING', 'SETS') ? 'GROUPING SETS' : null;
}

/** An expression, a row of expressions, a nested CUBE or ROLLUP, or `()`, which groups all rows together. */
function groupingSet(p: Parser): Expression | Grouping {
  if (isSymbol(p, '(') && isSymbol(p, ')', 1)) {
    const start = startOf(p);
    p.at += 2;
    return { kind: 'row', start, end: endOf(p), items: [] };
  }
  return groupItem(p);
}
