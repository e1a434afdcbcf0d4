import type {
  Pivot,
  PivotAny,
  PivotList,
  Relation,
  Subquery,
  Unpivot,
  UnpivotColumn,
} from '../tree/query.ts';
import { stringLiteral } from './literals.ts';
import { startsQuery } from './lookahead.ts';
import { columnName, columnReference, identifier } from './names.ts';
import { orderBy } from './order-by.ts';
import { selectItem } from './select-item.ts';
import {
  type Parser,
  eatWord,
  eatWords,
  endOf,
  expectSymbol,
  expectWord,
  expectWords,
  isSymbol,
  isWord,
  list,
  parenthesizedList,
  startOf,
} from './parser.ts';

/** `PIVOT (SUM(a) FOR c IN ('x', 'y'))` around the relation it follows. */
export function pivot(p: Parser, input: Relation, start: number): Pivot {
  expectWord(p, 'PIVOT');
  expectSymbol(p, '(');
  const aggregates = list(p, selectItem);
  expectWord(p, 'FOR');
  const column = columnReference(p);
  expectWord(p, 'IN');
  const values = pivotValues(p);
  let defaultOnNull = null;
  if (eatWords(p, 'DEFAULT', 'ON', 'NULL')) {
    expectSymbol(p, '(');
    defaultOnNull = p.grammar.expression(p);
    expectSymbol(p, ')');
  }
  expectSymbol(p, ')');
  return {
    kind: 'pivot',
    start,
    end: endOf(p),
    input,
    aggregates,
    column,
    values,
    defaultOnNull,
    alias: null,
    sample: null,
  };
}

function pivotValues(p: Parser): PivotList | PivotAny | Subquery {
  const start = startOf(p);
  expectSymbol(p, '(');
  if (startsQuery(p)) {
    const query = p.grammar.query(p);
    expectSymbol(p, ')');
    return { kind: 'subquery', start, end: endOf(p), query };
  }
  if (eatWord(p, 'ANY')) {
    const order = isWord(p, 'ORDER') ? orderBy(p) : null;
    expectSymbol(p, ')');
    return { kind: 'pivot_any', start, end: endOf(p), orderBy: order };
  }
  const items = list(p, selectItem);
  expectSymbol(p, ')');
  return { kind: 'pivot_list', start, end: endOf(p), items };
}

/** `UNPIVOT [INCLUDE NULLS] (value FOR name IN (a, b AS 'x'))`. */
export function unpivot(p: Parser, input: Relation, start: number): Unpivot {
  expectWord(p, 'UNPIVOT');
  const includeNulls = eatWords(p, 'INCLUDE', 'NULLS');
  if (!includeNulls && isWord(p, 'EXCLUDE')) expectWords(p, 'EXCLUDE', 'NULLS');
  expectSymbol(p, '(');
  const value = identifier(p);
  expectWord(p, 'FOR');
  const name = identifier(p);
  expectWord(p, 'IN');
  const columns = parenthesizedList(p, unpivotColumn);
  expectSymbol(p, ')');
  return {
    kind: 'unpivot',
    start,
    end: endOf(p),
    input,
    includeNulls,
    value,
    name,
    columns,
    alias: null,
    sample: null,
  };
}

/** `a`, `a AS 'x'`, `a AS x`, `a 'x'`. */
function unpivotColumn(p: Parser): UnpivotColumn {
  const column = columnReference(p);
  const labelled = eatWord(p, 'AS') || !(isSymbol(p, ',') || isSymbol(p, ')'));
  const label = !labelled ? null : isSymbol(p, 'string') ? stringLiteral(p) : columnName(p);
  return { kind: 'unpivot_column', start: column.start, end: endOf(p), column, label };
}
