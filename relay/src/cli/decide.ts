import type { ApprovalDecision, ApprovalSummary, ApprovalView } from '@sluice/contract';
import type { RelayClient } from './relay-client.ts';

/** What somebody says at the terminal. A policy that wants signatures refuses it: no device signs here. */
export type TerminalDecision = Omit<ApprovalDecision, 'version' | 'binding' | 'signature'>;

/** Decides on exactly what was read. */
export async function decideOn(
  relay: RelayClient,
  { summary: { id, binding } }: Pick<ApprovalView, 'summary'>,
  decision: TerminalDecision,
): Promise<ApprovalSummary> {
  return await relay.decide(id, { version: 1, binding, signature: null, ...decision });
}
