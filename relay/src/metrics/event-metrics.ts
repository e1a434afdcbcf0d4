import { ERRORS, type EventBody, isErrorCode, type SessionEvent } from '@sluice/contract';
import { Counter, Histogram, type Registry } from '@prometheus-io/client';
import { LRUCache } from 'lru-cache';

/**
 * What the events that this relay records come to. Nothing of them is a label but members of closed sets: their types,
 * effects and codes. See docs/operations.md, "Metrics".
 *
 * @returns to be told of each event once it is durable.
 */
export function createEventMetrics(register: Registry): (event: Pick<SessionEvent, 'at' | 'body'>) => void {
  const registers = [register];
  const recorded = new Counter({
    name: 'sluice_events_recorded_total',
    help: 'Events recorded by this relay, by type.',
    labelNames: ['type'],
    registers,
  });
  const decisions = new Counter({
    name: 'sluice_decisions_total',
    help: 'Statements decided on, by effect.',
    labelNames: ['effect'],
    registers,
  });
  const errors = new Counter({
    name: 'sluice_statement_errors_total',
    help: 'Statements that ended in an error, by its code; other: a code of the warehouse.',
    labelNames: ['code'],
    registers,
  });
  const lasted = new Histogram({
    name: 'sluice_statement_seconds',
    help: 'From a statement on the record to its first answer, by what that was. Waiting for people is included.',
    labelNames: ['outcome'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
    registers,
  });
  const decided = new Histogram({
    name: 'sluice_approval_seconds',
    help: 'From asking people to the end of their approval, by how it ended.',
    labelNames: ['how'],
    buckets: [5, 15, 30, 60, 120, 300, 900, 3_600, 14_400, 86_400],
    registers,
  });
  /** When each began, in milliseconds since the epoch; what nobody has ended for long is forgotten. */
  const statements = new LRUCache<string, number>({ max: MOST_UNDER_WAY });
  const approvals = new LRUCache<string, number>({ max: MOST_UNDER_WAY });

  const since = (begun: LRUCache<string, number>, id: string, at: number): number | null => {
    const from = begun.get(id);
    begun.delete(id);
    // Clocks may be set back.
    return from === undefined ? null : Math.max(0, at - from) / 1_000;
  };
  const answered = (statement: string | null, outcome: Outcome, at: number) => {
    const seconds = statement === null ? null : since(statements, statement, at);
    if (seconds !== null) lasted.observe({ outcome }, seconds);
  };

  const follow = (body: EventBody, at: number) => {
    switch (body.type) {
      case 'statement':
        statements.set(body.statement, at);
        return;
      case 'decision':
        decisions.inc({ effect: body.effect });
        return;
      case 'approval_asked':
      case 'access_asked':
        approvals.set(body.approval, at);
        return;
      case 'approval_ended': {
        const seconds = since(approvals, body.approval, at);
        if (seconds !== null) decided.observe({ how: body.how }, seconds);
        return;
      }
      case 'result':
      case 'blocked':
      case 'cancelled':
        answered(body.statement, body.type, at);
        return;
      case 'error':
        errors.inc({ code: isErrorCode(body.code) && body.code in ERRORS ? body.code : 'other' });
        answered(body.statement, body.type, at);
        return;
      case 'opened':
      case 'prompt':
      case 'understanding':
      case 'approval_decided':
      case 'executed':
      case 'chunk_returned':
      case 'refused':
      case 'bypass_attempted':
      case 'notice':
      case 'closed':
      case 'hold':
      case 'redacted':
      case 'device_enrolled':
      case 'device_revoked':
      case 'enrolments_voided':
      case 'signing_key':
        return;
      default:
        body satisfies never;
    }
  };
  return ({ at, body }) => {
    recorded.inc({ type: body.type });
    follow(body, Date.parse(at));
  };
}

type Outcome = 'result' | 'blocked' | 'cancelled' | 'error';

const MOST_UNDER_WAY = 10_000;
