import type { CheckpointsStore, RecordReaders } from '../ports.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { withSignatures } from './cosignature.ts';
import type { NoteSignature } from './note.ts';

/** Adds cosignatures to a checkpoint in the store, if it is still there. */
export async function keepCosignatures(
  store: {
    transaction<T>(work: (tx: { readonly checkpoints: CheckpointsStore }) => Promise<T>): Promise<T>;
  },
  checkpoint: Checkpoint,
  cosignatures: readonly NoteSignature[],
): Promise<void> {
  await store.transaction(async ({ checkpoints }) => {
    for (const row of (await checkpoints.ofSize(checkpoint.size)).filter(({ note }) =>
      isOf(checkpoint, note),
    )) {
      await checkpoints.replaceNote({ ...row, note: withSignatures(row.note, cosignatures) });
    }
  });
}

/** The checkpoint with the cosignatures that the store has by now. */
export async function cosignedIn(
  { checkpoints }: Pick<RecordReaders, 'checkpoints'>,
  checkpoint: Checkpoint,
): Promise<Checkpoint> {
  const row = (await checkpoints.ofSize(checkpoint.size)).find(({ note }) => isOf(checkpoint, note));
  return (row && parseCheckpoint(row.note)) ?? checkpoint;
}

/** The same text. */
function isOf({ note }: Checkpoint, stored: string): boolean {
  return stored.split('\n\n')[0] === note.split('\n\n')[0];
}
