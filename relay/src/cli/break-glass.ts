import type { BreakGlassOrder, RelayClient } from '@sluice/contract';
import { jsonLine } from './terminal-text.ts';

/** `sluice break-glass STATEMENT --reason TEXT`. Afterwards, the same person sends the statement as usual. */
export async function breakGlassCommand(
  relay: Pick<RelayClient, 'breakGlass'>,
  { order, json }: { readonly order: Omit<BreakGlassOrder, 'version'>; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const opened = await relay.breakGlass.open({ body: { version: 1, ...order } });
  if (json) return print(jsonLine(opened));
  print(`open until ${opened.until}: send exactly this statement now; others will review it`);
}
