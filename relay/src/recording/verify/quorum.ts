import { isCosignedBy, type WitnessKey } from '../checkpoints/cosignature.ts';

/** Whose cosignatures are demanded of a checkpoint, and how many of them. */
export interface Quorum {
  readonly keys: readonly WitnessKey[];
  readonly least: number;
}

/** What is missing of the quorum under a checkpoint; null when nothing is. */
export function lackOfWitnesses(note: string, { keys, least }: Quorum): string | null {
  const cosigned = keys.filter((key) => isCosignedBy(note, key)).length;
  return cosigned >= least
    ? null
    : `${cosigned} of ${keys.length} witnesses have cosigned it, and ${least} must`;
}
