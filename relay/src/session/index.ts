export type { ClientInfo, Session, SessionId } from './session.ts';
