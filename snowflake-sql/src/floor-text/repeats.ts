import {
  type AnyBoundNode,
  type BoundColumnReference,
  type BoundGrouping,
  type BoundOutput,
  type BoundQuery,
  type BoundSelect,
  walkBound,
} from '../bound/index.ts';
import { functionNamed } from '../functions/index.ts';
import type { SourceRange } from '../source-range.ts';
import type { Statement } from '../tree/statements.ts';
import type { Select } from '../tree/query.ts';
import { walk } from '../tree/walk.ts';
import { OWN_TEXT } from './references.ts';

/** A key that repeats an output, where the text has no name for it: a position, an alias, GROUP BY ALL, DISTINCT. */
export interface Repeat {
  readonly output: BoundOutput;
  /** The output's own name. */
  readonly of: BoundColumnReference;
  /** The clause that it is a key of as a whole; null if it has a place of its own in the text. */
  readonly clause: Clause | null;
}

/** GROUP BY ALL, or the DISTINCT of a SELECT, which comes to the same. */
export interface Clause {
  readonly select: BoundSelect;
  readonly node: Select;
}

export interface Repeats {
  readonly of: (node: BoundColumnReference) => Repeat | undefined;
  /** In a copy of the statement, before its column references are numbered: makes such keys references of their own. */
  readonly note: (node: AnyBoundNode) => void;
}

export function keysToldApart(tree: Statement): Repeats {
  const selects = new Map(
    [...walk(tree)].filter((node) => node.kind === 'select').map((node) => [keyOf(node), node]),
  );
  const repeats = new Map<BoundColumnReference, Repeat>();
  const repeated = (output: BoundOutput, at: SourceRange, clause: Clause | null) => {
    const { expression } = output;
    if (expression.kind !== 'column') return null;
    const node: BoundColumnReference = { ...expression, at };
    repeats.set(node, { output, of: expression, clause });
    return node;
  };
  const noteSelect = (select: BoundSelect) => {
    const node = selects.get(keyOf(select.at));
    if (node === undefined) return;
    if (isPlainDistinct(select)) {
      const keys = select.outputs.map(
        (output): BoundGrouping =>
          repeated(output, select.at, { select, node }) ?? { kind: 'output', output, at: output.at },
      );
      Object.assign(select, { distinct: false, groupBy: keys });
      return;
    }
    const clause = node.groupBy?.all === true ? { select, node } : null;
    const keys = select.groupBy?.map((key) =>
      key.kind === 'output' ? (repeated(key.output, key.at, clause) ?? key) : key,
    );
    if (keys !== undefined) Object.assign(select, { groupBy: keys });
  };
  const noteOrder = ({ body, orderBy }: BoundQuery) => {
    if (body.kind !== 'select' || (body.distinct && !isPlainDistinct(body))) return;
    for (const order of orderBy) {
      const { expression } = order;
      const output = expression.kind === 'result' ? body.outputs[expression.index] : undefined;
      const own = output === undefined ? null : repeated(output, expression.at, null);
      if (own !== null) Object.assign(order, { expression: own });
    }
  };
  return {
    of: (node) => repeats.get(node),
    note(node) {
      if (node.kind === 'select') noteSelect(node);
      else if (node.kind === 'query') noteOrder(node);
    },
  };
}

function keyOf({ start, end }: SourceRange): string {
  return `${start}:${end}`;
}

/** A DISTINCT that could as well be a GROUP BY of all its outputs. */
function isPlainDistinct(select: BoundSelect): boolean {
  return (
    select.distinct &&
    select.groupBy === null &&
    select.having === null &&
    select.qualify === null &&
    select.connectBy === null &&
    select.open === null &&
    !select.into &&
    select.outputs.every(({ expression }) =>
      [...walkBound(expression, OWN_TEXT)].every((node) => node.kind !== 'query' && !isOverRows(node)),
    )
  );
}

function isOverRows(node: AnyBoundNode): boolean {
  return node.kind === 'call' && (node.over !== null || isAggregate(node));
}

/** Whether it is an aggregate of the rows of its SELECT. A function that is not known may be one. */
export function isAggregate(node: AnyBoundNode): boolean {
  if (node.kind !== 'call' || node.over !== null) return false;
  if (!node.builtIn) return true;
  const kind = functionNamed(node.name.name)?.kind;
  return kind === undefined || kind === 'aggregate' || kind === 'count';
}
