import type { BoundSetOperation } from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { renderOperand } from './query.ts';
import type { Rendering, Wanted } from './rendering.ts';
import { regroup } from './select.ts';

/** Left to right. UNION ALL passes what it is asked for; the others have to compare all of their columns. */
export function renderSetOperation(
  rendering: Rendering,
  operation: BoundSetOperation,
  wanted: readonly Wanted[],
): string {
  rendering.unite(operation.operands.length);
  return renderUpTo(rendering, operation, operation.operands.length - 1, atLeastOne(wanted));
}

function renderUpTo(
  rendering: Rendering,
  operation: BoundSetOperation,
  last: number,
  wanted: readonly Wanted[],
): string {
  const operators = operation.operators.slice(0, last);
  if (operators.every(({ operator, all }) => operator === 'UNION' && all)) {
    return Array.from({ length: last + 1 }, (_, place) =>
      renderPlace(rendering, operation, place, wanted),
    ).join(' UNION ALL ');
  }
  const { operator, all } = operation.operators[last - 1]!;
  const sides = (columns: readonly Wanted[]) => {
    const left = renderUpTo(rendering, operation, last - 1, columns);
    return [`(${left})`, renderPlace(rendering, operation, last, columns)] as const;
  };
  if (operator === 'UNION' && all) return sides(wanted).join(' UNION ALL ');
  if (all) throw unsupported(`${operator} ALL`);
  return renderCompared(rendering, operation, operator, wanted, sides);
}

function renderCompared(
  rendering: Rendering,
  operation: BoundSetOperation,
  operator: 'UNION' | 'INTERSECT' | 'EXCEPT',
  wanted: readonly Wanted[],
  sides: (columns: readonly Wanted[]) => readonly [string, string],
): string {
  const canonical = (index: number, reading: Wanted['reading']) =>
    rendering.guards.canonicalOfBody(operation, index, reading);
  // What is in both, or in one alone, is decided by the values themselves.
  const reading = operator === 'UNION' ? 'group' : 'use';
  const named = new Map<number, string>();
  for (const one of wanted) {
    const isKey = one.index >= 0 && one.offset !== true;
    if (isKey && canonical(one.index, one.reading) === canonical(one.index, reading)) {
      named.set(one.index, one.name);
    }
  }
  const keys = operation.columns.map((_, index): Wanted => ({
    index,
    reading,
    name: named.get(index) ?? rendering.fresh('k'),
  }));
  const others = wanted.filter((one) => one.index < 0 || keys[one.index]!.name !== one.name);
  if (others.length === 0) {
    const alias = rendering.fresh('b');
    const columns = wanted.map(({ name }) => `${alias}.${name}`).join(', ');
    return `SELECT ${columns} FROM (${sides(keys).join(` ${operator} `)}) AS ${alias}`;
  }
  if (operator === 'UNION') {
    return regroup(rendering, sides([...keys, ...others]).join(' UNION ALL '), keys, wanted);
  }
  const [left, right] = sides([...keys, ...others]);
  const from = rendering.fresh('b');
  const isLeft = rendering.fresh('k');
  const rows = `SELECT ${from}.*, TRUE AS ${isLeft} FROM ${left} AS ${from} UNION ALL SELECT ${from}.*, FALSE FROM ${right} AS ${from}`;
  const grouped = regroup(rendering, rows, keys, wanted, isLeft);
  return `${grouped} HAVING bool_or(${isLeft}) AND ${operator === 'EXCEPT' ? 'NOT ' : ''}bool_or(NOT ${isLeft})`;
}

/** An operand gives the columns at its own places; one that it has not is NULL. */
function renderPlace(
  rendering: Rendering,
  operation: BoundSetOperation,
  place: number,
  wanted: readonly Wanted[],
): string {
  const own = wanted.map((one) => ({
    ...one,
    index: one.index < 0 ? -1 : operation.places[one.index]![place]!,
  }));
  const body = operation.operands[place]!;
  if (own.every(({ index }) => index >= 0)) return renderOperand(rendering, body, own);
  const alias = rendering.fresh('b');
  const columns = own.map(({ index, name }) => (index < 0 ? `NULL AS ${name}` : `${alias}.${name}`));
  const inner = renderOperand(
    rendering,
    body,
    own.filter(({ index }) => index >= 0),
  );
  return `(SELECT ${columns.join(', ')} FROM ${inner} AS ${alias})`;
}

/** There is no query without columns, and each operand has to have as many as the others. */
function atLeastOne(wanted: readonly Wanted[]): readonly Wanted[] {
  return wanted.length > 0 ? wanted : [{ index: -1, reading: 'direct', name: 'n' }];
}
