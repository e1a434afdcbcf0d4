import { z } from 'zod';
import { inTurn } from './in-turn.ts';
import type { KnownLogs } from './replays/replays.ts';
import { readPrivateFile, writePrivateFile } from './secrets/private-file.ts';
import type { Witness } from './witness/witness.ts';

const base64 = z.base64().max(1_000);
const keptLogs = z.strictObject({
  version: z.literal(1),
  logs: z.record(
    z.string().max(200),
    z.strictObject({
      /** By which somebody's file was found intact. */
      keys: z.array(base64).max(100),
      witnesses: z.array(z.string().max(1_000)).max(100),
    }),
  ),
});
type KeptLogs = z.infer<typeof keptLogs>['logs'];

/** What exports are checked by, also with the network unplugged: what the witness has seen, and what this file has. */
export async function openKnownLogs(
  path: string,
  witness: Pick<Witness, 'keysOf' | 'isSeen'>,
): Promise<KnownLogs & { noteWitnesses(log: string, witnesses: readonly string[]): Promise<void> }> {
  const turn = inTurn();
  let logs: KeptLogs = parse(await readPrivateFile(path));
  const of = (log: string) => logs[log] ?? { keys: [], witnesses: [] };
  const change = async (log: string, changes: Partial<KeptLogs[string]>) =>
    await turn(async () => {
      const next = { ...logs, [log]: { ...of(log), ...changes } };
      await writePrivateFile(path, JSON.stringify({ version: 1, logs: next }));
      logs = next;
    });
  return {
    keysOf: async (log) => [...new Set([...(await witness.keysOf(log)), ...of(log).keys])],
    isSeen: witness.isSeen,
    witnessesOf: async (log) => of(log).witnesses,
    async learn(log, key) {
      if (!of(log).keys.includes(key)) await change(log, { keys: [...of(log).keys, key] });
    },
    async noteWitnesses(log, witnesses) {
      await change(log, { witnesses: [...witnesses] });
    },
  };
}

/** A file that cannot be read holds nothing that is not given again. */
function parse(bytes: Buffer | null): KeptLogs {
  if (bytes === null) return {};
  try {
    return keptLogs.parse(JSON.parse(bytes.toString('utf8'))).logs;
  } catch {
    return {};
  }
}
