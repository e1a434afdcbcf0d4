import { formatObjectName, type Tree } from '@sluice/snowflake-sql';
import {
  type BoundBody,
  type BoundFrom,
  type BoundInner,
  type BoundQuery,
  type BoundRelation,
  type BoundStatement,
  type RelationId,
  walkBound,
} from '@sluice/snowflake-sql/execution';
import { unsupported } from './errors.ts';
import type { Plan } from './plan.ts';
import { quoteString } from './render/quote.ts';
import { statementTypes } from './statement-types.ts';

/** One step of a plan, in Snowflake's words. It names objects and columns, and holds no value of anybody's. */
interface Step {
  readonly id: number;
  readonly parent: number | null;
  readonly operation: string;
  readonly object: string | null;
  readonly columns: readonly string[];
}

/** EXPLAIN: which steps the statement comes to, as it is bound. DuckDB's own plan would show its names, and values. */
export function planExplain({ format }: Tree.Explain, { inner }: BoundInner): Plan {
  const [only, ...more] = inner;
  if (only === undefined || only.bound === null || more.length > 0) throw unsupported('this form of EXPLAIN');
  const steps = stepsOf(only.bound.statement);
  return {
    kind: 'query',
    sql: format === null || format === 'TABULAR' ? tabular(steps) : whole(format, steps),
    columns: null,
    statementTypeId: statementTypes.select,
    takesBinds: false,
    needs: null,
    showsDefinitions: false,
  };
}

const PARTITIONS = 1;

function tabular(steps: readonly Step[]): string {
  const scans = steps.filter(({ object }) => object !== null).length;
  const rows = [
    `NULL, NULL, NULL, 'GlobalStats', NULL, NULL, NULL, ${scans * PARTITIONS}, ${scans * PARTITIONS}, 0`,
    ...steps.map(({ id, parent, operation, object, columns }) => {
      const partitions = object === null ? 'NULL' : String(PARTITIONS);
      return [
        '1',
        String(id),
        parent === null ? 'NULL' : quoteString(`[${parent}]`),
        quoteString(operation),
        text(object),
        'NULL',
        text(columns.length === 0 ? null : columns.join(', ')),
        partitions,
        partitions,
        object === null ? 'NULL' : '0',
      ].join(', ');
    }),
  ];
  const names =
    'step id parentOperators operation objects alias expressions partitionsTotal partitionsAssigned bytesAssigned';
  const types = ['step', 'id', 'partitionsTotal', 'partitionsAssigned', 'bytesAssigned'];
  const columns = names
    .split(' ')
    .map((name) => `CAST("${name}" AS ${types.includes(name) ? 'BIGINT' : 'VARCHAR'}) AS "${name}"`);
  return `SELECT ${columns.join(', ')} FROM (VALUES ${rows.map((row) => `(${row})`).join(', ')}) AS plan(${names
    .split(' ')
    .map((name) => `"${name}"`)
    .join(', ')})`;
}

function text(value: string | null): string {
  return value === null ? 'NULL' : quoteString(value);
}

function whole(format: 'JSON' | 'TEXT', steps: readonly Step[]): string {
  const scans = steps.filter(({ object }) => object !== null).length;
  const stats = { partitionsTotal: scans, partitionsAssigned: scans, bytesAssigned: 0 };
  const operations = steps.map(({ id, parent, operation, object, columns }) => ({
    id,
    operation,
    ...(parent === null ? {} : { parentOperators: [parent] }),
    ...(columns.length === 0 ? {} : { expressions: columns }),
    ...(object === null ? {} : { objects: [object] }),
  }));
  if (format === 'JSON')
    return `SELECT ${quoteString(JSON.stringify({ GlobalStats: stats, Operations: [operations] }))} AS "content"`;
  const lines = steps.map(
    ({ id, operation, object, columns }) =>
      `1:${id}     ->${operation}${object === null ? '' : `  ${object}`}${columns.length === 0 ? '' : `  ${columns.join(', ')}`}`,
  );
  const head = [
    'GlobalStats:',
    `    partitionsTotal=${scans}`,
    `    partitionsAssigned=${scans}`,
    '    bytesAssigned=0',
    'Operations:',
  ];
  return `SELECT ${quoteString([...head, ...lines].join('\n'))} AS "content"`;
}

