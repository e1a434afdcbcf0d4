import type { ApprovalDecision, ApprovalSummary, ApprovalView, RelayClient } from '@sluice/contract';

/** What of the API is for deciding on requests. */
export type ApprovalsClient = Pick<RelayClient, 'approvals'>;

/** What somebody says at the terminal. A policy that wants signatures refuses it: no device signs here. */
export type TerminalDecision = Omit<ApprovalDecision, 'version' | 'binding' | 'signature'>;

/** Decides on exactly what was read. */
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
