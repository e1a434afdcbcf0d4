import type { AccessTerms, ApprovalSummary, BreakGlassReview } from '@sluice/contract';
import { type Approval, isAccess, programShown, summarise } from '../approval/index.ts';
import {
  amount,
  memberShown,
  numberedLines,
  quoted,
  revealed,
  shown,
  type ShownText,
  word,
  wordsShown,
} from '../text/index.ts';

/** What is told elsewhere. It carries no values: neither binds nor results, and SQL only where it may. */
export type Message = ApprovalMessage | ReviewMessage;

export interface ApprovalMessage {
  /** A UUID; the same on every attempt. */
  readonly id: string;
  /** Of a held statement, or of access that is asked for ahead: a program that knows only the first overlooks the other. */
  readonly type: `${'approval' | 'access'}.${'asked' | 'escalated' | 'ended'}`;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly link: string;
  readonly approval: ApprovalSummary;
  readonly sql: string | null;
}

export interface ReviewMessage {
  readonly id: string;
  readonly type: 'break_glass.used';
  readonly at: string;
  readonly link: string;
  readonly review: Omit<BreakGlassReview, 'sql'>;
  readonly sql: string | null;
}

/** Where a link points: the console's address, without a slash at the end. */
export interface MessageOrigin {
  readonly consoleUrl: string;
  readonly newId: () => string;
  readonly at: string;
}

export function approvalMessage(
  approval: Approval,
  { consoleUrl, newId, at }: MessageOrigin,
): ApprovalMessage {
  return {
    id: newId(),
    type: typeOf(approval),
    at,
    link: `${consoleUrl}/approvals/${approval.id}`,
    approval: summarise(approval),
    sql: approval.request.sql,
  };
}

export function reviewMessage(
  { sql, ...review }: BreakGlassReview,
  { consoleUrl, newId, at }: MessageOrigin,
): ReviewMessage {
  return {
    id: newId(),
    type: 'break_glass.used',
    at,
    link: `${consoleUrl}/reviews/${review.id}`,
    review,
    sql,
  };
}

export function withoutSql(message: Message): Message {
  return { ...message, sql: null };
}

/** What it is about, in the relay's own words alone. */
export function headline({ type }: Message): ShownText {
  switch (type) {
    case 'approval.asked':
      return shown`Approval wanted`;
    case 'approval.escalated':
      return shown`Nobody has decided yet: approval wanted`;
    case 'approval.ended':
      return shown`A request for approval has ended`;
    case 'access.asked':
      return shown`Access wanted ahead`;
    case 'access.escalated':
      return shown`Nobody has decided yet: access wanted ahead`;
    case 'access.ended':
      return shown`A request for access has ended`;
    case 'break_glass.used':
      return shown`Break-glass was used`;
    default:
      return type satisfies never;
  }
}

export type Particular = readonly [label: ShownText, text: ShownText];

/** What the relay says of it, without a word of anybody else's. Stands after the link, and before `chosen`. */
export function particulars(message: Message): readonly Particular[] {
  if (message.type === 'break_glass.used') {
    const { lifted, openedAt } = message.review;
    return [
      [shown`Used at`, timeShown(openedAt)],
      [shown`Lifted`, shown`rule ${word(lifted.rule)}, which would have been: ${word(lifted.effect)}`],
    ];
  }
  const { approvedBy, needed, approvers, expiresAt, rule } = message.approval;
  return [
    ...(message.approval.kind === 'access'
      ? ([
          [shown`Would give`, accessShown(message.approval.access)],
          [shown`Nothing waits`, shown`no statement is held; statements of one shape would run unasked`],
        ] as const)
      : []),
    [shown`Approvals`, shown`${approvedBy.length} of ${needed} so far, by ${wordsShown(approvers)}`],
    [shown`Until`, timeShown(expiresAt)],
    [message.approval.kind === 'access' ? shown`Asked about by` : shown`Held by`, shown`rule ${word(rule)}`],
  ];
}

/** Numbers and times alone: nobody chooses words by them. */
function accessShown({ seconds, from, rows, rowsInAll }: AccessTerms): ShownText {
  const begins = from === null ? shown`from when it is approved` : shown`from ${timeShown(from)}`;
  return shown`access for ${amount(Math.ceil(seconds / 60))} minutes ${begins}, at most ${amount(rows)} rows each and ${amount(rowsInAll)} in all`;
}

/** Above `chosen` and `sql`, so that nobody takes them for the relay's. */
export const NOT_OURS = shown`Whoever asks has chosen what stands in quotation marks below, and any SQL:`;

/** Who asks, and for what: what they or their programs have written in it stands in quotation marks. */
export function chosen(message: Message): readonly Particular[] {
  if (message.type === 'break_glass.used') {
    const { by, reason } = message.review;
    return [
      [shown`Who`, memberShown(by)],
      [shown`Their reason`, quoted(reason, { most: 800 })],
    ];
  }
  const { client, sentence, reason, mayChange } = message.approval;
  return [
    [shown`Request`, revealed(sentence)],
    ...(message.approval.kind === 'access'
      ? ([
          [shown`Purpose`, quoted(message.approval.access.purpose, { most: 800 })],
          [shown`For use`, programShown(message.approval.access.program)],
        ] as const)
      : []),
    [message.approval.kind === 'access' ? shown`Asked about because` : shown`Held because`, revealed(reason)],
    ...(mayChange.length === 0
      ? []
      : [[shown`They may change, unasked, what it reads`, wordsShown(mayChange)] as const]),
    [shown`Client`, quoted(client, { most: 80 })],
  ];
}

/** Lines at most; a long statement is read where it is decided on. */
const SQL_LINES = 30;

/** Its lines, none of which looks like one of ours; none where SQL is not sent. */
export function sqlShown({ sql }: Message): readonly ShownText[] {
  return sql === null ? [] : numberedLines(sql, { most: SQL_LINES });
}

function timeShown(at: string): ShownText {
  return revealed(`${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`);
}

function typeOf(approval: Approval): ApprovalMessage['type'] {
  const about = isAccess(approval) ? 'access' : 'approval';
  if (approval.state.phase !== 'asked') return `${about}.ended`;
  return `${about}.${approval.escalated ? 'escalated' : 'asked'}`;
}
