import { spend } from '../budget.ts';
import type { BoundExpression, BoundQuery, BoundRelation, BoundSelect, BoundTable } from '../bound/index.ts';
import type { SourceRange } from '../source-range.ts';
import type { Origin } from './origin.ts';
import { joined } from './rope.ts';
import type { Flow } from './state.ts';
import { type Tells, used, usedWithKey } from './tells.ts';

export interface Grouped {
  readonly expression: BoundExpression;
  readonly value: Origin;
}

/**
 * That rows are put together by these expressions: GROUP BY, DISTINCT, PARTITION BY. A column beside a key of the same
 * row of its table adds nothing to that, whatever its values are.
 */
export function groupedTells(flow: Flow, all: readonly Grouped[], by: string, at?: SourceRange): Tells {
  const columns = all.map(({ expression }) => columnOf(flow, expression));
  const taken = new Map<string, Set<string>>();
  for (const column of columns)
    if (column !== null) taken.set(column.row, (taken.get(column.row) ?? new Set()).add(column.name));
  return joined(
    all.map(({ expression, value }, index) => {
      const column = columns[index];
      const key = column?.table.key ?? null;
      const hasKey =
        column != null &&
        key !== null &&
        !key.includes(column.name) &&
        key.every((name) => taken.get(column.row)!.has(name));
      const place = at ?? expression.at;
      return hasKey ? usedWithKey(flow, value, place, by) : used(flow, value, 'group', place, by);
    }),
  );
}

/** Whether its groups leave out columns by turns: NULL then stands for a value that another row of the group has. */
export function hasGroupingSets({ groupBy }: BoundSelect): boolean {
  return (groupBy ?? []).some(({ kind }) => kind === 'grouping');
}

interface TableColumn {
  readonly table: BoundTable;
  readonly name: string;
  /** The same for columns of the same row of the table. */
  readonly row: string;
}

/** The column of a table that an expression is, unchanged. */
function columnOf(flow: Flow, expression: BoundExpression): TableColumn | null {
  let at = expression;
  let row = '';
  for (;;) {
    spend(flow.budget, 1);
    if (at.kind === 'output') {
      at = at.output.expression;
      continue;
    }
    if (at.kind !== 'column') return null;
    const relation = flow.nodes.get(at.relation);
    if (relation === undefined) return null;
    row += `/${relation.id}`;
    if (relation.kind === 'table') {
      const name = relation.columns[at.index]?.name;
      // What has changed has several rows of one key.
      const isPlain = name !== undefined && relation.objectType === 'table' && !relation.changes;
      return isPlain ? { table: relation, name, row } : null;
    }
    const inner = queryOf(relation);
    const select = inner === null ? null : selectOf(inner);
    const output = select?.outputs[at.index];
    if (output === undefined) return null;
    at = output.expression;
  }
}

function queryOf(relation: BoundRelation): BoundQuery | null {
  switch (relation.kind) {
    case 'derived':
      return relation.query;
    case 'view':
      return relation.view.query;
    case 'cte':
      return relation.cte.recursive ? null : relation.cte.query;
    case 'table':
    case 'table_function':
    case 'earlier':
    case 'staged':
    case 'opaque_relation':
    case 'pivot':
    case 'unpivot':
    case 'match_recognize':
      return null;
    default:
      return relation satisfies never;
  }
}

/** A query whose columns are, in each row, of one row of what it reads. */
function selectOf({ body }: BoundQuery): BoundSelect | null {
  if (body.kind === 'query') return selectOf(body);
  if (body.kind !== 'select') return null;
  return body.open !== null || body.connectBy !== null || hasGroupingSets(body) ? null : body;
}
