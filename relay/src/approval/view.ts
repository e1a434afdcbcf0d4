import type { ApprovalSummary, ApprovalView } from '@sluice/contract';
import type { Identity } from '../identity/index.ts';
import { memberShown, quoted, revealed, shown, type ShownText, word } from '../text/index.ts';
import type { Bind } from '../warehouse/index.ts';
import { refusalError } from './approver-decision.ts';
import { type Approval, boundRequestOfKept, groupsOf, termsOf } from './approval.ts';
import { boundsOf } from './grant-bounds.ts';
import { grantRowsOf, rowsUpTo } from './grant-rows.ts';
import { grantWords } from './grant-words.ts';
import { summaryOf } from './person.ts';
import { refusalFor, type Vote } from './state.ts';

/** What everybody who may see a request gets to know of it in lists and notifications. */
export function summarise(approval: Approval): ApprovalSummary {
  const { request, state } = approval;
  const { session, decision } = request;
  return {
    version: 1,
    id: approval.id,
    revision: approval.revision,
    phase: state.phase,
    session: session.id,
    statement: request.queryId,
    requester: summaryOf(session.identity),
    client: session.client.agent ?? session.client.application,
    sentence: decision.sentence,
    rule: decision.rule,
    reason: decision.reason,
    mayChange: [...request.mayChange],
    binding: approval.binding,
    approvers: [...groupsOf(approval)],
    needed: decision.ask.needed,
    approvedBy: state.votes.map(({ by }) => summaryOf(by)),
    escalated: approval.escalated,
    askedAt: iso(approval.askedAt),
    expiresAt: iso(state.phase === 'approved' ? state.usableUntil : approval.expiresAt),
  };
}

export interface ViewContext {
  readonly viewer: Identity;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Earlier ones that the viewer may see. */
  readonly similar: readonly Approval[];
}

/** All that one viewer may know of one request. Only those who may see it are to be given it. */
export function viewOf(approval: Approval, context: ViewContext): ApprovalView {
  const { request, state } = approval;
  const { session, decision, understanding } = request;
  const { ask } = decision;
  return {
    version: 1,
    summary: summarise(approval),
    bound: boundRequestOfKept(approval),
    plain: {
      who: whoAsks(approval),
      does: decision.sentence,
      why: whyHeld(approval),
      rows: rowsInWords(approval),
    },
    prompt: request.prompt,
    client: session.client,
    kind: understanding.kind.name,
    sql: request.sql,
    reasons: [
      {
        range: { start: decision.range.start, end: decision.range.end },
        rule: decision.rule,
        reason: decision.reason,
      },
    ],
    reads: namesOf(approval, (access) => READS.has(access)),
    writes: namesOf(approval, (access) => !READS.has(access)),
    masks: decision.masks.map(({ output, policy, because }) => ({
      column: understanding.outputs[output]?.name ?? `${output + 1}`,
      method: policy.method,
      because,
    })),
    computedOn: computedOnOf(approval),
    binds: Object.entries(request.binds).map(([position, bind]) => viewOfBind(approval, position, bind)),
    variables: request.variables.map(({ name, value, from }) => ({
      name,
      value: request.bindsMayBeShown ? value : null,
      withheld: !request.bindsMayBeShown,
      from: [...from],
    })),
    estimate: approval.estimate && { ...approval.estimate, at: iso(approval.estimate.at) },
    grant: grantOf(approval),
    votes: [
      ...state.votes.map((vote) => viewOfVote(vote, 'approve')),
      ...(state.phase === 'denied' ? [viewOfVote(state.denial, 'deny')] : []),
    ],
    similar: context.similar.map((other) => viewOfSimilar(approval, other)),
    terms: { signed: ask.signed, validFor: ask.validForSeconds, grantUpTo: ask.grantUpToSeconds ?? 0 },
    you: mayDecide(approval, context),
  };
}

function whyHeld({ request: { decision, again } }: Approval): ShownText {
  if (again === null) return decision.reason;
  return shown`${decision.reason}. It was approved for ${rowCount(again.rows)}, would have affected more, and was rolled back: nothing has changed`;
}

