import type { BreakGlassOrder } from '@sluice/contract';
import type { RelayClient } from './relay-client.ts';

/** `sluice break-glass STATEMENT --reason TEXT`: the statement is then sent as any other, by the same person. */
export async function breakGlassCommand(
  relay: RelayClient,
  order: Omit<BreakGlassOrder, 'version'>,
  print: (text: string) => void,
): Promise<void> {
  const { until } = await relay.breakGlass({ version: 1, ...order });
  print(`open until ${until}: send the statement now, exactly so; others will review it`);
}
