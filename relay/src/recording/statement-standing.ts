import type { EventBody } from '@sluice/contract';
import type { SessionId } from '../session/index.ts';
import type { ProvenEvents, ProvingReaders } from './log/proven-events.ts';
import { ENDS } from './log/open-statements.ts';
import type { StoredEvent } from './ports.ts';

/**
 * What the proven events of a session say of a statement, whatever tables do. `unknown`: some of them may be of a relay with a
 * newer vault.
 */
export type StatementStanding =
  | {
      readonly is: 'open';
      readonly executed: boolean;
      /** The newest event that was looked at. */
      readonly seq: number;
    }
  | { readonly is: 'ended' | 'none' | 'unknown' };

/** Reads the session from its end, back to where the statement began. */
export async function statementStanding(
  store: ProvingReaders,
  { standingOf }: Pick<ProvenEvents, 'standingOf'>,
  { session, statement }: { readonly session: SessionId; readonly statement: string },
): Promise<StatementStanding> {
  const last = (await store.events.lastOf(session))?.seq ?? -1;
  let executed = false;
  for (let end = last; end >= 0; end -= PAGE) {
    const page = await store.events.ofSession(session, { after: end - PAGE, limit: PAGE });
    for (const row of page.toReversed()) {
      if (row.seq > end || !isOf(row, statement)) continue;
      const standing = await standingOf(row, store);
      if (standing === 'unknown') return { is: 'unknown' };
      if (standing === 'unproven') continue;
      if (ENDS.has(row.type)) return { is: 'ended' };
      if (row.type === 'statement') return { is: 'open', executed, seq: last };
      executed = true;
    }
  }
  return { is: 'none' };
}

/** Whether a session has no proven event since that ends the statement. */
export async function isOpenSince(
  store: ProvingReaders,
  { standingOf }: Pick<ProvenEvents, 'standingOf'>,
  {
    session,
    statement,
    seq,
  }: { readonly session: SessionId; readonly statement: string; readonly seq: number },
): Promise<boolean> {
  for (let after = seq; ; after += PAGE) {
    const page = await store.events.ofSession(session, { after, limit: PAGE });
    for (const row of page) {
      if (ENDS.has(row.type) && isOf(row, statement) && (await standingOf(row, store)) !== 'unproven')
        return false;
    }
    if (page.length < PAGE) return true;
  }
}

const PAGE = 200;

/** Whether an event begins this statement, says that it is executed, or ends it. */
function isOf({ type, body }: StoredEvent, statement: string): boolean {
  if (type !== 'statement' && type !== 'executed' && !ENDS.has(type)) return false;
  if (body?.includes(statement) !== true) return false;
  const parsed = JSON.parse(body) as EventBody;
  return 'statement' in parsed && parsed.statement === statement;
}
