export type { ApproverDecision } from './approver-decision.ts';
export type { Approval, ApprovalId, Estimate } from './approval.ts';
export { type ApprovalRequest, type BoundObject } from './approval-request.ts';
export { type Approvals, type ApprovalsOptions, type Consumption, createApprovals } from './approvals.ts';
export type * from './ports.ts';
export { createDevices, type Device, type Devices, type Enrolment, fingerprintOf } from './devices.ts';
export { createOpenings, type Opening, type Openings, type OpeningTransaction } from './openings.ts';
export {
  createGrants,
  type Grant,
  type Grants,
  type GrantTransaction,
  type GrantUse,
  type LiveGrant,
} from './grants.ts';
export { holdError, type HoldOutcome } from './hold-outcome.ts';
export { actsAs, isMember, summaryOf } from './person.ts';
export { INTEGRATION_ISSUER, isOpen } from './state.ts';
export { createReviews, type Reviews, type ReviewTransaction } from './reviews.ts';
export { summarise, viewOf, type ViewContext } from './view.ts';
