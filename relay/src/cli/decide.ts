import type { ApprovalSummary } from '@sluice/contract';
import type { RelayClient } from './relay-client.ts';

/** What somebody says at the terminal. A policy that wants signatures refuses it: no device signs here. */
export interface TerminalDecision {
  readonly id: string;
  readonly verdict: 'approve' | 'deny';
  readonly comment: string;
  readonly proposal: string | null;
  readonly grantSeconds: number | null;
}

/** Reads the request and decides on exactly what was read. */
export async function decide(relay: RelayClient, decision: TerminalDecision): Promise<ApprovalSummary> {
  const { id, ...answer } = decision;
  const { summary } = await relay.approval(id);
  return relay.decide(id, { version: 1, binding: summary.binding, signature: null, ...answer });
}
