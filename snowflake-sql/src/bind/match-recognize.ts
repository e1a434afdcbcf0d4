import type { BoundFrom, BoundMatchRecognize, BoundSample } from '../bound/index.ts';
import type { MatchRecognize } from '../tree/query.ts';
import { type Binder, nextRelation, placeOf, visit } from './binder.ts';
import { bindExpression, bindOrder } from './expressions.ts';
import { Unresolvable } from '../problem.ts';
import { addRelation, boundColumns, columnAt, newScope, type Scope } from './scope.ts';
import { bindItem } from './selects.ts';

/** The measures, after the columns of the partition or all columns of the row. */
export function bindMatchRecognize(
  binder: Binder,
  scope: Scope,
  input: BoundFrom,
  node: MatchRecognize,
  sample: BoundSample | null,
): BoundMatchRecognize {
  const [only, ...others] = scope.relations;
  if (only === undefined || others.length > 0)
    throw new Unresolvable(
      'unsupported',
      'MATCH_RECOGNIZE cannot be applied to a join; put the join into a subquery',
      node,
    );
  const { relation, names } = only;
  // A pattern's symbols qualify columns (`a.x` is x of the rows that matched a); bare names are columns of the row.
  const symbols = [
    ...node.pattern,
    ...node.define.map(({ symbol }) => symbol),
    ...node.subsets.map(({ name }) => name),
  ];
  const look = newScope(scope, scope.ctes);
  for (const { name } of symbols) if (!look.byQualifier.has(name)) nameSymbol(look, only, name);
  const partitionBy = node.partitionBy.map((expression) => bindExpression(binder, scope, expression));
  const measures = node.measures.map((item) => {
    visit(binder, item);
    return bindItem(binder, look, item);
  });
  const define = node.define.map(({ condition, ...definition }) => {
    visit(binder, definition);
    return bindExpression(binder, look, condition);
  });
  const kept = node.allRows
    ? names.map((name, index) => ({ name, expression: columnAt(binder, relation.id, index, name, node) }))
    : node.partitionBy.map((part) => ({
        name: part.kind === 'column' ? part.parts.at(-1)!.name : '',
        expression: bindExpression(binder, scope, part),
      }));
  return {
    kind: 'match_recognize',
    at: placeOf(binder, node),
    sample,
    id: nextRelation(binder),
    columns: [...boundColumns(kept.map(({ name }) => name)), ...measures],
    open: relation.open,
    input,
    partitionBy,
    orderBy: bindOrder(binder, scope, node.orderBy),
    define,
    kept: kept.map(({ expression }) => expression),
    measures,
  };
}

/** A symbol is only for qualified names: bare ones find the same relation in its own scope. */
function nameSymbol(look: Scope, { relation, names }: Scope['relations'][number], symbol: string): void {
  addRelation(look, relation, [symbol], names);
  look.byColumn.clear();
}
