import type {
  BoundExpression,
  BoundOutput,
  BoundPivot,
  BoundSelect,
  BoundUnpivot,
} from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { renderExpression } from './expressions.ts';
import { renderFrom } from './from.ts';
import { renderWanted } from './offsets.ts';
import type { Rendering, Wanted } from './rendering.ts';
import { PLAIN } from './scope.ts';
import { renderSelect } from './select.ts';

/** PIVOT as the grouped SELECT that it stands for: each aggregate once for every value. */
export function renderPivot(rendering: Rendering, pivot: BoundPivot, wanted: readonly Wanted[]): string {
  const { at, input, kept, aggregates, by, values, defaultOnNull } = pivot;
  if (values === null)
    throw unsupported(
      'PIVOT by values that it finds (ANY, or a query): list them, as in PIVOT (SUM(x) FOR y IN (1, 2))',
    );
  const output = (expression: BoundExpression): BoundOutput => ({ at, name: '', named: false, expression });
  const made = values.flatMap((value) =>
    aggregates.map(({ expression }) => {
      const of = onlyWhere(expression, { kind: 'comparison', at, operator: '=', left: by, right: value });
      return output(defaultOnNull === null ? of : coalesce(of, defaultOnNull));
    }),
  );
  const select: BoundSelect = {
    kind: 'select',
    at,
    distinct: false,
    from: input,
    outputs: [...kept.map(output), ...made],
    open: null,
    top: null,
    into: false,
    where: null,
    connectBy: null,
    groupBy: kept.length === 0 ? null : kept,
    having: null,
    qualify: null,
  };
  return renderSelect(rendering, select, wanted, []);
}

/** An aggregate of those rows alone that a condition is true for: no aggregate of a PIVOT counts NULL. */
function onlyWhere(aggregate: BoundExpression, when: BoundExpression): BoundExpression {
  if (aggregate.kind !== 'call') throw unsupported('a PIVOT of anything but an aggregate');
  const [first, ...rest] = aggregate.arguments;
  if (first === undefined || first.kind === 'word' || first.kind === 'columns') {
    throw unsupported('this aggregate of a PIVOT');
  }
  const { at } = aggregate;
  const result: BoundExpression = {
    kind: 'case',
    at,
    operand: null,
    branches: [{ when, result: first }],
    otherwise: null,
  };
  return { ...aggregate, arguments: [result, ...rest] };
}

function coalesce(first: BoundExpression, second: BoundExpression): BoundExpression {
  return {
    kind: 'call',
    at: first.at,
    name: { database: '', schema: '', name: 'COALESCE' },
    builtIn: true,
    distinct: false,
    arguments: [first, second],
    withinGroup: [],
    fromLast: false,
    nulls: null,
    over: null,
    method: false,
  };
}

/** UNPIVOT: each row once for every column that is taken, so that the input is read once. */
export function renderUnpivot(
  rendering: Rendering,
  { input, kept, taken, includeNulls }: BoundUnpivot,
  wanted: readonly Wanted[],
): string {
  const place = kept.length;
  const values = wanted.filter(({ index }) => index > place);
  const label = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const rows = taken.map((one) => {
    const fields = values.map(
      (value) => `${value.name} := ${renderWanted(rendering, PLAIN, one.column, value)}`,
    );
    const isThere = renderExpression(rendering, PLAIN, one.column, 'counted');
    return `struct_pack(${[`l := ${label(one.label)}`, `t := ${isThere} IS NOT NULL`, ...fields].join(', ')})`;
  });
  const own = wanted
    .filter(({ index }) => index < place)
    .map((one) => `${renderWanted(rendering, PLAIN, kept[one.index]!, one)} AS ${one.name}`);
  const [item, alias] = [rendering.fresh('k'), rendering.fresh('b')];
  const inner = `SELECT ${[...own, `unnest([${rows.join(', ')}]) AS ${item}`].join(', ')} FROM ${renderFrom(rendering, input)}`;
  const columns = wanted.map(({ index, name }) => {
    if (index < place) return `${alias}.${name}`;
    return `${alias}.${item}.${index === place ? 'l' : name} AS ${name}`;
  });
  const where = includeNulls ? '' : ` WHERE ${alias}.${item}.t`;
  return `SELECT ${columns.length === 0 ? '1 AS n' : columns.join(', ')} FROM (${inner}) AS ${alias}${where}`;
}
