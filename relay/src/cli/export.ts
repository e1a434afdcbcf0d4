import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Checkpoint,
  contradiction,
  exportSession,
  type EventRange,
  ocsfEvent,
  otelLog,
  parseCheckpoint,
  type PayloadReader,
  type RecordReaders,
  type OpenRecord,
  type Signer,
  type SignedHead,
  problemText,
  streamEvents,
  verifyExport,
} from '../recording/index.ts';
import { SluiceError } from '../errors.ts';
import type { SessionId } from '../session/index.ts';

/** `sluice export SESSION`: writes one file that can be replayed and verified without a server. */
export async function exportCommand(
  parts: {
    readonly store: RecordReaders;
    readonly payloads: PayloadReader;
    readonly recorder: Pick<OpenRecord<never>, 'checkpoint' | 'cosigned' | 'proof'>;
    /** The current signer, whose key signs checkpoints. */
    readonly signer: Signer;
    readonly kept?: readonly Checkpoint[];
  },
  session: SessionId,
  output: Writable,
): Promise<void> {
  const { recorder, signer, ...rest } = parts;
  const checkpoint = await recorder.cosigned(await recorder.checkpoint());
  await pipeline(
    exportSession({ ...rest, attestation: { signer, proof: recorder.proof }, checkpoint, session }),
    output,
  );
}

/**
 * The same without the signing key, or beside a relay, whose key it is: under the newest checkpoint that the relay has signed, with
 * its cosignatures. Later events are not in the file, and nobody attests its end.
 *
 * @param parts.head what the relay has signed last, where that can be read.
 * @param parts.keys the keys that it signs with, as far as they are known here: with them, the file is checked as it is written,
 *   and has no end when it does not hold what was signed.
 * @throws SluiceError `checkpoint_unknown` when nothing is signed; `record_contradicted` when the store does not hold what
 *   the relay has signed.
 */
export async function exportUnsignedCommand(
  parts: {
    readonly store: RecordReaders;
    readonly payloads: PayloadReader | null;
    readonly head: SignedHead | null;
    readonly keys: readonly KeyObject[];
    readonly kept?: readonly Checkpoint[];
  },
  session: SessionId,
  output: Writable,
): Promise<void> {
  const { store, payloads, head, keys, kept = [] } = parts;
  const checkpoint = await newestSigned(store, head);
  const lines = exportSession({ store, payloads, attestation: null, checkpoint, kept, session });
  await (keys.length === 0 ? pipeline(lines, output) : writeChecked(lines, keys, output));
}

/** The newest checkpoint in the store, which has to be the one that the relay signed last, or a later one. */
async function newestSigned(
  { checkpoints }: Pick<RecordReaders, 'checkpoints'>,
  head: SignedHead | null,
): Promise<Checkpoint> {
  if (head !== null && head.contradiction !== null) throw contradiction(head.contradiction.why);
  const signed = head === null ? null : parseCheckpoint(head.note);
  // A relay remembers what it signs before it publishes it.
  for (const until = performance.now() + PUBLISHING; ; await sleep(50)) {
    const newest = await checkpoints.newest();
    const found = newest && parseCheckpoint(newest.note);
    if (found !== null && (signed === null || goesOnFrom(signed, found))) return found;
    if (performance.now() < until && signed !== null) continue;
    if (signed !== null)
      throw contradiction('its newest checkpoint is not the one that the relay has signed');
    throw new SluiceError('checkpoint_unknown', 'nothing in this store is signed', {
      advice: 'copy it after the relay has taken a checkpoint, which it does every minute',
    });
  }
}

/** Milliseconds. */
const PUBLISHING = 2_000;

function goesOnFrom(signed: Checkpoint, found: Checkpoint): boolean {
  return (
    found.log === signed.log &&
    (found.size > signed.size || found.root === signed.root) &&
    found.size >= signed.size
  );
}

/** Writes an export while it is verified. The last line, without which no verifier takes it, only comes when it holds. */
async function writeChecked(
  lines: AsyncIterable<string>,
  keys: readonly KeyObject[],
  output: Writable,
): Promise<void> {
  const written = new PassThrough();
  const piped = pipeline(written, output);
  let end = '';
  const checked = async function* () {
    for await (const line of lines) {
      if (end !== '' && !written.write(end)) await once(written, 'drain');
      end = line;
      yield line.slice(0, -1);
    }
  };
  try {
    const { problems } = await verifyExport(checked(), keys);
    if (problems[0] !== undefined) throw contradiction(problemText(problems[0]));
    written.end(end);
  } catch (error) {
    written.destroy(error as Error);
  }
  await piped;
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
