export type { ApproverDecision } from './approver-decision.ts';
export {
  type AccessApproval,
  type Approval,
  type ApprovalId,
  type Estimate,
  type HeldApproval,
  isAccess,
} from './approval.ts';
export type { AccessRequest, ApprovalRequest, BoundObject } from './approval-request.ts';
export { programShown } from './access-words.ts';
export { checkAskable } from './askable.ts';
export { type Approvals, type ApprovalsOptions, type Consumption, createApprovals } from './approvals.ts';
export type * from './ports.ts';
export type { Enrolment } from './enrolment.ts';
export type { Grant, LiveGrant } from './grant.ts';
export { isOn } from './grant-bounds.ts';
export type { Opening } from './opening.ts';
export { createDevices, type Device, type Devices } from './devices.ts';
export { fingerprintOf } from './own-devices.ts';
export { APPROVAL_STORY } from './approval-story.ts';
export { GRANT_STORY } from './grant-story.ts';
export { compareLeave, LEAVE_TABLES, type LeaveReaders, type WrongLeave } from './leave-check.ts';
export { OPENING_STORY } from './opening-story.ts';
export { type OnRefusedRow } from './refused-row.ts';
export { createOpenings, type Openings, type OpeningTransaction } from './openings.ts';
export { createGrants, type Grants, type GrantTransaction, type GrantUse } from './grants.ts';
export { holdError, type HoldOutcome } from './hold-outcome.ts';
export { actsAs, isMember, summaryOf } from './person.ts';
export { INTEGRATION_ISSUER, isOpen } from './state.ts';
export { createReviews, type Reviews, type ReviewTransaction } from './reviews.ts';
export { summarise, viewOf, type ViewContext } from './view.ts';