function rowsInWords({ estimate, request }: Approval): ShownText {
  const isQuery = request.understanding.outputs.length > 0;
  const does = isQuery ? 'return' : 'change';
  if (estimate === null || estimate.rows === null) {
    const why = estimate === null ? 'has not been counted' : 'is not known';
    return shown`How many rows it would ${does} ${why}. Your approval is for any number of rows, unless you set a limit.`;
  }
  const counted = shown`It would ${does} ${rowCount(estimate.rows)}, counted at ${revealed(iso(estimate.at))}`;
  return isQuery
    ? shown`${counted}. If there are more when it runs, its result is stopped, unless you set another limit.`
    : shown`${counted}. If there are more when it runs, it is rolled back and you are asked again, unless you set another limit.`;
}

function rowCount(rows: number): ShownText {
  return rows === 1 ? shown`1 row` : shown`${rows} rows`;
}

/** What a grant would be if it were given without saying for how many rows. */
function grantOf(approval: Approval): ApprovalView['grant'] {
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

function computedOnOf({ request }: Approval): ApprovalView['computedOn'] {
  const { decision, understanding } = request;
  const { rows = null, outputs = [] } = decision.computedOn ?? {};
  return [
    ...(rows === null ? [] : [{ column: null, ...rows }]),
    ...outputs.map(({ output, on, because }) => ({
      column: understanding.outputs[output]?.name ?? `${output + 1}`,
      on,
      because,
    })),
  ];
}

const READS = new Set(['read', 'use', 'describe']);

/** Values of one array bind that are shown; the view says how many there are. */
const SHOWN_VALUES = 20;

function whoAsks({ request }: Approval): ShownText {
  const { identity, client } = request.session;
  const short = { most: 80 };
  const agent = client.agent === null ? '' : shown` by the agent ${quoted(client.agent, short)}`;
  const program = shown`${quoted(client.application, short)} ${quoted(client.version, short)}`;
  return shown`${memberShown(identity)} asks${agent}, with ${program} from ${word(client.address, short)}`;
}

function namesOf({ request }: Approval, wanted: (access: string) => boolean): string[] {
  return [...new Set(request.objects.filter(({ access }) => wanted(access)).map(({ name }) => name))];
}

function viewOfBind({ request }: Approval, position: string, { type, value }: Bind) {
  const values = typeof value === 'string' || value === null ? [value] : value;
  return {
    position,
    type,
    values: request.bindsMayBeShown ? values.slice(0, SHOWN_VALUES) : null,
    total: values.length,
  };
}

function viewOfVote(vote: Vote, verdict: 'approve' | 'deny'): ApprovalView['votes'][number] {
  const { by, at, comment, proposal, mostRows, grantSeconds, grantRows, signature } = vote;
  return {
    by: summaryOf(by),
    verdict,
    at: iso(at),
    comment,
    proposal,
    mostRows,
    grantSeconds,
    grantRows,
    signed: signature !== null,
  };
}

function viewOfSimilar(approval: Approval, other: Approval): ApprovalView['similar'][number] {
  const { state } = other;
  const last = state.phase === 'denied' ? state.denial : state.votes.at(-1);
  return {
    id: other.id,
    phase: state.phase,
    askedAt: iso(other.askedAt),
    requester: summaryOf(other.request.session.identity),
    sql: other.request.sql,
    sameText: other.request.sql === approval.request.sql,
    comment: last?.comment ?? '',
  };
}

function mayDecide(approval: Approval, { viewer, now }: ViewContext): ApprovalView['you'] {
  if (approval.state.phase !== 'asked') return { mayDecide: false, because: refusalError('ended').message };
  const refusal = refusalFor(termsOf(approval), viewer, now);
  if (refusal === null) return { mayDecide: true, because: '' };
  const because =
    refusal === 'not_an_approver'
      ? 'you are in none of the groups that decide'
      : refusalError(refusal).message;
  return { mayDecide: false, because };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
