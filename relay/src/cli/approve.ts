import type { ApprovalView } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import { type ApprovalsClient, decideOn } from './decide.ts';
import { type Paint, unpainted } from './paint.ts';
import { wholeRequestId } from './request-id.ts';
import { jsonLine } from './terminal-text.ts';
import { folded, revealed, shown, type ShownText } from '../text/index.ts';

export interface ApproveOptions {
  readonly id: string;
  readonly comment: string;
  /** Rows that it, and each statement under the grant, may hit at most; null: as many as are shown. */
  readonly rows: number | null;
  readonly grantMinutes: number | null;
  /** Rows that all statements under the grant may hit at most. */
  readonly grantRows: number | null;
  /** Prints the request as it is now, and nothing else. */
  readonly json: boolean;
}

/** `sluice approve ID [--comment TEXT] [--rows N] [--grant MINUTES [--grant-rows N]]`. */
export async function approveCommand(
  relay: ApprovalsClient,
  { id, comment, rows, grantMinutes, grantRows, json }: ApproveOptions,
  print: (text: string) => void,
  paint: Paint = unpainted,
): Promise<void> {
  const view = await relay.approvals.read({ params: { id: await wholeRequestId(relay, id) } });
  const grant = grantMinutes === null ? null : { minutes: grantMinutes, ...rowsOf(view, rows, grantRows) };
  if (grant !== null && !json) {
    for (const text of grantText(view)) print(text);
    print(`Given: at most ${grant.each} rows each and ${grant.inAll} in all, for ${grant.minutes} minutes`);
  }
  const summary = await decideOn(relay, view, {
    verdict: 'approve',
    comment,
    proposal: null,
    mostRows: grant?.each ?? rows,
    grantSeconds: grant === null ? null : grant.minutes * 60,
    grantRows: grant?.inAll ?? null,
  });
  if (json) return print(jsonLine(summary));
  const { phase, approvedBy, needed } = summary;
  print(
    paint(
      'good',
      phase === 'asked'
        ? `approved; ${approvedBy.length} of ${needed} so far`
        : 'approved: it may run now, once',
    ),
  );
  for (const text of folded(shown`  ${revealed(view.plain.does)}`)) print(text);
}

/** What is printed is what is given: no number of a grant is left for the relay to find. */
function rowsOf({ grant }: ApprovalView, rows: number | null, grantRows: number | null) {
  const each = rows ?? grant?.rows ?? null;
  const inAll = grantRows ?? (rows === null ? (grant?.rowsInAll ?? null) : null);
  if (each !== null && inAll !== null) return { each, inAll };
  throw new SluiceError(
    'request_malformed',
    'a grant needs a number of rows for each statement and for all of them',
    {
      advice: each === null ? 'say both, with `--rows` and `--grant-rows`' : 'say `--grant-rows`, too',
    },
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
