import { DEVICE_EVENTS } from '../checkpoints/key-events.ts';
import { ANY_POSITION, type AuthoredEvent, type EventsReader } from '../ports.ts';
import type { DeviceEvent } from './device-check.ts';
import type { KeyEvent } from './signed-size.ts';
import { isObjection, objectionTo, readEvent } from './stored-row.ts';

/** What has to be known of the relay session before anything else can be judged: whose keys sign, and whose devices. */
export interface RelayEvents {
  readonly keyEvents: readonly KeyEvent[];
  readonly deviceEvents: readonly Omit<DeviceEvent, 'isSigned'>[];
  /** The positions of all rows that were read for that. */
  readonly read: ReadonlySet<number>;
}

/**
 * Reads them ahead of the log. What is wrong with a row is left out here, and found when the log is read.
 *
 * @param onRead checks a row that the log's reading will not come to (an incremental run).
 * @param within only the log's first that many events, where it has those alone.
 */
export async function readRelayEvents(
  events: Pick<EventsReader, 'ofTypes'>,
  log: string,
  onRead: (row: AuthoredEvent) => Promise<void>,
  within = ANY_POSITION,
): Promise<RelayEvents> {
  const keyEvents: KeyEvent[] = [];
  const deviceEvents: Omit<DeviceEvent, 'isSigned'>[] = [];
  const read = new Set<number>();
  for (const row of await events.ofTypes(log, ['signing_key', ...DEVICE_EVENTS], within)) {
    read.add(row.position);
    await onRead(row);
    const event = objectionTo(row) === null ? readEvent(row) : null;
    if (event === null || isObjection(event) || !('body' in event)) continue;
    const { body } = event;
    if (body.type === 'signing_key') keyEvents.push({ position: row.position, body });
    else deviceEvents.push({ event, position: row.position });
  }
  const byPosition = (one: { position: number }, other: { position: number }) =>
    one.position - other.position;
  return { keyEvents: keyEvents.sort(byPosition), deviceEvents: deviceEvents.sort(byPosition), read };
}
