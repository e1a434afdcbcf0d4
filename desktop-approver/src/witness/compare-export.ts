import { readCheckpoint } from '@sluice/record-proof';
import type { AlarmCause } from './alarm.ts';
import { goesOn } from './follow-log.ts';
import type { KeptLog } from './memory.ts';

export type Compared =
  /** It is of the history that was seen. */
  | { readonly type: 'seen' }
  /** Nothing was seen of the log yet. */
  | { readonly type: 'nothing' }
  /** The relay does not prove it, and it contradicts nothing either. */
  | { readonly type: 'unproven' }
  | {
      readonly type: 'alarm';
      readonly why: AlarmCause;
      readonly shown: string;
      readonly proof: readonly string[];
    };

/**
 * Whether an export is of the history that was seen of a relay's log: a relay that shows auditors another one than it shows witnesses
 * signs exports that are intact by themselves.
 *
 * @param notes of its checkpoint and then of the earlier ones that it holds, which are beginnings of the same log.
 * @param proofOf that the tree of `size` begins with that of `from`; hex. Null when the relay says that it has none.
 */
export async function compareExport(
  kept: KeptLog,
  notes: readonly string[],
  proofOf: (from: number, size: number) => Promise<readonly string[] | null>,
): Promise<Compared> {
  const checkpoints = notes.map((note) => readCheckpoint(note)!);
  const [checkpoint] = checkpoints;
  const [shown] = notes as readonly [string];
  if (checkpoint === undefined) return { type: 'unproven' };
  if (checkpoint.log !== kept.log) return { type: 'alarm', why: 'another_log', shown, proof: [] };
  if (kept.note === null) return { type: 'nothing' };
  const before = readCheckpoint(kept.note)!;
  const same = checkpoints.findIndex(({ size }) => size === before.size);
  if (same !== -1) {
    if (goesOn(before, checkpoints[same]!, [])) return { type: 'seen' };
    return { type: 'alarm', why: 'rewritten', shown: notes[same]!, proof: [] };
  }
  const [smaller, larger] = before.size < checkpoint.size ? [before, checkpoint] : [checkpoint, before];
  const proof = await proofOf(smaller.size, larger.size);
  if (proof === null) return { type: 'unproven' };
  if (goesOn(smaller, larger, proof)) return { type: 'seen' };
  return { type: 'alarm', why: 'rewritten', shown, proof };
}
