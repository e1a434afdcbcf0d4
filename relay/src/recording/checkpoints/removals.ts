import { LRUCache } from 'lru-cache';
import type { EventType } from '@sluice/contract';
import type { ProvenEvents } from '../log/proven-events.ts';
import type { RecordReaders, StoredEvent } from '../ports.ts';
import { addressesIn } from '../verify/payload-check.ts';
import { type Redactions, redactions } from '../verify/redactions.ts';
import { isObjection, readEvent } from '../verify/stored-row.ts';
import { contradiction } from './contradiction.ts';
import { readRecord } from './read-record.ts';
import { nameOf } from './row-check.ts';

/** What of events may be gone: what a relay has said on the record that retention removes, and nothing else. */
export interface Removals {
  /** @throws SluiceError `record_contradicted` when a body of these is gone, or a payload that they name, and nothing has announced it. */
  require(rows: readonly StoredEvent[]): Promise<void>;
}

export function removals({
  store: { events, payloads },
  standingOf,
}: {
  readonly store: Pick<RecordReaders, 'events' | 'payloads'>;
  readonly standingOf: ProvenEvents['standingOf'];
}): Removals {
  const known = new LRUCache<string, Redactions>({ max: MOST_SESSIONS });

  const announcedIn = async (session: string) => {
    const announced = redactions();
    const read = () => events.ofTypes(session, ['redacted', 'hold']);
    for (const row of await readRecord(`session ${session}`, read)) {
      // Of a relay with a newer vault, perhaps: then nothing is signed here before that is known. Where it was signed, the root tells.
      if ((await standingOf(row)) === 'unproven') continue;
      const event = readEvent(row);
      if (!isObjection(event)) announced.next(event, true);
    }
    known.set(session, announced);
    return announced;
  };
  /** What is gone was announced before: what was read of a session earlier may not say so yet. */
  const isAnnounced = async (session: string, excuses: (announced: Redactions) => boolean) => {
    const earlier = known.get(session);
    return (earlier !== undefined && excuses(earlier)) || excuses(await announcedIn(session));
  };

  return {
    async require(rows) {
      for (const row of rows) {
        const { session, seq, type } = row;
        if (row.body !== null) continue;
        if (!(await isAnnounced(session, (announced) => announced.excuseBody(seq, type as EventType))))
          throw contradiction(`${nameOf(row)} has lost its body, and nothing on the record removes it`);
      }
      const named = rows.flatMap((row) =>
        addressesIn(row.type, row.body ?? '').map((address) => ({ row, address })),
      );
      if (named.length === 0) return;
      const addresses = [...new Set(named.map(({ address }) => address))];
      const missing = new Set(await readRecord('its payloads', () => payloads.missing(addresses)));
      for (const { row, address } of named) {
        if (!missing.has(address)) continue;
        if (!(await isAnnounced(row.session, (announced) => announced.excusePayload(address, row.seq))))
          throw contradiction(
            `${nameOf(row)} has lost its payload ${address}, and nothing on the record removes it`,
          );
      }
    },
  };
}

/** Sessions whose removals are remembered: those of neighbouring events. */
const MOST_SESSIONS = 100;
