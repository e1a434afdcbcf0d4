export type { ClientInfo, Session, SessionEnd, SessionId } from './session.ts';
export type * from './ports.ts';
export { createSessions } from './sessions.ts';
export type { SessionGrant, SessionLimits, Sessions, SessionsOptions } from './sessions.ts';
export type { SessionSeals } from './session-seals.ts';
export type { RandomBytes, SessionToken, TokenHash } from './session-token.ts';
