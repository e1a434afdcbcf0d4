import type { RelayClient } from '@sluice/contract';
import { amount, revealed, shown } from '../text/index.ts';
import { tableLines } from './table.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal-text.ts';

type CheckpointsClient = Pick<RelayClient, 'checkpoints'>;

/** `sluice checkpoint take`: prints the note, to the byte, for a file that is kept elsewhere. */
export async function takeCheckpointCommand(
  relay: CheckpointsClient,
  { json }: { readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const taken = await relay.checkpoints.take();
  print(json ? jsonLine(taken) : noteOf(taken));
}

/** `sluice checkpoint show [SIZE]`: the newest one by default. */
export async function showCheckpointCommand(
  relay: CheckpointsClient,
  { size, json }: { readonly size: number | null; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const found =
    size === null ? await relay.checkpoints.newest() : await relay.checkpoints.read({ params: { size } });
  print(json ? jsonLine(found) : noteOf(found));
}

/** A line feed ends it, as the terminal's `print` writes one. */
function noteOf({ note }: { readonly note: string }): string {
  return note.endsWith('\n') ? note.slice(0, -1) : note;
}

/** `sluice checkpoint list`: newest first. */
export async function listCheckpointsCommand(
  relay: CheckpointsClient,
  { limit, below, json }: { readonly limit: number; readonly below: number | null; readonly json: boolean },
  { print, paint }: Pick<Terminal, 'print' | 'paint'>,
): Promise<void> {
  const { checkpoints } = await relay.checkpoints.list({
    query: below === null ? { limit } : { limit, below },
  });
  if (json) {
    for (const checkpoint of checkpoints) print(jsonLine(checkpoint));
    return;
  }
  if (checkpoints.length === 0)
    return print('there is no checkpoint yet; the relay takes one within a minute');
  const columns = [
    { title: shown`EVENTS`, align: 'right' as const },
    { title: shown`SIGNED` },
    { title: shown`ROOT` },
  ];
  const rows = checkpoints.map(({ size, at, root }) => [amount(size), revealed(at), revealed(root)]);
  for (const line of tableLines(columns, rows, paint.printed)) print(line);
}
