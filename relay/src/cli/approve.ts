import { decide } from './decide.ts';
import type { RelayClient } from './relay-client.ts';

/** `sluice approve ID [--comment TEXT] [--grant MINUTES]`. */
export async function approveCommand(
  relay: RelayClient,
  options: { readonly id: string; readonly comment: string; readonly grantMinutes: number | null },
  print: (text: string) => void,
): Promise<void> {
  const { id, comment, grantMinutes } = options;
  const { phase, approvedBy, needed } = await decide(relay, {
    id,
    verdict: 'approve',
    comment,
    proposal: null,
    grantSeconds: grantMinutes === null ? null : grantMinutes * 60,
  });
  print(
    phase === 'asked' ? `approved; ${approvedBy.length} of ${needed} so far` : 'approved: it may run now',
  );
}
