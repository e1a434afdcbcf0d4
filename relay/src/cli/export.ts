import type { Kysely } from 'kysely';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { exportSession, type PayloadReader, type Recording, type Signer } from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';

/** `sluice export SESSION`: one file that replays, and proves itself, with no server. */
export async function exportCommand(
  parts: {
    readonly database: Kysely<unknown>;
    readonly payloads: PayloadReader;
    readonly recorder: Pick<Recording, 'checkpoint'>;
    readonly signer: Signer;
  },
  session: SessionId,
  output: Writable,
): Promise<void> {
  const { recorder, ...rest } = parts;
  const checkpoint = await recorder.checkpoint();
  await pipeline(exportSession({ ...rest, checkpoint, session }), output);
}
