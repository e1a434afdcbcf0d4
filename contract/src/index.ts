export { eventBody, identitySummary, sessionEvent } from './session-event.ts';
export type { EventBody, EventType, IdentitySummary, SessionEvent } from './session-event.ts';
