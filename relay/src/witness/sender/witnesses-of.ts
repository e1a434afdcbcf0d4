import { parseWitnessKey } from '../../recording/index.ts';
import type { WitnessConfig } from './config.ts';
import { fileWitness } from './file-witness.ts';
import { putWitness } from './put-witness.ts';
import { tlogWitness } from './tlog-witness.ts';
import { webhookWitness } from './webhook-witness.ts';
import type { RecordedLog, Witness } from './witness.ts';

/** @param now milliseconds since the epoch. */
export function witnessesOf(
  config: readonly WitnessConfig[],
  { log, now }: { readonly log: RecordedLog; readonly now: () => number },
): readonly Witness[] {
  return config.map((each): Witness => {
    switch (each.kind) {
      case 'file':
        return fileWitness({ ...each, log });
      case 'put':
        return putWitness({ ...each, now });
      case 'webhook':
        return webhookWitness({ ...each, now });
      case 'tlog-witness': {
        const key = parseWitnessKey(each.key)!;
        return tlogWitness({ ...each, key, stops: each.onConflict === 'stop', log });
      }
      default:
        return each satisfies never;
    }
  });
}
