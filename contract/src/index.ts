export { canonicalJson } from './canonical-json.ts';
export { type AccessOrder, accessOrder } from './access.ts';
export { type AttemptReport, attemptReport } from './attempt.ts';
export type { AccessProgram, AccessTerms } from './access-terms.ts';
export {
  bindingBytes,
  bindingOf,
  type BoundAccess,
  boundAccess,
  type BoundRequest,
  boundRequest,
  decisionBytes,
  enrolmentBytes,
  type SignableDecision,
  verifySignature,
} from './approval-binding.ts';
export {
  type ApprovalDecision,
  approvalDecision,
  approvalList,
  type ApprovalPhase,
  approvalPhase,
  type ApprovalSummary,
  approvalSummary,
  type AccessSummary,
  type AccessView,
  type ApprovalView,
  approvalView,
  byUrgency,
  type HeldView,
} from './approval.ts';
export {
  breakGlassOpening,
  type BreakGlassOrder,
  breakGlassOrder,
  type BreakGlassReview,
  breakGlassReview,
} from './break-glass.ts';
export { type CallbackDecision, callbackDecision } from './callback.ts';
export { catalogObject, type CatalogObjectView } from './catalog.ts';
export type { DeviceEnrolment, DeviceRequestView, DeviceView } from './device.ts';
export { type CheckpointKeys, type CheckpointView, type HandoverView } from './checkpoint.ts';
export { type ErrorCode, type ErrorEntry, ERRORS, isErrorCode, type SnowflakeCode } from './errors.ts';
export type {
  AsWhom,
  KnownPersonView,
  OwnAccount,
  Reach,
  ReachedObjectView,
  Readers,
  ThroughWhat,
} from './people.ts';
export type { JsonValue, TextPlace } from './primitives.ts';
export { type Explanation, explanation, type ExplanationOrder } from './explanation.ts';
export type { GrantView } from './grant.ts';
export type { HeldSession, HoldOrder } from './legal-hold.ts';
export {
  LIVE_CLOSE,
  liveAnyHello,
  type LiveClientMessage,
  liveClientMessage,
  type LiveServerMessage,
  liveServerMessage,
} from './live/messages.ts';
export { type LiveLooking, liveLooking } from './live/looking.ts';
export { type LiveStatement, liveStatement } from './live/statement.ts';
export { LIVE_TOPICS, type LiveTopic, type LiveTopicName } from './live/topics.ts';
export { createLiveClient, type LiveClient, type LiveSubscription } from './client/live/live-client.ts';
export type { LiveClientOptions, LiveState, LiveUpdate, LiveWebSocket } from './client/live/live-options.ts';
export type { CallOptions, ClientOptions } from './client/options.ts';
export { type ClientGroup, createRelayClient, type RelayClient } from './client/relay-client.ts';
export { type ClientErrorCode, isRelayError, RelayError } from './client/relay-error.ts';
export type { PromptBy, PromptSeen } from './prompt.ts';
export { openApiDocument } from './openapi/document.ts';
export { type Problem, problem, PROBLEM_TYPE, problemFor } from './problem.ts';
export type { RetentionPreview, RetentionRunView, RetentionStatusView } from './retention.ts';
export type { ActivityView, Overview } from './overview.ts';
export type { Coverage, PolicyCheck, PolicyRuleView, PolicySimulation, PolicyView } from './policy.ts';
export type { RevocationOrder, RevocationView } from './revocation.ts';
export { type Authority, needsToken, type TokenAuthority } from './routes/authority.ts';
export { type Answer, errorsOf, isOwnApi, nameOf, type RequestBody, type Route } from './routes/route.ts';
export { allRoutes, type RouteGroup, type Routes, ROUTES } from './routes/routes.ts';
export {
  type EventBody,
  eventBody,
  type EventType,
  type IdentitySummary,
  identitySummary,
  type RecordedEvent,
  type RedactedEvent,
  redactedEvent,
  type SessionEvent,
  sessionEvent,
} from './session-event.ts';
export type { SearchPage } from './search.ts';
export type { SignInPlaces } from './sign-in.ts';
export {
  type SqlApiCancelled,
  type SqlApiFailure,
  type SqlApiOrder,
  type SqlApiResult,
  type SqlApiStatus,
  sqlApiStatusOf,
} from './sql-api.ts';
export { recordedEvent, type SessionOutcomes, type SessionSummary } from './session.ts';
export {
  LONGEST_WAIT,
  type StatementOrder,
  statementOrder,
  type StatementPage,
  statementPage,
  type StatementPhase,
  type StatementView,
  statementView,
} from './statement.ts';
export {
  ABOUT,
  type About,
  API_VERSION,
  API_VERSION_HEADER,
  LIVE_VERSION,
  RECORD_VERSION,
  versionProblem,
} from './versions.ts';
