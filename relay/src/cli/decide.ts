import type { ApprovalDecision, ApprovalSummary, ApprovalView, RelayClient } from '@sluice/contract';

/** The part of the API that decides on requests. */
export type ApprovalsClient = Pick<RelayClient, 'approvals'>;

/** A decision made at the terminal. It has no signature, so a policy that requires one refuses it. */
export type TerminalDecision = Omit<ApprovalDecision, 'version' | 'binding' | 'signature'>;

/** Decides on exactly the version of the request that was read. */
export async function decideOn(
  relay: ApprovalsClient,
  { summary: { id, binding } }: Pick<ApprovalView, 'summary'>,
  decision: TerminalDecision,
): Promise<ApprovalSummary> {
  return await relay.approvals.decide({
    params: { id },
    body: { version: 1, binding, signature: null, ...decision },
  });
}
