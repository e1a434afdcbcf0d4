import type { RecordedEvent } from '@sluice/contract';
import { actsAs } from '../../approval/index.ts';
import { SluiceError } from '../../errors.ts';
import { type Identity, sameAccount } from '../../identity/index.ts';
import type { SessionId } from '../../session/index.ts';

/** Who may read which sessions' record: the same over HTTP and on the live channel. */
export interface SessionAccess {
  /** May read everybody's. */
  isAuditor(who: Identity): boolean;
  /** Throws `session_unknown`, whether it is not there or not theirs. */
  mustRead(who: Identity, session: SessionId): Promise<void>;
}

export function createSessionAccess({
  events,
  auditors,
  onRead,
}: {
  /** From `after` (a `seq`, or -1) on; nothing when there is no such session. */
  readonly events: (session: SessionId, after: number) => AsyncIterable<RecordedEvent>;
  /** Groups. */
  readonly auditors: readonly string[];
  /** Told of an auditor who is about to read a session of somebody else's; they wait until that is on the record. */
  readonly onRead: (who: Identity, session: SessionId) => Promise<unknown>;
}): SessionAccess {
  const isAuditor = (who: Identity) => actsAs(who, auditors);
  return {
    isAuditor,
    async mustRead(who, session) {
      if (await isOwnSession(who, events(session, -1))) return;
      if (isAuditor(who)) {
        await onRead(who, session);
        return;
      }
      throw new SluiceError('session_unknown', 'there is no such session');
    },
  };
}

/** By the record itself: its first event says who opened it. */
async function isOwnSession(who: Identity, events: AsyncIterable<RecordedEvent>): Promise<boolean> {
  for await (const event of events) {
    return 'body' in event && event.body.type === 'opened' && sameAccount(event.body.identity, who);
  }
  return false;
}
