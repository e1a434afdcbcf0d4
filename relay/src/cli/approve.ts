import type { AccessView, HeldView } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import { type ApprovalsClient, decideOn } from './decide.ts';
import { type Paint, unpainted } from './paint.ts';
import { wholeRequestId } from './request-id.ts';
import { jsonLine } from './terminal-text.ts';
import { folded, revealed, shown, type ShownText } from '../text/index.ts';

export interface ApproveOptions {
  readonly id: string;
  readonly comment: string;
  /**
   * The most rows that the statement, and each statement under the grant, may affect; null: as many as are displayed.
   */
  readonly rows: number | null;
  readonly grantMinutes: number | null;
  /** The most rows that all statements under the grant may affect together. */
  readonly grantRows: number | null;
  /** Prints only the request, in its state after the decision. */
  readonly json: boolean;
}

/**
 * `sluice approve ID [--comment TEXT] [--rows N] [--grant MINUTES [--grant-rows N]]`. For a request for access, the
 * three options give less than was asked for.
 */
export async function approveCommand(
  relay: ApprovalsClient,
  { id, comment, rows, grantMinutes, grantRows, json }: ApproveOptions,
  print: (text: string) => void,
  paint: Paint = unpainted,
): Promise<void> {
  const view = await relay.approvals.read({ params: { id: await wholeRequestId(relay, id) } });
  const asked = { rows, minutes: grantMinutes, grantRows };
  const given = view.kind === 'access' ? givenAhead(view, asked) : givenWith(view, asked);
  if (!json) for (const text of given.lines) print(text);
  const { mostRows, minutes } = given;
  const summary = await decideOn(relay, view, {
    verdict: 'approve',
    comment,
    proposal: null,
    mostRows,
    grantSeconds: minutes === null ? null : minutes * 60,
    grantRows: given.grantRows,
  });
  if (json) return print(jsonLine(summary));
  const { phase, approvedBy, needed } = summary;
  const done = phase === 'granted' ? 'approved: the access is given' : 'approved: it may run now, once';
  print(paint('good', phase === 'asked' ? `approved; ${approvedBy.length} of ${needed} so far` : done));
  for (const text of folded(shown`  ${revealed(view.plain.does)}`)) print(text);
}

interface Asked {
  readonly rows: number | null;
  readonly minutes: number | null;
  readonly grantRows: number | null;
}

interface Given {
  readonly mostRows: number | null;
  readonly minutes: number | null;
  readonly grantRows: number | null;
  /** Printed before the approval is given. */
  readonly lines: readonly (ShownText | string)[];
}

function givenWith(view: HeldView, { rows, minutes, grantRows }: Asked): Given {
  if (minutes === null) return { mostRows: rows, minutes, grantRows: null, lines: [] };
  const { each, inAll } = rowsOf(view, rows, grantRows);
  const words = `Given: at most ${each} rows each and ${inAll} in all, for ${minutes} minutes`;
  return { mostRows: each, minutes, grantRows: inAll, lines: [...grantText(view), words] };
}

/** What a request for access is given: what it asks for, or less. */
function givenAhead(view: AccessView, { rows, minutes, grantRows }: Asked): Given {
  const less = [
    ...(rows === null ? [] : [`at most ${rows} rows each`]),
    ...(grantRows === null ? [] : [`at most ${grantRows} rows in all`]),
    ...(minutes === null ? [] : [`for ${minutes} minutes`]),
  ];
  const words = less.length === 0 ? 'as it was asked for' : `less than was asked for: ${less.join(', ')}`;
  return { mostRows: rows, minutes, grantRows, lines: [...accessText(view), `Given: ${words}`] };
}

/** Every number of the grant is printed before it is given, so none is left to the relay's defaults. */
function rowsOf({ grant }: HeldView, rows: number | null, grantRows: number | null) {
  const each = rows ?? grant?.rows ?? null;
  const inAll = grantRows ?? (rows === null ? (grant?.rowsInAll ?? null) : null);
  if (each !== null && inAll !== null) return { each, inAll };
  throw new SluiceError(
    'request_malformed',
    'a grant needs a number of rows for each statement and for all of them',
    {
      advice: each === null ? 'give both `--rows` and `--grant-rows`' : 'give `--grant-rows`, too',
    },
  );
}

/** What a grant would cover, one item per line. */
export function grantText({ grant }: Pick<HeldView, 'grant'>): readonly ShownText[] {
  if (grant === null) return [shown`Grant: none can be given for statements like this one`];
  return [
    shown`A grant would cover:`,
    ...grant.covers.flatMap((text) => folded(shown`  - ${revealed(text)}`)),
    shown`  - The policy lets nobody grant more than ${grant.rowsUpTo} rows.`,
  ];
}

/** What the requested access would cover, one item per line. */
export function accessText({ access }: Pick<AccessView, 'access'>): readonly ShownText[] {
  return [
    shown`Approving it would give:`,
    ...access.covers.flatMap((text) => folded(shown`  - ${revealed(text)}`)),
  ];
}
