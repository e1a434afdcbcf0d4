import { DEVICE_EVENTS } from '../export/devices-of.ts';
import type { EventsReader, StoredEvent } from '../ports.ts';
import type { DeviceEvent } from './device-check.ts';
import type { KeyEvent } from './signed-size.ts';
import { isObjection, objectionTo, readEvent } from './stored-row.ts';

/** What has to be known of the relay session before anything else can be judged: whose keys sign, and whose devices. */
export interface RelayEvents {
  readonly keyEvents: readonly KeyEvent[];
  readonly deviceEvents: readonly Omit<DeviceEvent, 'isSigned'>[];
}

/**
 * Reads them ahead of the log. What is wrong with a row is left out here, and found when the log is read.
 *
 * @param onRead checks a row that the log's reading will not come to (an incremental run).
 */
export async function readRelayEvents(
  events: Pick<EventsReader, 'ofTypes'>,
  log: string,
  onRead: (row: StoredEvent) => Promise<void>,
): Promise<RelayEvents> {
  const keyEvents: KeyEvent[] = [];
  const deviceEvents: Omit<DeviceEvent, 'isSigned'>[] = [];
  for (const row of await events.ofTypes(log, ['signing_key', ...DEVICE_EVENTS])) {
    await onRead(row);
    const event = objectionTo(row) === null ? readEvent(row) : null;
    if (event === null || isObjection(event) || !('body' in event)) continue;
    const { body } = event;
    if (body.type === 'signing_key') keyEvents.push({ position: row.position, body });
    else deviceEvents.push({ event, position: row.position });
  }
  const byPosition = (one: { position: number }, other: { position: number }) =>
    one.position - other.position;
  return { keyEvents: keyEvents.sort(byPosition), deviceEvents: deviceEvents.sort(byPosition) };
}
