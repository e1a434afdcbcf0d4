import type { ApprovalSummary } from '@sluice/contract';

/** What a person decided about a request that they were shown. */
export interface Decision {
  readonly approval: string;
  /** `bindingOf` what the page displayed; of a denial straight from a notification, the binding of the summary. */
  readonly shown: string;
  readonly verdict: 'approve' | 'deny';
  readonly comment: string;
  readonly proposal: string | null;
  readonly mostRows: number | null;
  readonly grantSeconds: number | null;
  readonly grantRows: number | null;
}

/** The request as the decision left it. */
export type Decided = ApprovalSummary;
