import { keyOfObject, quotedIdentifier } from '@sluice/snowflake-sql';
import type { Analyzer } from '@sluice/snowflake-sql/analysis';
import type { TaggedColumn } from '../policy/index.ts';
import type { OwnMask } from './own-masks.ts';
import type { LoadedParts } from './question.ts';

/**
 * Tags and masks that the warehouse has on a view's own columns, as those of what these are made of: a statement that reads the
 * view is understood as one that reads what is behind it.
 */
export function toldThroughViews<Told extends TaggedColumn | OwnMask>(
  analyzer: Pick<Analyzer, 'analyze'>,
  { catalog, context }: Pick<LoadedParts, 'catalog' | 'context'>,
  told: readonly Told[],
): readonly Told[] {
  const byObject = Map.groupBy(told, ({ column }) => keyOfObject(column.object));
  return [...byObject.values()].flatMap((tagged) => {
    const { object } = tagged[0]!.column;
    if (catalog.find(object)?.type !== 'view') return [];
    const name = [object.database, object.schema, object.name].map(quotedIdentifier).join('.');
    const understanding = analyzer.analyze(`SELECT * FROM ${name}`, catalog, context)[0]?.understanding;
    if (understanding?.understood !== true) return [];
    return understanding.outputs.flatMap((output) => {
      const own = tagged.filter(({ column }) => column.column === output.name);
      const sources = output.sources.filter(({ how }) => how !== 'counted');
      return sources.flatMap(({ column }) => own.map((one) => ({ ...one, column })));
    });
  });
}
