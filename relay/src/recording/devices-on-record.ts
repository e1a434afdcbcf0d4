import type { EventBody } from '@sluice/contract';
import type { SessionId } from '../session/index.ts';
import { contradiction } from './checkpoints/contradiction.ts';
import { DEVICE_EVENTS } from './checkpoints/key-events.ts';
import type { ProvingReaders } from './log/proven-events.ts';
import { storedHash } from './log/stored-hash.ts';
import type { ProvenRecord } from './proven-record.ts';

/** A device as the record has it. */
export interface RecordedDevice {
  readonly key: string;
  /** The owner's identity id. */
  readonly identity: string;
  readonly name: string;
  readonly isRevoked: boolean;
}

/**
 * The devices that people have enrolled, by proven events: whoever writes to the database can put a device there, take one away, or
 * take back that it was revoked.
 *
 * @param store or a transaction, for what is asked within one.
 * @throws SluiceError `record_contradicted` when an event that says something of devices was there and is gone.
 */
export async function devicesOnRecord(
  store: ProvingReaders,
  proof: Pick<ProvenRecord, 'standingOf' | 'keyEvents'>,
  relaySession: SessionId,
): Promise<readonly RecordedDevice[]> {
  const rows = await store.events.ofTypes(relaySession, DEVICE_EVENTS);
  const there = new Set(rows.map(({ position }) => position));
  for (const { position, type } of proof.keyEvents()) {
    if (DEVICE_EVENTS.some((each) => each === type) && !there.has(position))
      throw contradiction(`event ${position} of the log, which says whose devices sign, is gone`);
  }
  const events: NumberedBody[] = [];
  for (const row of rows) {
    if (row.body === null || storedHash(row) !== row.hash) continue;
    const standing = await proof.standingOf(row, store);
    // What a relay with a newer vault has written, perhaps, takes away, and gives nothing.
    if (standing === 'unproven' || (standing === 'unknown' && row.type === 'device_enrolled')) continue;
    events.push({ seq: row.seq, body: JSON.parse(row.body) as EventBody });
  }
  return devicesIn(events);
}

/** In order. */
export function devicesIn(events: Iterable<NumberedBody>): readonly RecordedDevice[] {
  const enrolled = new Map<number, Omit<RecordedDevice, 'isRevoked'>>();
  const revoked = new Set<string>();
  for (const { seq, body } of events) {
    if (body.type === 'device_enrolled') {
      const { key, identity, name } = body;
      // A key is enrolled once.
      const isKnown = enrolled.values().some((device) => device.key === key);
      if (!isKnown) enrolled.set(seq, { key, identity, name });
    } else if (body.type === 'device_revoked') revoked.add(body.key);
    else if (body.type === 'enrolments_voided') {
      for (const { seq: voided, key } of body.enrolments) {
        if (enrolled.get(voided)?.key === key) revoked.add(key);
      }
    }
  }
  return [...enrolled.values()].map((device) => ({ ...device, isRevoked: revoked.has(device.key) }));
}

export interface NumberedBody {
  readonly seq: number;
  readonly body: EventBody;
}
