import type { BreakGlassOrder, RelayClient } from '@sluice/contract';

/** `sluice break-glass STATEMENT --reason TEXT`: the statement is then sent as any other, by the same person. */
export async function breakGlassCommand(
  relay: Pick<RelayClient, 'breakGlass'>,
  order: Omit<BreakGlassOrder, 'version'>,
  print: (text: string) => void,
): Promise<void> {
  const { until } = await relay.breakGlass.open({ body: { version: 1, ...order } });
  print(`open until ${until}: send the statement now, exactly so; others will review it`);
}
