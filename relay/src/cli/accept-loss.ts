import { randomBytes, randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { acceptLoss, headFile, highWaterFile, signersFromFile, vaultFromFile } from '../recording/index.ts';
import { lockData } from '../store/index.ts';
import type { StorePlace } from './commands/store-options.ts';
import { writingStore } from './open-record.ts';
import { jsonLine } from './terminal-text.ts';

/**
 * `sluice accept-loss`: for a relay that does not start because its store has lost events.
 *
 * @throws SluiceError `config_invalid` while the relay runs, and as `acceptLoss` does.
 */
export async function acceptLossIn(
  place: StorePlace,
  { reason, json }: { readonly reason: string; readonly json: boolean },
  print: (text: string) => void,
): Promise<void> {
  const lock = lockData(place.files);
  try {
    const accepted = await writingStore(place, async (store, files) => {
      const highWater = highWaterFile(files.highWater);
      try {
        return await acceptLoss({
          store,
          heads: headFile(files.signedHead),
          highWater,
          vault: vaultFromFile(files.payloadKey, { create: false }),
          signers: signersFromFile(files.signingKey, { create: false }),
          by: userInfo().username,
          reason,
          now: Date.now,
          random: randomBytes,
          newId: () => randomUUID(),
        });
      } finally {
        highWater.close();
      }
    });
    const { size, proven, had, unmarked, contradiction } = accepted;
    const more = [
      ...(unmarked === 0 ? [] : [`nothing shows who wrote ${unmarked} of the rest`]),
      ...(contradiction === null ? [] : [`the relay had refused it before: ${contradiction}`]),
      'A notice on the record says so',
    ];
    print(
      json
        ? jsonLine(accepted)
        : `the log goes on with ${size} of ${had} events; the first ${proven} are those that were signed. ${more.join('. ')}`,
    );
  } finally {
    lock.release();
  }
}
