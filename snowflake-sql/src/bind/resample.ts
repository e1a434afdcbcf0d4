import type { BoundFrom, BoundMatchRecognize, BoundSample } from '../bound/index.ts';
import type { Resample } from '../tree/query.ts';
import { type Binder, leave, nextRelation, placeOf } from './binder.ts';
import { bindExpression } from './expressions.ts';
import { Unresolvable } from '../problem.ts';
import { boundColumns, columnAt, type Scope } from './scope.ts';
import { textOf } from './selects.ts';

/**
 * RESAMPLE: the input's rows and those that fill the gaps between them. As MATCH_RECOGNIZE, it makes rows of
 * rows in an order, and so it is bound as that: what it measures is made of the column it goes by.
 */
export function bindResample(
  binder: Binder,
  scope: Scope,
  input: BoundFrom,
  node: Resample,
  sample: BoundSample | null,
): BoundMatchRecognize {
  const [only, ...others] = scope.relations;
  if (only === undefined || others.length > 0)
    throw new Unresolvable(
      'unsupported',
      'RESAMPLE cannot be applied to a join; put the join into a subquery',
      node,
    );
  const { relation, names } = only;
  const at = placeOf(binder, node);
  const using = () => bindExpression(binder, scope, node.using);
  const measures = node.metadata.map((item) => {
    leave(binder, item);
    const name = item.alias?.name ?? textOf(binder, item);
    const expression = { kind: 'wrapped', how: 'final', word: null, operand: using(), at } as const;
    return { name, named: item.alias !== null, expression, at };
  });
  return {
    kind: 'match_recognize',
    at,
    sample,
    id: nextRelation(binder),
    columns: [...boundColumns(names), ...measures],
    open: relation.open,
    input,
    partitionBy: node.partitionBy.map((part) => bindExpression(binder, scope, part)),
    orderBy: [{ expression: using(), descending: false, nulls: null }],
    define: [bindExpression(binder, scope, node.increment)],
    kept: names.map((name, index) => columnAt(binder, relation.id, index, name, node)),
    measures,
  };
}
