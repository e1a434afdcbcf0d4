import type { EventBody } from '@sluice/contract';
import { contradiction } from '../checkpoints/contradiction.ts';
import { DEVICE_EVENTS } from '../checkpoints/key-events.ts';
import { nameOf } from '../checkpoints/row-check.ts';
import { storedHash } from '../log/stored-hash.ts';
import type { EventsReader, StoredEvent } from '../ports.ts';
import { type CompletenessProof, requireKeyEvents } from './complete-session.ts';

/**
 * The events that prove whose keys signed a session's decisions: enrolments and revocations of those devices and of the
 * devices that vouched for them, and what declares that some of these do not count. In the order of the log.
 *
 * @param proof shows that none is left out; null where nobody attests that.
 */
export async function devicesOf(
  events: EventsReader,
  {
    log,
    decisions,
    size,
  }: { readonly log: string; readonly decisions: readonly StoredEvent[]; readonly size: number },
  proof: Pick<CompletenessProof, 'keyEvents'> | null,
): Promise<readonly StoredEvent[]> {
  const wanted = signingKeys(decisions);
  if (wanted.size === 0) return [];
  const rows = await events.ofTypes(log, DEVICE_EVENTS, size);
  if (proof !== null) requireKeyEvents(proof, rows, DEVICE_EVENTS, size);
  const placed = rows.map((row) => {
    // Left out, it would revoke nothing.
    if (storedHash(row) !== row.hash) throw contradiction(`${nameOf(row)} was altered`);
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

/** The decisions of a session. */
export function decisionsOf(
  events: Pick<EventsReader, 'ofTypes'>,
  session: string,
  size: number,
): Promise<readonly StoredEvent[]> {
  return events.ofTypes(session, ['approval_decided'], size);
}

function keysIn(body: EventBody): readonly string[] {
  if (body.type === 'enrolments_voided') return body.enrolments.map(({ key }) => key);
  return body.type === 'device_enrolled' || body.type === 'device_revoked' ? [body.key] : [];
}

function signingKeys(rows: readonly StoredEvent[]): Set<string> {
  const keys = rows.flatMap(({ body }) => {
    const decided = JSON.parse(body ?? '{}') as EventBody;
    return decided.type === 'approval_decided' && decided.signature !== null ? [decided.signature.key] : [];
  });
  return new Set(keys);
}
