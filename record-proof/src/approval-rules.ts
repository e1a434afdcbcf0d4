import {
  bindingOf,
  canonicalJson,
  decisionBytes,
  type EventBody,
  type EventType,
  type SessionEvent,
  verifySignature,
} from '@sluice/contract';
import { digestOf, toHex } from './bytes.ts';
import type { Devices } from './device-rules.ts';

type Body<Type extends EventType> = Extract<EventBody, { type: Type }>;
type Asked = Body<'approval_asked'> | Body<'access_asked'>;

/**
 * The rules of approvals, 1 to 8 (docs/recording-format.md, "Approvals"), of one session.
 *
 * @returns what takes its events in order, and says which rules each breaks.
 */
export function approvalRules(options: {
  readonly session: string;
  readonly devices: () => Devices;
  /** Whether an event of this type has lost its body. */
  readonly hasLost: (type: EventType) => boolean;
  readonly onSigned: () => void;
}): (event: SessionEvent, position: number) => Promise<readonly string[]> {
  const { session, devices, hasLost, onSigned } = options;
  const sql = new Map<string, string>();
  const asked = new Map<string, Asked>();
  const votes = new Map<string, Set<string>>();
  const ahead = new Set<string>();
  const ran = new Set<string>();

  const votesOn = (approval: string) => votes.get(approval)?.size ?? 0;
  const lacksVotes = (approval: string, needed: number) =>
    votesOn(approval) < needed && !hasLost('approval_decided');
  const ofAhead = (statement: string) =>
    ahead.has(statement) ? ['it is of a statement that access was only asked for'] : [];

  const checkAsked = async (body: Asked): Promise<string[]> => {
    const { bound, binding, approval, statement, needed } = body;
    const why: string[] = [];
    const isBound = await bindingOf(bound).catch(() => null);
    if (isBound !== binding) why.push('its binding is not that of what it binds');
    const isItself =
      bound.approval === approval &&
      bound.statement === statement &&
      bound.session === session &&
      bound.needed === needed;
    if (!isItself) why.push('it binds another approval');
    return why;
  };

  const checkDecided = async (body: Body<'approval_decided'>, at: string, position: number) => {
    const why: string[] = [];
    const request = asked.get(body.approval);
    if (request === undefined) {
      if (!hasLost('approval_asked') && !hasLost('access_asked'))
        why.push('it decides what nobody asked for');
    } else if (request.binding !== body.binding || request.statement !== body.statement) {
      why.push('it decides another request than was asked');
    } else if (body.verdict === 'approve') {
      if (request.bound.requester === body.by.id) why.push('who asked approves it');
      votes.set(body.approval, (votes.get(body.approval) ?? new Set()).add(body.by.id));
    }
    if (body.signature === null) return why;
    const { key, value, decidedAt } = body.signature;
    if (!(await verifySignature(decisionBytes({ ...body, decidedAt }), key, value))) {
      return [...why, 'its signature is not that of the approver’s key'];
    }
    if (devices().isVoided(key)) return why;
    const objection = devices().objection({ key, by: body.by.id, at, position });
    if (objection !== null) return [...why, objection];
    onSigned();
    return why;
  };

  return async ({ body, at }, position) => {
    switch (body.type) {
      case 'statement':
        sql.set(body.statement, body.sql);
        return ofAhead(body.statement);
      case 'executed':
      case 'result':
        ran.add(body.statement);
        return ofAhead(body.statement);
      case 'approval_asked': {
        asked.set(body.approval, body);
        const why = await checkAsked(body);
        const sent = sql.get(body.statement);
        if (sent !== undefined && sent !== body.bound.sql)
          why.push('it binds another text than the statement has');
        return [...why, ...ofAhead(body.statement)];
      }
      case 'access_asked': {
        asked.set(body.approval, body);
        ahead.add(body.statement);
        const why = await checkAsked(body);
        if (sql.has(body.statement) || ran.has(body.statement)) {
          why.push('access is asked for under the id of a statement that was sent');
        }
        return why;
      }
      case 'approval_decided':
        return await checkDecided(body, at, position);
      case 'approval_ended': {
        if (body.how !== 'approved' && body.how !== 'granted') return [];
        const request = asked.get(body.approval);
        const why: string[] = [];
        if (request !== undefined && (request.type === 'approval_asked') !== (body.how === 'approved')) {
          why.push('it ends as what was not asked for');
        }
        if (lacksVotes(body.approval, request?.bound.needed ?? 0))
          why.push(`it ends ${body.how} without the votes`);
        return why;
      }
      case 'notice': {
        const request = asked.get(body.detail['approval'] ?? '');
        if (body.what !== 'grant_given' || request?.type !== 'access_asked') return [];
        const isShort = lacksVotes(request.approval, request.bound.needed);
        return [...(isShort ? ['it is given without the votes'] : []), ...beyond(request.bound, body.detail)];
      }
      default:
        return [];
    }
  };
}

/** What a grant gives beyond what was asked for. */
function beyond(
  bound: Body<'access_asked'>['bound'],
  detail: Readonly<Record<string, string>>,
): readonly string[] {
  const why: string[] = [];
  if (coverOf(detail['bounds']) !== bound.covers) why.push('it covers something else than was asked for');
  if (!(numberOf(detail['rows']) <= bound.rows && numberOf(detail['rowsInAll']) <= bound.rowsInAll)) {
    why.push('it is for more rows than were asked for');
  }
  if (!(timeOf(detail['expiresAt']) - timeOf(detail['startsAt']) <= bound.seconds * 1_000)) {
    why.push('it is for longer than was asked for');
  }
  return why;
}

function coverOf(text = ''): string | null {
  try {
    return toHex(digestOf(canonicalJson(JSON.parse(text))));
  } catch {
    return null;
  }
}

/** NaN, which no bound allows, for whatever is not written as the format has it. */
function numberOf(text = ''): number {
  return /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
}

function timeOf(text = ''): number {
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text ? ms : Number.NaN;
}
