import { isCosignedBy, type WitnessKey, witnessKeyText } from '../checkpoints/cosignature.ts';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';

/** Whose cosignatures are demanded, and how many of them. */
export interface Quorum {
  readonly keys: readonly WitnessKey[];
  readonly least: number;
}

/** Up to which size the witnesses stand for a log. */
export interface Witnessed {
  /** Takes in a checkpoint of the log. The largest first is the fastest. */
  see(checkpoint: Pick<Checkpoint, 'size' | 'note'>): void;
  /** How many of the first events as many witnesses as are demanded have cosigned, each at its own time. */
  upTo(): number;
}

export function witnessed({ keys, least }: Quorum): Witnessed {
  // Each counts once, however often it is given.
  const witnesses = [...new Map(keys.map((key) => [witnessKeyText(key), key])).values()].map((key) => ({
    key,
    size: 0,
  }));
  return {
    see({ size, note }) {
      for (const witness of witnesses) {
        if (size > witness.size && isCosignedBy(note, witness.key)) witness.size = size;
      }
    },
    upTo: () => witnesses.map(({ size }) => size).sort((one, other) => other - one)[least - 1] ?? 0,
  };
}

/** Why what is not witnessed is a finding. Without a final period. */
export function lackOfWitnesses({ keys, least }: Quorum, upTo: number): string {
  return `${least} of ${keys.length} witnesses have cosigned the first ${upTo} events`;
}
