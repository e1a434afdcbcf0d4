import type { ApprovalView } from '@sluice/contract';
import { type Identity, sameAccount } from '../identity/index.ts';
import { revealed, shown, type ShownText } from '../text/index.ts';
import type { Bind } from '../warehouse/index.ts';
import { boundRequestOfKept, type HeldApproval } from './approval.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { boundsOf } from './grant-bounds.ts';
import { grantRowsOf, rowsUpTo } from './grant-rows.ts';
import { grantWords } from './grant-words.ts';

type StatementView = Extract<ApprovalView, { kind: 'statement' }>;

/** What is to be known of a held statement beside what every request has. */
export function viewOfStatement(
  approval: HeldApproval,
  viewer: Identity,
): Pick<StatementView, 'bound' | 'prompt' | 'binds' | 'parameters' | 'variables' | 'estimate' | 'grant'> {
  const { request, estimate } = approval;
  return {
    bound: boundRequestOfKept(approval),
    prompt: request.prompt,
    binds: Object.entries(request.binds).map(([position, bind]) => viewOfBind(request, position, bind)),
    parameters: [...(request.parameters ?? [])],
    variables: request.variables.map(({ name, value, from }) => ({
      name,
      value: request.bindsMayBeShown ? value : null,
      withheld: !request.bindsMayBeShown,
      from: [...from],
    })),
    estimate: estimate && {
      ...estimate,
      ...(isRequester(approval, viewer) ? NOT_TOLD : {}),
      at: new Date(estimate.at).toISOString(),
    },
    grant: grantOf(approval),
  };
}

/** What a statement would read depends on values that it may not use unless people agree: the requester is not told. */
const NOT_TOLD = { bytes: null, partitions: null, partitionsTotal: null };

function isRequester({ request }: HeldApproval, viewer: Identity): boolean {
  return sameAccount(request.session.identity, viewer);
}

export function costInWords(approval: HeldApproval, viewer: Identity): ShownText | null {
  const { estimate } = approval;
  if (isRequester(approval, viewer) || estimate?.bytes == null || estimate.partitions === null) return null;
  const { bytes, partitions, partitionsTotal = null } = estimate;
  const of = partitionsTotal === null ? shown`` : shown` of ${partitionsTotal}`;
  return shown`It would read ${partitions}${of} partitions, ${bytesInWords(bytes)}, as Snowflake’s EXPLAIN says.`;
}

function bytesInWords(bytes: number): ShownText {
  const unit = UNITS.findLast(({ from }) => bytes >= from);
  return unit === undefined
    ? shown`${bytes} bytes`
    : shown`${Math.round((bytes / unit.from) * 10) / 10} ${unit.name}`;
}

const UNITS = [
  { from: 1e3, name: shown`KB` },
  { from: 1e6, name: shown`MB` },
  { from: 1e9, name: shown`GB` },
  { from: 1e12, name: shown`TB` },
];

export function whyHeld({ decision, again }: ApprovalRequest): ShownText {
  if (again === null) return decision.reason;
  return shown`${decision.reason}. It was approved for ${rowCount(again.rows)}, would have affected more, and was rolled back: nothing has changed`;
}

export function rowsInWords({ estimate, request }: HeldApproval): ShownText {
  const isQuery = request.understanding.outputs.length > 0;
  const does = isQuery ? 'return' : 'change';
  if (estimate === null || estimate.rows === null) {
    const why = estimate === null ? 'has not been counted' : 'is not known';
    return shown`How many rows it would ${does} ${why}. Your approval is for any number of rows, unless you set a limit.`;
  }
  const at = revealed(new Date(estimate.at).toISOString());
  const counted = shown`It would ${does} ${rowCount(estimate.rows)}, counted at ${at}`;
  return isQuery
    ? shown`${counted}. If there are more when it runs, its result is stopped, unless you set another limit.`
    : shown`${counted}. If there are more when it runs, it is rolled back and you are asked again, unless you set another limit.`;
}

function rowCount(rows: number): ShownText {
  return rows === 1 ? shown`1 row` : shown`${rows} rows`;
}

/** What a grant would be if it were given without saying for how many rows. */
function grantOf(approval: HeldApproval): StatementView['grant'] {
  const { ask } = approval.request.decision;
  const bounds = boundsOf(approval.request);
  if (ask.grantUpToSeconds === undefined || bounds === null) return null;
  const { rows, rowsInAll } = grantRowsOf(approval, { mostRows: null, grantRows: null }) ?? {
    rows: null,
    rowsInAll: null,
  };
  const lasting = shown`for at most ${ask.grantUpToSeconds} seconds`;
  return {
    covers: [...grantWords(approval.request, bounds, { rows, rowsInAll, lasting })],
    rows,
    rowsInAll,
    rowsUpTo: rowsUpTo(ask),
  };
}

/** Values of one array bind that are shown; the view says how many there are. */
const SHOWN_VALUES = 20;

function viewOfBind({ bindsMayBeShown }: ApprovalRequest, position: string, { type, value }: Bind) {
  const values = typeof value === 'string' || value === null ? [value] : value;
  return {
    position,
    type,
    values: bindsMayBeShown ? values.slice(0, SHOWN_VALUES) : null,
    total: values.length,
  };
}
