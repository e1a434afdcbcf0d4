import type { AnyBoundNode, BoundColumnReference, BoundSelect } from '../bound/index.ts';
import { quotedIdentifier } from '../sql-text.ts';
import type { ColumnReference, Select } from '../tree/query.ts';
import { carriedNames } from './carried.ts';
import type { Edit } from './edits.ts';
import { NotWrappable } from './not-wrappable.ts';
import type { Named } from './named.ts';
import type { Clause, Repeats } from './repeats.ts';

export interface NameEdits {
  readonly edits: readonly Edit[];
  /** Names whose value is taken from any row of its group. */
  readonly carried: ReadonlySet<BoundColumnReference>;
}

/**
 * Gives each name the meaning that it is to have.
 *
 * @param statement - the copy in which names are told apart
 * @throws NotWrappable if there is no place for a name
 */
export function nameEdits(
  source: string,
  statement: AnyBoundNode,
  all: readonly Named[],
  repeats: Repeats,
): NameEdits {
  const byNode = new Map<AnyBoundNode, Named>(all.map((named) => [named.node, named]));
  const carried = carriedNames(statement, byNode);
  const textOf = (text: ColumnReference | null, { node, called }: Named) => {
    const name = `${qualifierOf(source, text)}${quotedIdentifier(called)}`;
    return carried.has(node) ? `ANY_VALUE(${name})` : name;
  };
  const outputOf = ({ repeat }: Named) => (repeat === null ? undefined : byNode.get(repeat.of));
  const edits: Edit[] = [];
  const clauses = new Map<BoundSelect, Clause>();
  for (const named of all) {
    const { node, repeat, text, called, own, column } = named;
    const isOther = called !== (repeat === null ? own : outputOf(named)?.called);
    if (!isOther && !carried.has(node)) continue;
    if (repeat === null) {
      if (text === null) throw new NotWrappable(`the column ${column.name} has no name here`, node.at);
      edits.push({ start: text.start, end: text.end, text: textOf(text, named) });
    } else if (repeat.clause !== null) clauses.set(repeat.clause.select, repeat.clause);
    else edits.push({ ...node.at, text: textOf(outputOf(named)?.text ?? null, named) });
  }
  for (const { select, node } of clauses.values()) {
    const keys = (select.groupBy ?? []).map((key) => {
      const named = byNode.get(key);
      const output = named === undefined ? undefined : outputOf(named);
      if (named !== undefined && named.called !== output?.called) return textOf(output?.text ?? null, named);
      const repeated =
        key.kind === 'output' ? key.output : key.kind === 'column' ? repeats.of(key)?.output : null;
      return String(select.outputs.findIndex((one) => one === repeated) + 1);
    });
    edits.push(...clauseEdits(source, node, keys.join(', ')));
  }
  return { edits: [...new Map(edits.map((edit) => [JSON.stringify(edit), edit])).values()], carried };
}

export function qualifierOf(source: string, text: ColumnReference | null): string {
  const last = text?.parts.at(-1);
  if (text === null || last === undefined) return '';
  // Its alias has no schema.
  const qualifier = text.parts.at(-2);
  return qualifier === undefined ? '' : source.slice(qualifier.start, last.start);
}

/** Keys in the place of GROUP BY ALL, or of a DISTINCT. */
function clauseEdits(source: string, node: Select, keys: string): readonly Edit[] {
  if (node.groupBy !== null)
    return [{ start: node.groupBy.start, end: node.groupBy.end, text: `GROUP BY ${keys}` }];
  const distinct = /^SELECT\s+(DISTINCT\s+)/i.exec(source.slice(node.start, node.end));
  if (distinct === null) throw new NotWrappable('a DISTINCT behind a comment', node);
  const start = node.start + distinct[0].length - distinct[1]!.length;
  return [
    { start, end: start + distinct[1]!.length, text: '' },
    { start: node.end, end: node.end, text: ` GROUP BY ${keys}` },
  ];
}
