import type { SessionId } from '../../session/index.ts';
import { eventOf } from '../log/event-log.ts';
import { payloadsOf } from '../log/index-events.ts';
import type { RecordReaders } from '../ports.ts';
import type { KeyVault } from './key-vault.ts';
import { payloadReader } from './payload-store.ts';

/**
 * Reads a payload by the event that names it, and never by its address: whoever may read the event may read it, and an
 * address that somebody has learned elsewhere opens nothing.
 *
 * @returns a function of the session, the event's `seq` and the payload's place among those that it names, from 0; null when
 *   there is none, or retention has removed it.
 * @throws SluiceError `record_unavailable` when it does not open.
 */
export function readEventPayload(options: {
  readonly store: Pick<RecordReaders, 'events' | 'payloads' | 'dataKeys'>;
  readonly vault: KeyVault;
}): (session: SessionId, seq: number, place: number) => Promise<Uint8Array | null> {
  const { store } = options;
  const payloads = payloadReader(options);
  return async (session, seq, place) => {
    const [stored] = await store.events.ofSession(session, { after: seq - 1, limit: 1 });
    const event = stored === undefined ? null : eventOf(stored);
    if (event?.seq !== seq || !('body' in event)) return null;
    const address = payloadsOf(event.body)[place];
    return address === undefined ? null : ((await payloads.read(address))?.bytes ?? null);
  };
}
