import type { MatchRecognize, Pivot, Unpivot } from '../tree/query.ts';
import { noteUses, originOf } from './expressions.ts';
import { derive, NOTHING, opaque, type Origin, union } from './origin.ts';
import { noteCondition } from './predicates.ts';
import { Unresolvable } from './problem.ts';
import type { Relation, RelationColumn } from './relation.ts';
import { allOf, type Scope } from './scope.ts';
import { itemName } from './selects.ts';
import { noteUse, type Walk } from './walk.ts';

/** The columns that are left, then one for each value (and aggregate): made of the aggregates and of the values. */
export function pivoted(walk: Walk, scope: Scope, input: Relation, node: Pivot): Relation {
  const by = originOf(walk, scope, node.column);
  const made = node.aggregates.map(({ expression }) => originOf(walk, scope, expression));
  const used = new Set([
    node.column.parts.at(-1)!.name,
    ...node.aggregates.flatMap(({ expression }) => columnNames(expression)),
  ]);
  const left = input.columns.filter(({ name }) => !used.has(name));
  noteUse(walk, by, node.values.kind === 'pivot_list' ? 'group' : 'compare', node);
  for (const { origin } of left) noteUse(walk, origin, 'group', node);
  const extra = node.defaultOnNull === null ? [] : [originOf(walk, scope, node.defaultOnNull)];
  const value = (aggregate: Origin) => union([derive('aggregate', [aggregate, by]), ...extra]);
  if (node.values.kind !== 'pivot_list') {
    // Values of the data become names of columns, and how many there are is not known.
    if (node.values.kind === 'subquery')
      noteUse(walk, originOf(walk, scope, node.values), 'compare', node.values);
    return { columns: left, open: opaque('the columns that PIVOT makes of values', node) };
  }
  const columns = node.values.items.flatMap((item) =>
    made.map((origin): RelationColumn => ({ name: valueName(item), origin: value(origin) })),
  );
  return { columns: [...left, ...columns], open: input.open };
}

function valueName(item: Parameters<typeof itemName>[0]): string {
  if (item.alias === null && item.expression.kind === 'string') return `'${item.expression.value}'`;
  return itemName(item);
}

/** Names of the columns that an aggregate of PIVOT takes; all of them, in whatever it is wrapped. */
function columnNames(node: object): readonly string[] {
  if ('kind' in node && node.kind === 'column' && 'parts' in node) {
    return [(node.parts as { name: string }[]).at(-1)!.name];
  }
  return Object.values(node)
    .flat()
    .flatMap((value) => (typeof value === 'object' && value !== null ? columnNames(value as object) : []));
}

/** The columns that are left, the name of the one a row is of, and its value. */
export function unpivoted(input: Relation, node: Unpivot): Relation {
  const names = new Set(node.columns.map(({ column }) => column.parts.at(-1)!.name));
  const taken = input.columns.filter(({ name }) => names.has(name));
  if (taken.length < names.size && input.open === null) {
    throw new Unresolvable('column_unknown', 'UNPIVOT names a column that is not there', node);
  }
  const value = taken.length < names.size ? allOf(input) : union(taken.map(({ origin }) => origin));
  return {
    open: input.open,
    columns: [
      ...input.columns.filter(({ name }) => !names.has(name)),
      { name: node.name.name, origin: NOTHING },
      { name: node.value.name, origin: value },
    ],
  };
}

/** What is measured, beside the partition's columns or all of the row's. */
export function matchRecognized(walk: Walk, scope: Scope, input: Relation, node: MatchRecognize): Relation {
  // A pattern's symbols qualify columns: `a.x` is x of the rows that matched a.
  const pattern = node.pattern.filter((part) => part.kind === 'identifier');
  const named = [
    ...pattern,
    ...node.define.map(({ symbol }) => symbol),
    ...node.subsets.map(({ name }) => name),
  ];
  for (const symbol of new Set(named.map(({ name }) => name))) {
    scope.relations.push({ relation: input, qualifier: [symbol], hidden: new Set() });
  }
  const [plain] = scope.relations;
  const bare: Scope = { ...scope, relations: plain ? [plain] : [] };
  const within: Scope = { ...scope, parent: bare, relations: scope.relations.slice(1) };
  const look = unqualifiedFirst(within, bare);
  for (const { condition } of node.define) noteCondition(walk, look, condition);
  noteUses(walk, bare, node.partitionBy, 'window');
  noteUses(walk, bare, node.orderBy?.items.map(({ expression }) => expression) ?? [], 'window');
  const measures = node.measures.map((item): RelationColumn => ({
    name: itemName(item),
    origin: derive('expression', [originOf(walk, look, item.expression)]),
  }));
  const kept = node.allRows
    ? input.columns
    : node.partitionBy.map((expression): RelationColumn => ({
        name: expression.kind === 'column' ? expression.parts.at(-1)!.name : '',
        origin: originOf(walk, bare, expression),
      }));
  return { columns: [...kept, ...measures], open: input.open };
}

/** Bare names are the row's own columns, though every symbol has a column of the name too. */
function unqualifiedFirst(within: Scope, bare: Scope): Scope {
  const own = bare.relations.flatMap(({ relation }) => relation.columns);
  return {
    ...within,
    locals: new Map([...within.locals, ...own.map(({ name, origin }) => [name, origin] as const)]),
  };
}
