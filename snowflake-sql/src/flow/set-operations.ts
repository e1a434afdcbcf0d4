import type { BoundSetOperation } from '../bound/index.ts';
import type { SourceRange } from '../source-range.ts';
import { eachFailing, together } from './failing.ts';
import { commonKind } from './kinds.ts';
import { NOTHING, opaque, union } from './origin.ts';
import { bodyFlow } from './queries.ts';
import { joined } from './rope.ts';
import { type ColumnOrigin, type Flow, relation, type RelationFlow } from './state.ts';
import { type Tells, unknown, used } from './tells.ts';

const NULLS: ColumnOrigin = { value: NOTHING, kind: 'null' };

/** Columns correspond by position. All but UNION ALL compare values, which the number of rows reveals. */
export function setOperationFlow(flow: Flow, operation: BoundSetOperation): RelationFlow {
  const { operators, operands, columns, places, at } = operation;
  const anchored = flow.anchors.has(operation);
  const results: RelationFlow[] = [];
  for (const operand of operands) {
    results.push(bodyFlow(flow, operand));
    if (results.length === 1) flow.anchors.get(operation)?.(results[0]!);
  }
  const open = results.find((result) => result.open !== null)?.open ?? null;
  const each = columns.map((_, column) => {
    const parts = results.map((result, operand) => placed(result, places[column]?.[operand] ?? column));
    const value = union(
      flow.budget,
      parts.map((part) => part.value),
    );
    const made = together(flow, parts, at);
    return { value, ...made, tells: joined([made.tells, anchored ? toAnchor(flow, parts, at) : null]) };
  });
  const comparing = operators.find(({ operator, all }) => operator !== 'UNION' || !all);
  const compares = comparing !== undefined;
  const rows = joined([
    ...results.map((result) => result.rows),
    ...each.map(({ tells }) => tells),
    ...(compares ? each.map(({ value }) => used(flow, value, 'compare', at, comparing.operator)) : []),
    compares && open !== null ? unknown(flow, opaque(open.reason, at)) : null,
  ]);
  return relation(flow, each, rows, open);
}

/**
 * The types of a recursive query are those of its first part alone: what the others give is converted to them, and fails if it
 * has more digits, is longer, or no number where the first part has NULL.
 */
function toAnchor(flow: Flow, [anchor, ...parts]: readonly ColumnOrigin[], at: SourceRange): Tells {
  const fail = parts.filter((part) => commonKind([anchor!.kind, part.kind]) !== anchor!.kind);
  return eachFailing(flow, fail, at);
}

function placed({ columns, open }: RelationFlow, place: number): ColumnOrigin {
  const column = columns[place];
  if (column !== undefined) return column;
  if (place === -1 && open === null) return NULLS;
  if (open === null) throw new Error(`an operand of a set operation without a column ${place}`);
  return { value: { ...NOTHING, unresolved: open }, kind: 'unknown' };
}
