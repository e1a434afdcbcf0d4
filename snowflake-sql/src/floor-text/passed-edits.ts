import type { RelationId } from '../bound/index.ts';
import { quotedIdentifier } from '../sql-text.ts';
import type { Statement } from '../tree/statements.ts';
import { walk } from '../tree/walk.ts';
import type { Edit } from './edits.ts';
import { qualifierOf } from './name-edits.ts';
import type { Named } from './named.ts';
import { NotWrappable } from './not-wrappable.ts';

export interface Passed {
  /** At the ends of select lists: to be made after whatever else is changed there. */
  readonly edits: readonly Edit[];
  /** The columns that a relation has more, by its id. */
  readonly added: ReadonlyMap<RelationId, readonly string[]>;
}

/**
 * Lets queries in FROM and of WITH pass on columns that stand beside others, where names outside of them mean those.
 *
 * @throws NotWrappable where a join would compare them
 */
export function passedOn(source: string, tree: Statement, all: readonly Named[]): Passed {
  const selects = new Map<string, Map<string, string>>();
  const added = new Map<RelationId, Set<string>>();
  for (const { through, called, own } of all) {
    if (called === own) continue;
    for (const { passing, output } of through) {
      const text = columnAt(tree, output.expression.at);
      const key = `${passing.select.at.start}:${passing.select.at.end}`;
      const items = selects.get(key) ?? new Map<string, string>();
      selects.set(key, items.set(called, `${qualifierOf(source, text)}${quotedIdentifier(called)}`));
      for (const id of passing.relations) added.set(id, (added.get(id) ?? new Set()).add(called));
    }
  }
  if (selects.size === 0) return { edits: [], added: new Map() };
  const edits: Edit[] = [];
  for (const node of walk(tree)) {
    if (node.kind === 'join' && node.natural)
      throw new NotWrappable('a NATURAL JOIN beside a column that is both returned and used', node);
    const items = node.kind === 'select' ? selects.get(`${node.start}:${node.end}`) : undefined;
    const last = node.kind === 'select' ? node.items.at(-1) : undefined;
    if (items === undefined || last === undefined) continue;
    edits.push({
      start: last.end,
      end: last.end,
      text: [...items.values()].map((item) => `, ${item}`).join(''),
    });
  }
  return { edits, added: new Map([...added].map(([id, names]) => [id, [...names]])) };
}

function columnAt(tree: Statement, { start, end }: { readonly start: number; readonly end: number }) {
  for (const node of walk(tree))
    if (node.kind === 'column' && node.start === start && node.end === end) return node;
  return null;
}
