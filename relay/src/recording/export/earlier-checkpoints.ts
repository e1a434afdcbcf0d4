import { type Checkpoint, parseCheckpoint } from '../checkpoints/checkpoint.ts';
import { isDeviceName } from '../checkpoints/device-cosignatures.ts';
import { parseNote } from '../checkpoints/note.ts';
import type { CheckpointsReader } from '../ports.ts';

/**
 * The checkpoints of fewer events that an export shows its own to go on from: the newest that each witness has
 * cosigned, and others at distances that double, of those around there one with the most cosignatures. Of a log of any
 * size there are at most `MOST_SHOWN`.
 *
 * @returns by size, one of each.
 */
export async function earlierCheckpoints(
  checkpoints: Pick<CheckpointsReader, 'page'>,
  { log, size }: Pick<Checkpoint, 'log' | 'size'>,
): Promise<readonly Checkpoint[]> {
  const newest = await newestCosigned(checkpoints, size);
  const spaced = await doublingBack(checkpoints, size);
  return oneOfEach(
    [...newest, ...spaced].flatMap((note) => {
      const checkpoint = parseCheckpoint(note);
      return checkpoint?.log === log && checkpoint.size < size ? [checkpoint] : [];
    }),
  );
}

/** By size. Of several of one size, the one with the most cosignatures. */
export function oneOfEach(checkpoints: readonly Checkpoint[]): readonly Checkpoint[] {
  const bySize = new Map<number, Checkpoint>();
  for (const checkpoint of checkpoints) {
    const known = bySize.get(checkpoint.size);
    if (known === undefined || cosigners(known.note).length < cosigners(checkpoint.note).length) {
      bySize.set(checkpoint.size, checkpoint);
    }
  }
  return [...bySize.values()].sort((one, other) => one.size - other.size);
}

/**
 * The notes that those who have cosigned anything lately have cosigned last. People's devices have places of their own: however
 * many there are, they do not take those of the witnesses that the configuration names.
 */
async function newestCosigned(
  checkpoints: Pick<CheckpointsReader, 'page'>,
  size: number,
): Promise<readonly string[]> {
  const [witnesses, devices] = [new Map<string, string>(), new Map<string, string>()];
  let below = size;
  for (let looked = 0; looked < MOST_LOOKED_AT; looked += PAGE) {
    const page = await checkpoints.page({ below, limit: PAGE });
    for (const { note } of page) {
      for (const cosigner of cosigners(note)) {
        const those = isDeviceName(cosigner) ? devices : witnesses;
        if (!those.has(cosigner) && those.size < MOST_WITNESSES) those.set(cosigner, note);
      }
    }
    if (page.length < PAGE || (witnesses.size === MOST_WITNESSES && devices.size === MOST_WITNESSES)) break;
    below = page.at(-1)!.size;
  }
  return [...witnesses.values(), ...devices.values()];
}

async function doublingBack(
  checkpoints: Pick<CheckpointsReader, 'page'>,
  size: number,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (let below = size; notes.length < MOST_SHOWN - 2 * MOST_WITNESSES;) {
    const page = await checkpoints.page({ below, limit: AROUND });
    const [nearest] = page;
    if (nearest === undefined) return notes;
    const picked = page.reduce((best, each) =>
      cosigners(each.note).length > cosigners(best.note).length ? each : best,
    );
    notes.push(picked.note);
    // From the size that was looked for, so that a gap in the checkpoints does not make the steps larger.
    below = Math.min(picked.size, size - 2 * (size - nearest.size) + 1);
  }
  return notes;
}

/** Name and id of the keys that are said to have cosigned a note. Whether they have, verification finds out. */
function cosigners(note: string): readonly string[] {
  const { signatures } = parseNote(note) ?? { signatures: [] };
  return signatures
    .filter(({ signature }) => signature.length === COSIGNATURE)
    .map(({ name, keyId }) => `${name}+${keyId}`);
}

const MOST_SHOWN = 48;
/** Of each kind. */
const MOST_WITNESSES = 8;
const MOST_LOOKED_AT = 2_000;
const PAGE = 200;
const AROUND = 16;
/** Bytes: a time, and Ed25519. A log's own signature has none. */
const COSIGNATURE = 8 + 64;
