export { canonicalJson } from './canonical-json.ts';
export { eventBody, identitySummary, redactedEvent, sessionEvent } from './session-event.ts';
export type {
  EventBody,
  EventType,
  IdentitySummary,
  RecordedEvent,
  RedactedEvent,
  SessionEvent,
} from './session-event.ts';
export {
  bindingBytes,
  bindingOf,
  boundRequest,
  decisionBytes,
  enrolmentBytes,
  verifySignature,
} from './approval-binding.ts';
export type { BoundRequest, SignableDecision } from './approval-binding.ts';
export {
  approvalDecision,
  approvalPhase,
  approvalSummary,
  approvalView,
  breakGlassReview,
} from './approval.ts';
export type {
  ApprovalDecision,
  ApprovalPhase,
  ApprovalSummary,
  ApprovalView,
  BreakGlassReview,
} from './approval.ts';
export { breakGlassOrder, type BreakGlassOrder } from './break-glass.ts';
export { liveClientMessage, liveServerMessage } from './live-channel.ts';
export type { LiveClientMessage, LiveServerMessage } from './live-channel.ts';
export { LONGEST_WAIT, statementOrder, statementPage, statementView } from './statement.ts';
export type { StatementOrder, StatementPage, StatementPhase, StatementView } from './statement.ts';
export { type ErrorCode, type ErrorEntry, ERRORS, isErrorCode, type SnowflakeCode } from './errors.ts';
export type { TextPlace } from './primitives.ts';
export { problem, PROBLEM_TYPE, problemFor, type Problem } from './problem.ts';
