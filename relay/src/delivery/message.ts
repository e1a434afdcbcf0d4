import type { ApprovalSummary, BreakGlassReview } from '@sluice/contract';
import { type Approval, summarise } from '../approval/index.ts';

/** What is told elsewhere. It carries no values: neither binds nor results, and SQL only where it may. */
export type Message = ApprovalMessage | ReviewMessage;

export interface ApprovalMessage {
  /** A UUID; the same on every attempt. */
  readonly id: string;
  readonly type: 'approval.asked' | 'approval.escalated' | 'approval.ended';
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

/** The subject line. */
export function headline(message: Message): string {
  switch (message.type) {
    case 'approval.asked':
      return `Approval wanted by ${message.approval.requester.name}`;
    case 'approval.escalated':
      return `Nobody has decided yet: approval wanted by ${message.approval.requester.name}`;
    case 'approval.ended':
      return `Request by ${message.approval.requester.name}: ${message.approval.phase}`;
    case 'break_glass.used':
      return `Break-glass used by ${message.review.by.name}`;
    default:
      return message satisfies never;
  }
}

/** What there is to know, as label and text. */
export function particulars(message: Message): readonly (readonly [label: string, text: string])[] {
  const sql = message.sql === null ? [] : [['SQL', message.sql] as const];
  if (message.type === 'break_glass.used') {
    const { by, reason, lifted } = message.review;
    return [
      ['Who', by.name],
      ['Their reason', reason],
      ['Lifted', `rule ${lifted.rule}, which would have been: ${lifted.effect}`],
      ...sql,
    ];
  }
  const { requester, client, sentence, mayChange, reason, rule, expiresAt, needed } = message.approval;
  return [
    ['Who', `${requester.name}, with ${client}`],
    ['What', sentence],
    ...(mayChange.length === 0
      ? []
      : [['They may change, unasked, what it reads', mayChange.join(', ')] as const]),
    ['Why it was held', `${reason} (rule ${rule})`],
    ['Approvals needed', String(needed)],
    ['Until', expiresAt],
    ...sql,
  ];
}

function typeOf({ state, escalated }: Approval): ApprovalMessage['type'] {
  if (state.phase !== 'asked') return 'approval.ended';
  return escalated ? 'approval.escalated' : 'approval.asked';
}
