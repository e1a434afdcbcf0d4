import { type ApprovalsClient, decideOn } from './decide.ts';

/** `sluice deny ID --reason TEXT [--propose SQL]`: the agent reads both. */
export async function denyCommand(
  relay: ApprovalsClient,
  options: { readonly id: string; readonly reason: string; readonly propose: string | null },
  print: (text: string) => void,
): Promise<void> {
  const { id, reason, propose } = options;
  const nothing = { mostRows: null, grantSeconds: null, grantRows: null };
  const view = await relay.approvals.read({ params: { id } });
  await decideOn(relay, view, { verdict: 'deny', comment: reason, proposal: propose, ...nothing });
  print('denied');
}
