import type { HoldOrder, RelayClient } from '@sluice/contract';
import { amount, folded, personShown, quoted, revealed, shown, word } from '../text/index.ts';
import { shortId } from './short-ids.ts';
import { jsonLine } from './terminal-text.ts';

type HoldsClient = Pick<RelayClient, 'holds'>;

/** `sluice hold set` and `sluice hold release`. With `--dry-run`, only says how many sessions it would be. */
export async function changeHoldsCommand(
  relay: HoldsClient,
  { order, held, json }: { readonly order: HoldOrder; readonly held: boolean; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const { sessions, changed } = held
    ? await relay.holds.set({ body: order })
    : await relay.holds.release({ body: order });
  if (json) return print(jsonLine({ sessions, changed, dryRun: order.dryRun }));
  const what = held ? shown`placed under legal hold` : shown`released from legal hold`;
  const would = order.dryRun ? shown`would be ` : shown``;
  print(shown`${amount(changed)} of ${amount(sessions)} sessions ${would}${what}`);
  if (sessions === 0) print('no session on the record is meant; see `sluice sessions list`');
}

/** `sluice hold list`: the sessions under legal hold, all of them. */
export async function listHoldsCommand(
  relay: HoldsClient,
  { json }: { readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  let listed = 0;
  let cursor: string | null = null;
  do {
    const query: { limit: number; cursor?: string } =
      cursor === null ? { limit: PAGE } : { limit: PAGE, cursor };
    const page = await relay.holds.list({ query });
    listed += page.holds.length;
    for (const hold of page.holds) {
      if (json) {
        print(jsonLine(hold));
        continue;
      }
      const { session, person, heldAt, by, reason } = hold;
      print(shown`${word(shortId(session))}  of ${word(person)}, held since ${revealed(heldAt)}`);
      for (const line of folded(shown`  by ${personShown(by)}: ${quoted(reason)}`)) print(line);
    }
    cursor = page.next;
  } while (cursor !== null);
  if (listed === 0 && !json) print('no session is under legal hold');
}

const PAGE = 500;
