import { type AnyBoundNode, type BoundOutput, walkBound } from '../bound/index.ts';
import { quotedIdentifier } from '../sql-text.ts';
import type { Star } from '../tree/query.ts';
import type { Statement } from '../tree/statements.ts';
import { walk } from '../tree/walk.ts';
import type { Edit } from './edits.ts';
import { NotWrappable } from './not-wrappable.ts';
import { OWN_TEXT } from './references.ts';

/**
 * A star does not stand for the columns beside others, which the client does not know of.
 *
 * @param besideOf - the names of columns beside others in a relation, by its id
 * @throws NotWrappable for a star that cannot leave them out
 */
export function starEdits(
  tree: Statement,
  statement: AnyBoundNode,
  besideOf: ReadonlyMap<number, readonly string[]>,
): readonly Edit[] {
  if (besideOf.size === 0) return [];
  const stars = new Map(
    [...walk(tree)].filter((node) => node.kind === 'star').map((node) => [node.start, node]),
  );
  const left = new Map<Star, Set<string>>();
  const nodes = [...walkBound(statement, OWN_TEXT)];
  const rows = new Set<AnyBoundNode>(nodes.flatMap(countedRows));
  for (const node of nodes) {
    if ((node.kind !== 'select' && node.kind !== 'columns') || rows.has(node)) continue;
    for (const output of node.kind === 'select' ? node.outputs : node.columns) {
      const star = stars.get(output.at.start);
      if (star === undefined) continue;
      const names = relationsIn(output).flatMap((id) => besideOf.get(id) ?? []);
      if (names.length === 0) continue;
      if (node.kind === 'columns' || hasModifiers(star))
        throw new NotWrappable('a `*` of a column that is both returned and used', star);
      left.set(star, new Set([...(left.get(star) ?? []), ...names]));
    }
  }
  return [...left].map(([{ end }, names]) => ({
    start: end,
    end,
    text: ` EXCLUDE (${[...names].map(quotedIdentifier).join(', ')})`,
  }));
}

/** Of the star in `COUNT(*)` only the rows count. */
function countedRows(node: AnyBoundNode): readonly AnyBoundNode[] {
  if (node.kind !== 'call' || !node.builtIn || node.name.name !== 'COUNT') return [];
  return node.arguments.filter((one) => one.kind === 'columns' && !one.qualified);
}

function relationsIn({ expression }: BoundOutput): readonly number[] {
  return [...walkBound(expression, OWN_TEXT)].flatMap((node) =>
    node.kind === 'column' ? [node.relation] : [],
  );
}

function hasModifiers({ ilike, exclude, replace, rename }: Star): boolean {
  return ilike !== null || exclude.length > 0 || replace.length > 0 || rename.length > 0;
}
