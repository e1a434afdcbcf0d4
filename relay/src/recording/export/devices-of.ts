import type { EventBody } from '@sluice/contract';
import type { EventsReader, StoredEvent } from '../ports.ts';

/**
 * The events that prove whose keys signed a session's decisions: enrolments and revocations of those devices, and of
 * the devices that vouched for them. In the order of the log.
 */
export async function devicesOf(
  events: EventsReader,
  { log, session, size }: { readonly log: string; readonly session: string; readonly size: number },
): Promise<readonly StoredEvent[]> {
  const wanted = await signingKeys(events, session, size);
  if (wanted.size === 0) return [];
  const rows = await events.ofTypes(log, ['device_enrolled', 'device_revoked'], size);
  const placed = rows.flatMap((row) => {
    const body = JSON.parse(row.body ?? '{}') as EventBody;
    return body.type === 'device_enrolled' || body.type === 'device_revoked' ? [{ row, body }] : [];
  });
  // A device is enrolled before any device that it vouches for, so one pass from the newest event back finds them all.
  for (const { body } of placed.toReversed()) {
    if (body.type === 'device_enrolled' && wanted.has(body.key) && body.vouchedBy !== null) {
      wanted.add(body.vouchedBy.key);
    }
  }
  return placed.filter(({ body }) => wanted.has(body.key)).map(({ row }) => row);
}

async function signingKeys(events: EventsReader, session: string, size: number): Promise<Set<string>> {
  const rows = await events.ofTypes(session, ['approval_decided'], size);
  const keys = rows.flatMap(({ body }) => {
    const decided = JSON.parse(body ?? '{}') as EventBody;
    return decided.type === 'approval_decided' && decided.signature !== null ? [decided.signature.key] : [];
  });
  return new Set(keys);
}
