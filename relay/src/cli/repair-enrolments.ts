import type { RelayClient } from '@sluice/contract';
import { amount, folded, quoted, shown, word } from '../text/index.ts';
import { jsonLine } from './terminal-text.ts';

/** `sluice devices repair`: declares on the record that enrolments which an earlier fault let in do not count. */
export async function repairEnrolmentsCommand(
  relay: Pick<RelayClient, 'devices'>,
  { reason, dryRun, json }: { readonly reason: string; readonly dryRun: boolean; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const { enrolments } = await relay.devices.repair({ body: { reason, dryRun } });
  if (json) return print(jsonLine({ enrolments, dryRun }));
  const verb = dryRun
    ? shown`would be declared not to count`
    : shown`do not count, and that is on the record`;
  print(shown`${amount(enrolments.length)} enrolments ${verb}:`);
  for (const { seq, identity, name } of enrolments) {
    for (const line of folded(
      shown`  event ${seq} of the relay session: ${quoted(name)} of ${word(identity)}`,
    ))
      print(line);
  }
}
