import { createHash } from 'node:crypto';
import type { EventBody, EventType, SessionEvent } from '@sluice/contract';
import { bindingOf, canonicalJson, decisionBytes, verifySignature } from '@sluice/contract';
import { z } from 'zod';
import type { DeviceCheck } from './device-check.ts';

/**
 * Checks the approvals of one session:
 * - each approval covers the statement on the record;
 * - each decision is about the request as it was asked, is made by someone other than the requester, and has a valid
 *   signature if it is signed;
 * - what ended as approved or granted had enough votes;
 * - nothing was sent or run under the statement id of a request for access, and its grant gives no more than was asked
 *   for.
 *
 * @returns a function that takes the session's events in order and returns what is wrong with each.
 */
export function approvalCheck(options: {
  readonly session: string;
  readonly counts: { signedDecisions: number };
  /** The devices enrolled up to now, at least. */
  readonly devices: () => DeviceCheck;
  /** Whether retention has removed the body of an event of this type, so that checks that need it must be skipped. */
  readonly hasLost: (type: EventType) => boolean;
}): (event: SessionEvent, position: number) => Promise<readonly string[]> {
  const { session, counts, devices, hasLost } = options;
  /** Digests of the SQL texts by statement, to save memory: a store has many statements. */
  const statements = new Map<string, string>();
  const asked = new Map<string, Request>();
  const votes = new Map<string, Set<string>>();
  /** Ids of statements that access was requested for. */
  const ahead = new Set<string>();
  /** Ids of statements that ran or returned something, as far as their texts are not on the record. */
  const ran = new Set<string>();

  const decided = async (body: Decided, at: string, position: number): Promise<readonly string[]> => {
    const found: string[] = [];
    const request = asked.get(body.approval);
    if (request === undefined) {
      const isLost = hasLost('approval_asked') || hasLost('access_asked');
      if (!isLost) found.push('it decides what nobody asked for');
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
    // Whoever holds such a key is not known to be who decided, so that it proves nothing.
    if (devices().isVoided(key)) return found;
    const objection = devices().objection({ key, by: body.by.id, at, position });
    if (objection !== null) return [...found, objection];
    counts.signedDecisions += 1;
    return found;
  };

  const ended = ({ approval, how }: Ended): readonly string[] => {
    if (how !== 'approved' && how !== 'granted') return [];
    const found: string[] = [];
    const request = asked.get(approval);
    if (request !== undefined && (request.access === null) !== (how === 'approved')) {
      found.push(
        how === 'approved' ? 'access ends as a statement would' : 'a statement ends as access would',
      );
    }
    const needed = request?.needed ?? 0;
    const people = votes.get(approval)?.size ?? 0;
    if (people < needed && !hasLost('approval_decided'))
      found.push(`it ends ${how}, with ${people} of ${needed} votes`);
    return found;
  };

  const given = (detail: Readonly<Record<string, string>>): readonly string[] => {
    const approval = detail['approval'] ?? '';
    const request = asked.get(approval);
    if (request === undefined || request.access === null) return [];
    const { access, needed } = request;
    const people = votes.get(approval)?.size ?? 0;
    const isGiven = people >= needed || hasLost('approval_decided');
    return [...(isGiven ? [] : [`it is given with ${people} of ${needed} votes`]), ...beyond(access, detail)];
  };

  /** An id used in a request for access must have no events of a statement. */
  const ofStatement = (statement: string): readonly string[] =>
    ahead.has(statement) ? ['it is of a statement that access was only asked for'] : [];

  return async ({ body, at }, position) => {
    switch (body.type) {
      case 'statement':
        statements.set(body.statement, digestOf(body.sql));
        return ofStatement(body.statement);
      case 'executed':
      case 'result':
        if (!statements.has(body.statement)) ran.add(body.statement);
        return ofStatement(body.statement);
      case 'approval_asked':
        asked.set(body.approval, requestOf(body));
        return [
          ...(await checkAsked(body, session, statements.get(body.statement))),
          ...ofStatement(body.statement),
        ];
      case 'access_asked': {
        const wasSent = statements.has(body.statement) || ran.has(body.statement);
        asked.set(body.approval, requestOf(body));
        ahead.add(body.statement);
        const found = await checkAsked(body, session, undefined);
        return wasSent ? [...found, 'it is of a statement that was sent'] : found;
      }
      case 'notice':
        return body.what === 'grant_given' ? given(body.detail) : [];
      case 'approval_decided':
        return decided(body, at, position);
      case 'approval_ended':
        return ended(body);
      default:
        return [];
    }
  };
}

/** What is kept of a request for approval. */
interface Request {
  readonly binding: string;
  readonly statement: string;
  readonly requester: string;
  readonly needed: number;
  /** The access requested; null for a request to run a statement. */
  readonly access: Pick<AccessAsked['bound'], 'covers' | 'rows' | 'rowsInAll' | 'seconds'> | null;
}

function requestOf(body: Asked): Request {
  const { binding, statement } = body;
  const { requester, needed } = body.bound;
  const common = { binding, statement, requester, needed };
  if (body.type === 'approval_asked') return { ...common, access: null };
  const { covers, rows, rowsInAll, seconds } = body.bound;
  return { ...common, access: { covers, rows, rowsInAll, seconds } };
}

type AccessAsked = Extract<EventBody, { type: 'access_asked' }>;
type Asked = Extract<EventBody, { type: 'approval_asked' }> | AccessAsked;
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

/** What a grant of access gives beyond the request: other data, more rows or a longer time. */
function beyond(
  access: NonNullable<Request['access']>,
  detail: Readonly<Record<string, string>>,
): readonly string[] {
  const found: string[] = [];
  if (digestOfBounds(detail['bounds']) !== access.covers)
    found.push('it covers something else than was asked for');
  const isMore = !(
    numberIn(detail['rows']) <= access.rows && numberIn(detail['rowsInAll']) <= access.rowsInAll
  );
  if (isMore) found.push('it is for more rows than were asked for');
  const lasts = instantIn(detail['expiresAt']) - instantIn(detail['startsAt']);
  if (!(lasts <= access.seconds * 1000)) found.push('it is for longer than was asked for');
  return found;
}

/** NaN, which no bound allows, unless it is written as the relay writes numbers: `Number` reads more than that. */
function numberIn(text = ''): number {
  return /^[0-9]+$/.test(text) ? Number(text) : NaN;
}

/** In milliseconds since the epoch; NaN unless it is written as all times of a record are. */
function instantIn(text: string | undefined): number {
  const parsed = time.safeParse(text);
  return parsed.success ? Date.parse(parsed.data) : NaN;
}

const time = z.iso.datetime({ precision: 3 });

/** SHA-256 of the canonical JSON, hex; null when the text is not JSON. */
function digestOfBounds(text: string | undefined): string | null {
  try {
    return createHash('sha256')
      .update(canonicalJson(JSON.parse(text ?? '')))
      .digest('hex');
  } catch {
    return null;
  }
}

function digestOf(sql: string): string {
  return createHash('sha256').update(sql).digest('base64');
}
