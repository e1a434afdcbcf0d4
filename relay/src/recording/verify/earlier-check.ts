import { type Checkpoint, parseCheckpoint } from '../checkpoints/checkpoint.ts';
import { goesOn } from '../checkpoints/consistency.ts';

/** What an export shows of its log: its checkpoint, and the earlier ones that this one goes on from. */
export interface EarlierCheck {
  /** Takes the checkpoint that the export rests on. */
  rest(checkpoint: Checkpoint): void;
  /** Takes an earlier one. @returns it, if it stands; null when it proves nothing. */
  next(line: { readonly note: string; readonly proof: readonly string[] }): Checkpoint | null;
  /** The root (hex) that the log has at this size, if that is shown. */
  rootAt(size: number): string | null;
}

/** See docs/recording-format.md, "An export", `earlier`. @param log the log that the export says it is of. */
export function earlierCheck(log: string): EarlierCheck {
  const roots = new Map<number, string>();
  let rests: Checkpoint | null = null;
  let [last, standing] = [0, 0];
  return {
    rest(checkpoint) {
      rests = checkpoint;
      roots.set(checkpoint.size, checkpoint.root);
    },
    next({ note, proof }) {
      const earlier = parseCheckpoint(note);
      if (rests === null || earlier?.log !== log || standing === MOST_EARLIER) return null;
      if (earlier.size <= last || earlier.size >= rests.size) return null;
      const hashes = proof.map((hash) => Buffer.from(hash, 'hex'));
      if (!goesOn(earlier, rests, hashes)) return null;
      [last, standing] = [earlier.size, standing + 1];
      roots.set(earlier.size, earlier.root);
      return earlier;
    },
    rootAt: (size) => roots.get(size) ?? null,
  };
}

const MOST_EARLIER = 100;
