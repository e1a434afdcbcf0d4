import type { ApprovalView } from '@sluice/contract';
import { decideOn } from './decide.ts';
import type { RelayClient } from './relay-client.ts';
import { folded, revealed, shown, type ShownText } from '../text/index.ts';

export interface ApproveOptions {
  readonly id: string;
  readonly comment: string;
  /** Rows that it, and each statement under the grant, may hit at most; null: as many as are shown. */
  readonly rows: number | null;
  readonly grantMinutes: number | null;
  /** Rows that all statements under the grant may hit at most. */
  readonly grantRows: number | null;
}

/** `sluice approve ID [--comment TEXT] [--rows N] [--grant MINUTES [--grant-rows N]]`. */
export async function approveCommand(
  relay: RelayClient,
  { id, comment, rows, grantMinutes, grantRows }: ApproveOptions,
  print: (text: string) => void,
): Promise<void> {
  const view = await relay.approval(id);
  if (grantMinutes !== null) for (const text of grantText(view)) print(text);
  // What was printed is what is given: no number is left for the relay to find.
  const { grant } = view;
  const { phase, approvedBy, needed } = await decideOn(relay, view, {
    verdict: 'approve',
    comment,
    proposal: null,
    mostRows: rows ?? (grantMinutes === null ? null : (grant?.rows ?? null)),
    grantSeconds: grantMinutes === null ? null : grantMinutes * 60,
    grantRows:
      grantMinutes === null ? null : (grantRows ?? (rows === null ? (grant?.rowsInAll ?? null) : null)),
  });
  print(
    phase === 'asked' ? `approved; ${approvedBy.length} of ${needed} so far` : 'approved: it may run now',
  );
}

/** What a grant would cover, a line each. */
export function grantText({ grant }: Pick<ApprovalView, 'grant'>): readonly ShownText[] {
  if (grant === null) return [shown`Grant: none can be given for statements like this one`];
  return [
    shown`A grant would cover:`,
    ...grant.covers.flatMap((text) => folded(shown`  - ${revealed(text)}`)),
    shown`  - The policy lets nobody grant more than ${grant.rowsUpTo} rows.`,
  ];
}
