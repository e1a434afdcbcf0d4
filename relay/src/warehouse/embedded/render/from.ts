import type {
  BoundExpression,
  BoundFrom,
  BoundJoin,
  BoundRelation,
  BoundSample,
  BoundTable,
} from '@sluice/snowflake-sql/execution';
import { unsupported } from '../errors.ts';
import { renderOfTable } from './columns.ts';
import { renderPivot, renderUnpivot } from './pivots.ts';
import { renderCondition, renderEqual } from './predicates.ts';
import { renderQuery } from './query.ts';
import type { Rendering } from './rendering.ts';
import { PLAIN } from './scope.ts';
import { earlierTable } from './names.ts';
import { renderStaged } from './staged.ts';
import { renderTableFunction } from './table-functions.ts';

/** Relations from the last to the first: a lateral one wants something of those before it. */
export function renderFrom(rendering: Rendering, from: BoundFrom): string {
  rendering.spend(0);
  return rendering.nested(() =>
    from.kind === 'join' ? renderJoin(rendering, from) : renderRelation(rendering, from),
  );
}

const JOINS: Readonly<Record<Exclude<BoundJoin['type'], 'asof' | 'cross'>, string>> = {
  inner: 'JOIN',
  left: 'LEFT JOIN',
  right: 'RIGHT JOIN',
  full: 'FULL JOIN',
};

/** Chains of joins lean to the left, and are followed without going deeper. */
function renderJoin(rendering: Rendering, join: BoundJoin): string {
  const parts: string[] = [];
  let from: BoundFrom = join;
  for (; from.kind === 'join'; from = from.left) parts.push(renderRight(rendering, from));
  return [renderFrom(rendering, from), ...parts.toReversed()].join(' ');
}

function renderRight(rendering: Rendering, { type, right, on, equal, match }: BoundJoin): string {
  if (type === 'asof') checkAsof(on, match);
  const conditions = [
    ...equal.map((pair) => renderEqual(rendering, PLAIN, pair.left, pair.right)),
    ...[on, match].flatMap((one) => (one === null ? [] : [renderCondition(rendering, PLAIN, one)])),
  ];
  const text = renderFrom(rendering, right);
  const relation = right.kind === 'join' ? `(${text})` : text;
  if (type === 'cross' || (type === 'inner' && conditions.length === 0)) {
    if (conditions.length === 0) return `CROSS JOIN ${relation}`;
    return `JOIN ${relation} ON ${conditions.join(' AND ')}`;
  }
  const how = type === 'asof' ? 'ASOF LEFT JOIN' : JOINS[type];
  return `${how} ${relation} ON ${conditions.length === 0 ? 'TRUE' : conditions.join(' AND ')}`;
}

/** A row of the left side has the nearest of the right one, or none: what is near is told by one comparison alone. */
function checkAsof(on: BoundExpression | null, match: BoundExpression | null): void {
  if (match?.kind !== 'comparison' || !NEAREST.has(match.operator))
    throw unsupported('a MATCH_CONDITION that is not one comparison by >=, >, <= or <');
  if (on !== null && !isEqual(on)) throw unsupported('an ASOF join ON anything but what is equal');
}

const NEAREST: ReadonlySet<string> = new Set(['>=', '>', '<=', '<']);

function isEqual(on: BoundExpression): boolean {
  if (on.kind === 'logical') return on.operator === 'AND' && on.operands.every(isEqual);
  return on.kind === 'comparison' && on.operator === '=';
}

export function renderRelation(rendering: Rendering, relation: BoundRelation): string {
  const alias = rendering.nameOf({ relation: relation.id });
  if (relation.sample === null) return `${renderRows(rendering, relation)} AS ${alias}`;
  const inner = rendering.fresh('b');
  return `(SELECT * FROM ${renderRows(rendering, relation)} AS ${inner} ${renderSample(relation.sample)}) AS ${alias}`;
}

function renderRows(rendering: Rendering, relation: BoundRelation): string {
  const wanted = rendering.wantedOf({ relation: relation.id });
  switch (relation.kind) {
    case 'table':
      return renderTable(rendering, relation);
    case 'view':
      if (relation.view.query === null) throw unsupported('a view whose definition cannot be followed');
      for (const { index, reading, offset } of wanted)
        rendering.want({ view: relation.view }, index, reading, offset);
      rendering.read({ view: relation.view });
      return rendering.nameOf({ view: relation.view });
    case 'cte':
      for (const { index, reading, offset } of wanted)
        rendering.want({ cte: relation.cte.id }, index, reading, offset);
      rendering.read({ cte: relation.cte.id });
      return rendering.nameOf({ cte: relation.cte.id });
    case 'derived':
      return `${relation.lateral ? 'LATERAL ' : ''}(${renderQuery(rendering, relation.query, wanted)})`;
    case 'table_function':
      return renderTableFunction(rendering, relation);
    case 'pivot':
      return `(${renderPivot(rendering, relation, wanted)})`;
    case 'unpivot':
      return `(${renderUnpivot(rendering, relation, wanted)})`;
    case 'match_recognize':
      throw unsupported('MATCH_RECOGNIZE');
    case 'earlier':
      return renderEarlier(rendering, relation);
    case 'staged':
      return renderStaged(rendering, relation);
    case 'opaque_relation':
      throw unsupported(relation.reason);
    default:
      return relation satisfies never;
  }
}

/** A result that the session's client has had, as it had it: masked, and read by everybody as it is. */
function renderEarlier(
  rendering: Rendering,
  { id, of }: Extract<BoundRelation, { kind: 'earlier' }>,
): string {
  if (!('result' in of)) throw unsupported('the results of steps (`->>`)');
  const columns = rendering
    .wantedOf({ relation: id })
    .map(({ index, name, offset }) => `c${index}${offset === true ? '_z' : ''} AS ${name}`);
  return `(SELECT ${columns.length === 0 ? '1 AS n' : columns.join(', ')} FROM ${earlierTable(of.queryId)})`;
}

/** Only the columns that are wanted leave a table, and each as it may be read. */
function renderTable(rendering: Rendering, table: BoundTable): string {
  if (table.travel.length > 0 || table.changes) throw unsupported('time travel');
  if (table.open !== null) throw unsupported('a table whose columns are not known');
  const columns = rendering
    .wantedOf({ relation: table.id })
    .map((wanted) => `${renderOfTable(rendering, table, wanted)} AS ${wanted.name}`);
  return `(SELECT ${columns.length === 0 ? '1 AS n' : columns.join(', ')} FROM ${rendering.objectName(table.object)})`;
}

function renderSample({ size, rows, method, seed }: BoundSample): string {
  const amount = numberOf(size);
  const how = rows ? 'reservoir' : method === 'BLOCK' ? 'system' : 'bernoulli';
  const repeatable = seed === null ? '' : ` REPEATABLE (${numberOf(seed)})`;
  return `TABLESAMPLE ${how}(${amount}${rows ? ' ROWS' : '%'})${repeatable}`;
}

function numberOf(size: BoundSample['size']): string {
  if (size.kind === 'literal' && size.value.kind === 'number' && /^\d+(?:\.\d+)?$/.test(size.value.text)) {
    return size.value.text;
  }
  throw unsupported('a sample whose size is not a number');
}
