import { createHash } from 'node:crypto';
import type { EventBody, EventType, SessionEvent } from '@sluice/contract';
import { bindingOf, decisionBytes, verifySignature } from '@sluice/contract';
import type { DeviceCheck } from './device-check.ts';

/**
 * Checks that each approval covers the statement on the record, that each decision is about what was asked, by
 * somebody else than who asked, and signed as it says, and that what ended approved had votes enough. Fed with one session's
 * events in order; answers what is wrong with each.
 */
export function approvalCheck(options: {
  readonly session: string;
  readonly counts: { signedDecisions: number };
  readonly devices: DeviceCheck;
  /** Whether retention has taken an event of this type before: what it said cannot be held against others. */
  readonly hasLost: (type: EventType) => boolean;
}): (event: SessionEvent, position: number) => Promise<readonly string[]> {
  const { session, counts, devices, hasLost } = options;
  /** Digests, not texts: a store has many. */
  const statements = new Map<string, string>();
  const asked = new Map<string, Request>();
  const votes = new Map<string, Set<string>>();

  const decided = async (body: Decided, at: string, position: number): Promise<readonly string[]> => {
    const found: string[] = [];
    const request = asked.get(body.approval);
    if (request === undefined) {
      if (!hasLost('approval_asked')) found.push('it decides what nobody asked for');
    } else if (request.binding !== body.binding || request.statement !== body.statement) {
      found.push('it decides another request than was asked');
    } else if (body.verdict === 'approve') {
      if (request.requester === body.by.id) found.push('who asked approves it');
      votes.set(body.approval, (votes.get(body.approval) ?? new Set()).add(body.by.id));
    }
    if (body.signature === null) return found;
    const { key, value, decidedAt } = body.signature;
    if (!(await verifySignature(decisionBytes({ ...body, decidedAt }), key, value))) {
      return [...found, "its signature is not the approver's key's"];
    }
    const objection = devices.objection({ key, by: body.by.id, at, position });
    if (objection !== null) return [...found, objection];
    counts.signedDecisions += 1;
    return found;
  };

  const ended = ({ approval, how }: Ended): readonly string[] => {
    const needed = asked.get(approval)?.needed ?? 0;
    const given = votes.get(approval)?.size ?? 0;
    if (how !== 'approved' || given >= needed || hasLost('approval_decided')) return [];
    return [`it ends approved, with ${given} of ${needed} votes`];
  };

  return async ({ body, at }, position) => {
    switch (body.type) {
      case 'statement':
        statements.set(body.statement, digestOf(body.sql));
        return [];
      case 'approval_asked':
        asked.set(body.approval, requestOf(body));
        return checkAsked(body, session, statements.get(body.statement));
      case 'approval_decided':
        return decided(body, at, position);
      case 'approval_ended':
        return ended(body);
      default:
        return [];
    }
  };
}

/** What is remembered of what was asked. */
interface Request {
  readonly binding: string;
  readonly statement: string;
  readonly requester: string;
  readonly needed: number;
}

function requestOf({ binding, statement, bound }: Asked): Request {
  return { binding, statement, requester: bound.requester, needed: bound.needed };
}

type Asked = Extract<EventBody, { type: 'approval_asked' }>;
type Decided = Extract<EventBody, { type: 'approval_decided' }>;
type Ended = Extract<EventBody, { type: 'approval_ended' }>;

async function checkAsked(
  asked: Asked,
  session: string,
  sql: string | undefined,
): Promise<readonly string[]> {
  const { bound } = asked;
  const found: string[] = [];
  if ((await bindingOf(bound)) !== asked.binding) found.push('its binding is not that of what it binds');
  if (
    bound.approval !== asked.approval ||
    bound.statement !== asked.statement ||
    bound.session !== session ||
    bound.needed !== asked.needed
  ) {
    found.push('it binds another approval');
  }
  if (sql !== undefined && sql !== digestOf(bound.sql))
    found.push('it binds another SQL text than the statement has');
  return found;
}

function digestOf(sql: string): string {
  return createHash('sha256').update(sql).digest('base64');
}
