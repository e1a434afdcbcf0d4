import { type ApprovalsClient, decideOn } from './decide.ts';
import { type Paint, unpainted } from './paint.ts';
import { wholeRequestId } from './request-id.ts';
import { jsonLine } from './terminal-text.ts';
import { folded, revealed, shown } from '../text/index.ts';

/** `sluice deny ID --reason TEXT [--propose SQL]`. The agent receives both texts. */
export async function denyCommand(
  relay: ApprovalsClient,
  options: {
    readonly id: string;
    readonly reason: string;
    readonly propose: string | null;
    readonly json: boolean;
  },
  print: (text: string) => void,
  paint: Paint = unpainted,
): Promise<void> {
  const { id, reason, propose, json } = options;
  const nothing = { mostRows: null, grantSeconds: null, grantRows: null };
  const view = await relay.approvals.read({ params: { id: await wholeRequestId(relay, id) } });
  const summary = await decideOn(relay, view, {
    verdict: 'deny',
    comment: reason,
    proposal: propose,
    ...nothing,
  });
  if (json) return print(jsonLine(summary));
  const done =
    view.kind === 'access' ? 'denied: nothing is given' : 'denied: whoever waits for it is told why';
  print(paint('bad', done));
  for (const text of folded(shown`  ${revealed(view.plain.does)}`)) print(text);
}
