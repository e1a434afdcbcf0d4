import type { RowCounts } from '../../warehouse/index.ts';
import type { StatementView } from '@sluice/contract';
import type { SluiceError } from '../../errors.ts';
import type { OutcomeColumn } from '../../gate.ts';
import { type Query, readRows } from '../../queries/index.ts';
import { readableValue } from './readable-value.ts';

/** What a client is told of its statement: how far it is, and rows once there are any. */
export async function viewOf(
  query: Query,
  page: { readonly from: number; readonly limit: number },
): Promise<StatementView> {
  const { queryId, status } = query;
  const base = { version: 1, id: queryId } as const;
  switch (status.phase) {
    case 'submitted':
    case 'running':
      return { ...base, phase: status.phase };
    case 'held':
      return {
        ...base,
        phase: status.phase,
        approval: {
          id: status.approval.approvalId,
          expiresAt: new Date(status.approval.expiresAt).toISOString(),
          approvers: [...status.approval.approvers],
          needed: status.approval.needed,
        },
      };
    case 'failed': {
      // No outcome: whoever asks again may reach the relay that has it.
      if (status.error.code === 'statement_elsewhere') throw status.error;
      return { ...base, phase: status.phase, error: errorView(status.error) };
    }
    case 'succeeded': {
      const { columns, computedOn, rowCount, changed } = status.result;
      const rows = await readRows(status.result, page);
      return {
        ...base,
        phase: status.phase,
        columns: columns.map(columnView),
        ...(computedOn === undefined ? {} : { computedOn }),
        rowCount,
        ...(changed === undefined ? {} : { changed: changedView(changed) }),
        rows: rows.map((row) => row.map((cell, column) => readableValue(columns[column]!, cell))),
        next: page.from + rows.length < rowCount ? page.from + rows.length : null,
      };
    }
    default:
      return status satisfies never;
  }
}

/** Why a statement was refused, or failed. */
export function errorView({ code, message, advice, rule, place }: SluiceError): FailedView['error'] {
  const where = { ...(rule === undefined ? {} : { rule }), ...(place === undefined ? {} : { place }) };
  return { code, message, advice, ...where };
}

type FailedView = Extract<StatementView, { phase: 'failed' }>;
type SucceededView = Extract<StatementView, { phase: 'succeeded' }>;

function columnView({
  name,
  type,
  precision,
  scale,
  masked,
  computedOn,
}: OutcomeColumn): SucceededView['columns'][number] {
  return {
    name,
    type,
    precision,
    scale,
    ...(masked === undefined ? {} : { masked }),
    ...(computedOn === undefined ? {} : { computedOn }),
  };
}

/** The other counts are for drivers, in Snowflake's own columns. */
function changedView({ inserted, updated, deleted }: RowCounts) {
  return { inserted, updated, deleted };
}
