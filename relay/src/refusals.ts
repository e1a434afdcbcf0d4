import type { ErrorCode } from './errors.ts';
import { createTally, type Exceeded } from './limits/index.ts';
import type { RefusedRequest } from './listeners/snowflake/index.ts';
import type { OpenRecord } from './recording/index.ts';

/**
 * What was refused before it could become a statement, on its way to the record: the first few of a kind in a
 * minute as they are, the others as a number. A kind is a code and, of those who have said who they are, the
 * identity: nothing is kept for each stranger, and no stranger can use up what is somebody else's.
 */
export interface Refusals {
  /** A request that could not be read, is not served, or whose token was not accepted. */
  refused(request: Omit<RefusedRequest, 'session'> & Pick<Partial<RefusedRequest>, 'session'>): void;
  exceeded(exceeded: Exceeded): void;
  /** Called every second. */
  tick(): void;
  /** Records what was counted. */
  close(): void;
}

export function createRefusals(parts: {
  readonly recording: Pick<OpenRecord<never>, 'append' | 'relaySession'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
  /** Told the code of each, however many there are. */
  readonly onCode: (code: ErrorCode) => void;
}): Refusals {
  const { recording, now, onError, onCode } = parts;
  const append = (session: typeof recording.relaySession, what: string, reason: string) =>
    void recording
      .append(session, { type: 'refused', what: what.toWellFormed(), reason: reason.toWellFormed() })
      .catch(onError);
  const tally = createTally({
    now,
    onCounted: (kind, count, since) =>
      append(
        recording.relaySession,
        `${count} more requests`,
        `${kind}, counted from ${new Date(since).toISOString()}`,
      ),
  });
  return {
    refused({ session = null, code, what, reason }) {
      onCode(code);
      tally.add(kindOf(code, session?.identity.id), () =>
        append(session?.id ?? recording.relaySession, what, reason),
      );
    },
    exceeded({ identity, error }) {
      onCode(error.code);
      tally.add(kindOf(error.code, identity), () =>
        append(recording.relaySession, `a request of ${identity}`, `${error.code}: ${error.message}`),
      );
    },
    tick: tally.tick,
    close: tally.close,
  };
}

function kindOf(code: ErrorCode, identity: string | undefined): string {
  return identity === undefined ? code : `${code} of ${identity}`;
}
