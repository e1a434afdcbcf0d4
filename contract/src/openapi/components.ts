import { accessTerms } from '../access-terms.ts';
import { boundAccess, boundRequest } from '../approval-binding.ts';
import { approvalList, approvalSummary, approvalView } from '../approval.ts';
import { breakGlassOpening, breakGlassReview, reviewList } from '../break-glass.ts';
import { catalogDatabases, catalogObject, catalogObjects, catalogSchemas } from '../catalog.ts';
import { checkpointList, checkpointView } from '../checkpoint.ts';
import { deviceList, deviceRequestList, deviceRequestView, deviceView } from '../device.ts';
import { explanation } from '../explanation.ts';
import { grantList, grantView } from '../grant.ts';
import { heldSession, holdList, holdOutcome } from '../legal-hold.ts';
import { liveServerMessage } from '../live/messages.ts';
import { jsonValue } from '../primitives.ts';
import { retentionPreview, retentionRun, retentionStatus } from '../retention.ts';
import { revocationList, revocationTarget, revocationView } from '../revocation.ts';
import { searchPage } from '../search.ts';
import { eventBody, identitySummary, redactedEvent, sessionEvent } from '../session-event.ts';
import { recordedEvent, sessionList, sessionSummary } from '../session.ts';
import { authorizationServer, keySet, protectedResource, tokenAnswer } from '../sign-in.ts';
import { statementView } from '../statement.ts';
import { about } from '../versions.ts';

/** The schemas that are named components of the document. */
export const COMPONENTS = {
  About: about,
  AccessTerms: accessTerms,
  ApprovalList: approvalList,
  ApprovalSummary: approvalSummary,
  ApprovalView: approvalView,
  AuthorizationServer: authorizationServer,
  BoundAccess: boundAccess,
  BoundRequest: boundRequest,
  BreakGlassOpening: breakGlassOpening,
  BreakGlassReview: breakGlassReview,
  CatalogDatabases: catalogDatabases,
  CatalogObject: catalogObject,
  CatalogObjects: catalogObjects,
  CatalogSchemas: catalogSchemas,
  Checkpoint: checkpointView,
  CheckpointList: checkpointList,
  Device: deviceView,
  DeviceList: deviceList,
  DeviceRequest: deviceRequestView,
  DeviceRequestList: deviceRequestList,
  Event: sessionEvent,
  EventBody: eventBody,
  Explanation: explanation,
  Grant: grantView,
  GrantList: grantList,
  HeldSession: heldSession,
  HoldList: holdList,
  HoldOutcome: holdOutcome,
  Identity: identitySummary,
  JsonValue: jsonValue,
  KeySet: keySet,
  LiveServerMessage: liveServerMessage,
  ProtectedResource: protectedResource,
  RecordedEvent: recordedEvent,
  RedactedEvent: redactedEvent,
  RetentionPreview: retentionPreview,
  RetentionRun: retentionRun,
  RetentionStatus: retentionStatus,
  ReviewList: reviewList,
  Revocation: revocationView,
  RevocationList: revocationList,
  RevocationTarget: revocationTarget,
  SearchPage: searchPage,
  Session: sessionSummary,
  SessionList: sessionList,
  Statement: statementView,
  TokenAnswer: tokenAnswer,
} as const;
