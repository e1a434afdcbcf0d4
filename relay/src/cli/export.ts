import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  exportSession,
  type EventRange,
  ocsfEvent,
  otelLog,
  type PayloadReader,
  type RecordReaders,
  type OpenRecord,
  type Signer,
  streamEvents,
} from '../recording/index.ts';
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