function stepsOf(statement: BoundStatement): readonly Step[] {
  const steps: Step[] = [];
  const read = columnsRead(statement);
  const add = (
    operation: string,
    parent: number | null,
    object: string | null = null,
    columns: readonly string[] = [],
  ) => {
    const id = steps.length;
    steps.push({ id, parent, operation, object, columns });
    return id;
  };

  switch (statement.kind) {
    case 'query':
      ofQuery(
        statement,
        add(
          'Result',
          null,
          null,
          statement.columns.map(({ name }) => name),
        ),
      );
      break;
    case 'insert':
      ofQuery(
        statement.source,
        add('Insert', add('Result', null), formatObjectName(statement.target.object), statement.columns),
      );
      break;
    case 'update':
    case 'delete': {
      const operation = statement.kind === 'update' ? 'Update' : 'Delete';
      const changed = add(operation, add('Result', null), formatObjectName(statement.target.object));
      const parent = statement.where === null ? changed : add('Filter', changed);
      ofRelation(statement.target, parent);
      const others = statement.kind === 'update' ? statement.from : statement.using;
      if (others !== null) ofFrom(others, parent);
      break;
    }
    case 'merge': {
      const join = add('Join', add('Merge', add('Result', null), formatObjectName(statement.target.object)));
      ofRelation(statement.target, join);
      ofRelation(statement.source, join);
      break;
    }
    default:
      throw unsupported('EXPLAIN of this statement');
  }
  return steps;

  function ofQuery(query: BoundQuery, above: number): void {
    let parent = above;
    if (query.limit !== null || query.offset !== null)
      parent = add(query.orderBy.length > 0 ? 'SortWithLimit' : 'Limit', parent);
    else if (query.orderBy.length > 0) parent = add('Sort', parent);
    for (const cte of query.ctes) ofQuery(cte.query, add('WithClause', parent));
    ofBody(query.body, parent);
  }

  function ofBody(body: BoundBody, above: number): void {
    switch (body.kind) {
      case 'query':
        return ofQuery(body, above);
      case 'values':
        return void add('ValuesClause', above);
      case 'set_operation': {
        const parent = add('UnionAll', above);
        for (const operand of body.operands) ofBody(operand, parent);
        return;
      }
      case 'select': {
        let parent = above;
        if (body.qualify !== null) parent = add('Filter', parent);
        if (body.distinct || body.groupBy !== null || body.having !== null) parent = add('Aggregate', parent);
        if (body.where !== null) parent = add('Filter', parent);
        if (body.from === null) add('Generator', parent);
        else ofFrom(body.from, parent);
        return;
      }
      default:
        return body satisfies never;
    }
  }

  function ofFrom(from: BoundFrom, above: number): void {
    if (from.kind !== 'join') return ofRelation(from, above);
    const parent = add(JOINS[from.type], above);
    ofFrom(from.left, parent);
    ofFrom(from.right, parent);
  }

  function ofRelation(relation: BoundRelation, above: number): void {
    switch (relation.kind) {
      case 'table':
        return void add('TableScan', above, formatObjectName(relation.object), read.get(relation.id) ?? []);
      case 'view':
        return relation.view.query === null ? void add('View', above) : ofQuery(relation.view.query, above);
      case 'derived':
        return ofQuery(relation.query, above);
      case 'cte':
        return void add('WithReference', above);
      case 'table_function':
        return void add(relation.call.name.name === 'FLATTEN' ? 'Flatten' : 'Generator', above);
      case 'pivot':
      case 'unpivot':
        return ofFrom(relation.input, add(relation.kind === 'pivot' ? 'Pivot' : 'Unpivot', above));
      default:
        return void add('ExternalScan', above);
    }
  }
}

const JOINS = {
  inner: 'InnerJoin',
  left: 'LeftOuterJoin',
  right: 'RightOuterJoin',
  full: 'FullOuterJoin',
  cross: 'CartesianJoin',
  asof: 'AsofJoin',
} as const;

/** The columns that are read of each relation, in the order of their names. */
function columnsRead(statement: BoundStatement): ReadonlyMap<RelationId, readonly string[]> {
  const read = new Map<RelationId, Set<string>>();
  /** COUNT(*) names them all, and reads none. */
  const counted = new Set<object>();
  for (const node of walkBound(statement)) {
    if (node.kind === 'columns' && !node.qualified)
      for (const one of node.columns) counted.add(one.expression);
    if (node.kind !== 'column' || !('relation' in node) || counted.has(node)) continue;
    read.set(node.relation, (read.get(node.relation) ?? new Set()).add(node.name));
  }
  return new Map([...read].map(([id, names]) => [id, [...names].toSorted()]));
}
