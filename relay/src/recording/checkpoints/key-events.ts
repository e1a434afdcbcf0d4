import type { EventType } from '@sluice/contract';

/** The types of the events that say whose device signed what. */
export const DEVICE_EVENTS: readonly EventType[] = ['device_enrolled', 'device_revoked', 'enrolments_voided'];

/** Whether an event of this type says whose keys sign: those of the log, and those of people's devices. */
export function isKeyEvent(type: string): boolean {
  return type === 'signing_key' || DEVICE_EVENTS.some((each) => each === type);
}
