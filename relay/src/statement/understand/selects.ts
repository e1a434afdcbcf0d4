import type { Expression, GroupBy, Grouping, OrderBy, Select, SelectItem, Star } from '../tree/query.ts';
import { noteUses, originOf } from './expressions.ts';
import { addFrom } from './from.ts';
import { noteCondition } from './predicates.ts';
import type { OpaquePart } from '../understanding.ts';
import { type Relation, type RelationColumn } from './relation.ts';
import { type Ctes, newScope, type Scope } from './scope.ts';
import { expandStar } from './star.ts';
import { noteOpaque, noteUse, type Walk } from './walk.ts';
import { opaque } from './origin.ts';

/** A SELECT's columns, and the scope that its ORDER BY sees. */
export function relationOfSelect(
  walk: Walk,
  parent: Scope | null,
  ctes: Ctes,
  select: Select,
): { readonly result: Relation; readonly scope: Scope } {
  const scope = newScope(parent, ctes);
  for (const item of select.from) addFrom(walk, scope, item);
  if (select.into.length > 0) noteOpaque(walk, opaque('a result kept in a variable', select));
  if (select.connectBy !== null) {
    const { startWith, condition } = select.connectBy;
    if (startWith !== null) noteCondition(walk, scope, startWith);
    noteCondition(walk, scope, condition);
  }
  const columns: RelationColumn[] = [];
  let open: OpaquePart | null = null;
  for (const item of select.items) {
    if (item.kind === 'star') {
      const expanded = expandStar(walk, scope, item);
      columns.push(...expanded.columns);
      open ??= expanded.open;
    } else {
      const origin = originOf(walk, scope, item.expression);
      columns.push({ name: itemName(item), origin });
      if (item.alias !== null) scope.aliases.set(item.alias.name, origin);
    }
  }
  const result = { columns, open };
  if (select.distinct) for (const { origin } of columns) noteUse(walk, origin, 'group', select);
  noteUses(walk, scope, select.top === null ? [] : [select.top], 'compare');
  if (select.where !== null) noteCondition(walk, scope, select.where);
  if (select.groupBy !== null) noteGroups(walk, scope, result, select.groupBy, select.items);
  if (select.having !== null) noteCondition(walk, scope, select.having);
  if (select.qualify !== null) noteCondition(walk, scope, select.qualify);
  return { result, scope };
}

/** The alias, the column's own name, or the text as it would be shown. */
export function itemName({ expression, alias }: SelectItem): string {
  if (alias !== null) return alias.name;
  if (expression.kind === 'column') return expression.parts.at(-1)!.name;
  return '';
}

/** ORDER BY sees the result's columns first, by name or place, then those of FROM. */
export function noteOrder(walk: Walk, scope: Scope, result: Relation, orderBy: OrderBy): void {
  if (orderBy.all) for (const { origin } of result.columns) noteUse(walk, origin, 'order', orderBy);
  for (const { expression } of orderBy.items) noteByName(walk, scope, result, expression, 'order');
}

function noteGroups(
  walk: Walk,
  scope: Scope,
  result: Relation,
  groupBy: GroupBy,
  items: readonly (SelectItem | Star)[],
): void {
  if (groupBy.all) {
    // By every column that is no aggregate; those that are have no value to group by.
    for (const { origin } of result.columns) {
      const sources = origin.sources.filter(({ how }) => how === 'direct' || how === 'expression');
      noteUse(walk, { ...origin, sources }, 'group', groupBy);
    }
  }
  const note = (item: Expression | Grouping): void => {
    if (item.kind === 'grouping') item.sets.forEach(note);
    else if (item.kind === 'row') item.items.forEach(note);
    else noteByName(walk, scope, result, item, 'group');
  };
  if (items.length > 0) groupBy.items.forEach(note);
}

/** An expression, or a column of the result by its place or name. */
function noteByName(
  walk: Walk,
  scope: Scope,
  result: Relation,
  expression: Expression,
  as: 'order' | 'group',
): void {
  if (expression.kind === 'number' && /^\d+$/.test(expression.text)) {
    const column = result.columns[Number(expression.text) - 1];
    if (column !== undefined) return noteUse(walk, column.origin, as, expression);
    if (result.open !== null) return noteOpaque(walk, result.open);
  }
  if (expression.kind === 'column' && expression.parts.length === 1) {
    const { name } = expression.parts[0]!;
    const named = result.columns.filter((column) => column.name === name);
    for (const { origin } of named) noteUse(walk, origin, as, expression);
    // GROUP BY means the table's column first, ORDER BY the result's.
    if (named.length > 0 && as === 'order') return;
  }
  noteUse(walk, originOf(walk, scope, expression), as, expression);
}
