import { decide } from './decide.ts';
import type { RelayClient } from './relay-client.ts';

/** `sluice deny ID --reason TEXT [--propose SQL]`: the agent reads both. */
export async function denyCommand(
  relay: RelayClient,
  options: { readonly id: string; readonly reason: string; readonly propose: string | null },
  print: (text: string) => void,
): Promise<void> {
  const { id, reason, propose } = options;
  await decide(relay, { id, verdict: 'deny', comment: reason, proposal: propose, grantSeconds: null });
  print('denied');
}
