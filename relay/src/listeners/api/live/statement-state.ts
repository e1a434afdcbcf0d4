import type { ErrorCode, EventBody, LiveStatement, SessionEvent } from '@sluice/contract';

/** What an event makes of its statement; null when it leaves it as it was, or is about none. */
export function statementAfter({ session, seq, at, body }: SessionEvent): LiveStatement | null {
  if (!('statement' in body) || body.statement === null) return null;
  const about = { id: body.statement, session, revision: seq, at };
  switch (body.type) {
    case 'statement':
      return { ...about, state: 'received' };
    case 'approval_asked':
      return { ...about, state: 'held', approval: body.approval, expiresAt: body.expiresAt };
    case 'executed':
      return { ...about, state: 'running' };
    case 'result':
      if (body.complete) return { ...about, state: 'succeeded', rows: body.rows + (body.kept?.rows ?? 0) };
      // If it failed, the event that follows says so.
      return { ...about, state: 'cancelled', message: 'the result was not read to its end' };
    case 'blocked':
      return { ...about, state: 'refused', code: 'blocked', message: body.reason };
    case 'cancelled':
      return { ...about, state: 'cancelled', message: body.by };
    case 'error': {
      const { code, message } = body;
      if (CANCELLED.has(code)) return { ...about, state: 'cancelled', message };
      return { ...about, state: REFUSED.has(code) ? 'refused' : 'failed', code, message };
    }
    case 'understanding':
    case 'decision':
    case 'approval_decided':
    case 'approval_ended':
    // Some of the rows that its result has listed.
    case 'chunk_returned':
    // An example, which does not run.
    case 'access_asked':
      return null;
    default:
      return body satisfies never;
  }
}

/** Types of events that tell of a statement, whatever they say of it. */
export function isOfStatement(type: string): boolean {
  return Object.hasOwn(TELLING, type);
}

type Telling = Exclude<
  Extract<EventBody, { statement: unknown }>['type'],
  'understanding' | 'decision' | 'approval_decided' | 'approval_ended' | 'chunk_returned' | 'access_asked'
>;

const TELLING: Readonly<Record<Telling, true>> = {
  statement: true,
  approval_asked: true,
  executed: true,
  result: true,
  blocked: true,
  cancelled: true,
  error: true,
};

const codes = (...all: readonly ErrorCode[]): ReadonlySet<string> => new Set(all);
/** Of what people decided, or did not. */
const REFUSED = codes('approval_denied', 'approval_expired', 'approval_void', 'identity_revoked');
const CANCELLED = codes('approval_cancelled', 'statement_cancelled');
