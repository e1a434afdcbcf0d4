import type { EventBody, EventType } from '@sluice/contract';
import type { EventsReader, StoredEvent } from '../ports.ts';

/** The types of the events that say whose key signed what. */
export const DEVICE_EVENTS: readonly EventType[] = ['device_enrolled', 'device_revoked', 'enrolments_voided'];

/**
 * The events that prove whose keys signed a session's decisions: enrolments and revocations of those devices and of the
 * devices that vouched for them, and what declares that some of these do not count. In the order of the log.
 */
export async function devicesOf(
  events: EventsReader,
  { log, session, size }: { readonly log: string; readonly session: string; readonly size: number },
): Promise<readonly StoredEvent[]> {
  const wanted = await signingKeys(events, session, size);
  if (wanted.size === 0) return [];
  const rows = await events.ofTypes(log, DEVICE_EVENTS, size);
  const placed = rows.map((row) => {
    const body = JSON.parse(row.body ?? '{}') as EventBody;
    return { row, body, keys: keysIn(body) };
  });
  // A device that vouched is needed too, and so is every enrolment that is declared not to count together with a needed one.
  for (let before = -1; before !== wanted.size;) {
    before = wanted.size;
    for (const { body, keys } of placed.toReversed()) {
      if (!keys.some((key) => wanted.has(key))) continue;
      for (const key of keys) wanted.add(key);
      if (body.type === 'device_enrolled' && body.vouchedBy !== null) wanted.add(body.vouchedBy.key);
    }
  }
  return placed.filter(({ keys }) => keys.some((key) => wanted.has(key))).map(({ row }) => row);
}

function keysIn(body: EventBody): readonly string[] {
  if (body.type === 'enrolments_voided') return body.enrolments.map(({ key }) => key);
  return body.type === 'device_enrolled' || body.type === 'device_revoked' ? [body.key] : [];
}

async function signingKeys(events: EventsReader, session: string, size: number): Promise<Set<string>> {
  const rows = await events.ofTypes(session, ['approval_decided'], size);
  const keys = rows.flatMap(({ body }) => {
    const decided = JSON.parse(body ?? '{}') as EventBody;
    return decided.type === 'approval_decided' && decided.signature !== null ? [decided.signature.key] : [];
  });
  return new Set(keys);
}
