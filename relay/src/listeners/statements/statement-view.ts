import type { OutcomeColumn } from '../../gate.ts';
import { type Query, readRows } from '../../queries/index.ts';
import type { Cell } from '../../warehouse/index.ts';

/** What a client is told of its statement: how far it is, and rows once there are any. */
export async function viewOf(query: Query, page: { readonly from: number; readonly limit: number }) {
  const { queryId, status } = query;
  const base = { version: 1, id: queryId, phase: status.phase };
  switch (status.phase) {
    case 'submitted':
    case 'running':
      return base;
    case 'held':
      return {
        ...base,
        approval: {
          id: status.approval.approvalId,
          expiresAt: new Date(status.approval.expiresAt).toISOString(),
        },
      };
    case 'failed': {
      const { code, message, advice, rule } = status.error;
      return { ...base, error: { code, message, advice, ...(rule === undefined ? {} : { rule }) } };
    }
    case 'succeeded': {
      const { columns, computedOn, rowCount, changed } = status.result;
      const rows = await pageOf(readRows(status.result), page);
      return {
        ...base,
        columns: columns.map(columnView),
        ...(computedOn === undefined ? {} : { computedOn }),
        rowCount,
        ...(changed === undefined ? {} : { changed }),
        /** Cells as text, as the driver protocol has them; null for NULL. */
        rows,
        next: page.from + rows.length < rowCount ? page.from + rows.length : null,
      };
    }
    default:
      return status satisfies never;
  }
}

function columnView({ name, type, precision, scale, masked, computedOn }: OutcomeColumn) {
  return {
    name,
    type,
    precision,
    scale,
    ...(masked === undefined ? {} : { masked }),
    ...(computedOn === undefined ? {} : { computedOn }),
  };
}

async function pageOf(
  batches: AsyncIterable<{ readonly rows: readonly (readonly Cell[])[] }>,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<readonly (readonly Cell[])[]> {
  const page: (readonly Cell[])[] = [];
  let at = 0;
  for await (const { rows } of batches) {
    page.push(...rows.slice(Math.max(0, from - at), Math.max(0, from + limit - at)));
    at += rows.length;
    if (at >= from + limit) break;
  }
  return page;
}
