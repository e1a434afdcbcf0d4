import type { ApprovalSummary, SessionSummary } from '@sluice/contract';
import type { SessionWords } from '../words.ts';

/** An entry of the view: what it is called, what stands beside it, and what it says when it is pointed at. */
export interface Line {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
}

/** A request that waits, with how long it can. @param now milliseconds since the epoch. */
export function requestLine(request: ApprovalSummary, now: number, words: SessionWords): Line {
  const { sentence, phase, expiresAt, needed, approvedBy, approvers, rule, reason } = request;
  const left = Date.parse(expiresAt) - now;
  const state =
    phase === 'approved'
      ? words.approved
      : left <= 0
        ? words.over
        : `${words.left(leftWords(left))} · ${words.given(approvedBy.length, needed)}`;
  return {
    label: `${state}: ${rule}`,
    description: sentence,
    tooltip: [
      sentence,
      words.heldBy(rule, reason),
      words.asked(approvers),
      ...(approvedBy.length === 0 ? [] : [words.agreed(approvedBy.map(({ name }) => name))]),
      state,
    ].join('\n\n'),
  };
}

/** A session, by when it began and what came of it. */
export function sessionLine(session: SessionSummary, now: number, words: SessionWords): Line {
  const { openedAt, closedAt, application, agent, outcomes, events } = session;
  const program = agent ?? application;
  const parts =
    outcomes === null
      ? [words.events(events)]
      : [
          words.statements(outcomes.statements),
          ...(outcomes.masked > 0 ? [words.masked(outcomes.masked)] : []),
          ...(outcomes.held > 0 ? [words.held(outcomes.held)] : []),
          ...(outcomes.blocked > 0 ? [words.blocked(outcomes.blocked)] : []),
          ...(outcomes.failed > 0 ? [words.failed(outcomes.failed)] : []),
        ];
  const began = new Date(openedAt);
  return {
    label: `${isSameDay(began, new Date(now)) ? TIME.format(began) : DAY.format(began)} · ${program}`,
    description: parts.join(', '),
    tooltip: [
      agent === null ? application : words.through(agent, application),
      words.began(EXACT.format(began)),
      closedAt === null ? words.open : words.closed(EXACT.format(new Date(closedAt))),
      parts.join(', '),
    ].join('\n\n'),
  };
}

/** `12 s`, `4 min`, `3 h 5 min`. @param ms milliseconds. */
export function leftWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long until a line about so much time reads otherwise. Milliseconds. */
export function nextTick(ms: number): number {
  return ms <= 121_000 ? 1_000 : 15_000;
}

function isSameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
