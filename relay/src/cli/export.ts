import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  exportSession,
  type EventRange,
  ocsfEvent,
  otelLog,
  parseCheckpoint,
  type PayloadReader,
  type RecordReaders,
  type OpenRecord,
  type Signer,
  streamEvents,
} from '../recording/index.ts';
import { SluiceError } from '../errors.ts';
import type { SessionId } from '../session/index.ts';

/** `sluice export SESSION`: writes one file that can be replayed and verified without a server. */
export async function exportCommand(
  parts: {
    readonly store: RecordReaders;
    readonly payloads: PayloadReader;
    readonly recorder: Pick<OpenRecord<never>, 'checkpoint'>;
    /** The current signer, whose key signs checkpoints. */
    readonly signer: Signer;
  },
  session: SessionId,
  output: Writable,
): Promise<void> {
  const { recorder, ...rest } = parts;
  const checkpoint = await recorder.checkpoint();
  await pipeline(exportSession({ ...rest, checkpoint, session }), output);
}

/**
 * The same from a copy that is only read, without the signing key: under the newest checkpoint in it. Later events are not in
 * the file, and nobody attests its end.
 *
 * @throws SluiceError `checkpoint_unknown` when there is none.
 */
export async function exportUnsignedCommand(
  parts: { readonly store: RecordReaders; readonly payloads: PayloadReader | null },
  session: SessionId,
  output: Writable,
): Promise<void> {
  const newest = await parts.store.checkpoints.newest();
  const checkpoint = newest && parseCheckpoint(newest.note);
  if (checkpoint === null) {
    throw new SluiceError('checkpoint_unknown', 'nothing in this store is signed', {
      advice: 'copy it after the relay has taken a checkpoint, which it does every minute',
    });
  }
  await pipeline(exportSession({ ...parts, signer: null, checkpoint, session }), output);
}

/**
 * `sluice export --format ocsf|otel [SESSION] [--after POSITION]`: for a SIEM, one JSON object per line, for one
 * session or all. These lines prove nothing; each has the hash by which its event is found on the record.
 */
export async function exportEventsCommand(
  store: RecordReaders,
  options: { readonly format: 'ocsf' | 'otel'; readonly range: EventRange },
  output: Writable,
): Promise<void> {
  const convert = options.format === 'ocsf' ? ocsfEvent : otelLog;
  const lines = async function* () {
    for await (const event of streamEvents(store, options.range)) {
      yield `${JSON.stringify(convert(event))}\n`;
    }
  };
  await pipeline(lines, output);
}
