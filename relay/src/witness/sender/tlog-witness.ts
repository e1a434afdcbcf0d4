import { readAtMost } from '../../read-at-most.ts';
import {
  type Checkpoint,
  isCosignature,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
  type WitnessKey,
} from '../../recording/index.ts';
import { type RecordedLog, SENT, type Sent, type Witness, WitnessConflict } from './witness.ts';

export interface TlogWitnessOptions {
  readonly name: string;
  /** Its submission prefix. */
  readonly url: string;
  readonly key: WitnessKey;
  readonly stops: boolean;
  readonly log: RecordedLog;
}

/** `add-checkpoint` of https://c2sp.org/tlog-witness. */
export function tlogWitness({ name, url, key, stops, log }: TlogWitnessOptions): Witness {
  const address = `${url.replace(/\/$/, '')}/add-checkpoint`;
  /** What it has cosigned last, as far as it has told. */
  let old = 0;

  const attempt = async (checkpoint: Checkpoint, signal: AbortSignal) => {
    const proof = old === 0 ? [] : await log.proof(old, checkpoint.size);
    const lines = [`old ${old}`, ...proof].join('\n');
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: `${lines}\n\n${checkpoint.note}`,
      redirect: 'error',
      signal,
    });
    return { status: response.status, body: await readShort(response) };
  };

  return {
    name,
    async send(checkpoint, signal) {
      let { status, body } = await attempt(checkpoint, signal);
      if (status === 409) {
        const size = sizeIn(body);
        if (size === null) throw new Error('the witness answered 409 without a size');
        if (size === old && size === checkpoint.size) {
          throw new WitnessConflict(`it has cosigned other events as the first ${size}`, stops);
        }
        old = size;
        if (size > checkpoint.size) {
          // Another relay on the store may have sent a later one.
          if (size > (await log.size())) {
            throw new WitnessConflict(`it has cosigned ${size} events of this log`, stops);
          }
          return SENT;
        }
        ({ status, body } = await attempt(checkpoint, signal));
      }
      if (status === 409 && sizeIn(body) === checkpoint.size && old === checkpoint.size) {
        throw new WitnessConflict(`it has cosigned other events as the first ${old}`, stops);
      }
      // The proof is of this log: it is the beginning of it that the witness has seen otherwise.
      if (status === 422)
        throw new WitnessConflict(`it has cosigned other events as the first ${old}`, stops);
      if (status !== 200) throw new Error(`the witness answered ${status}`);
      const sent = cosignaturesIn(body, checkpoint, key);
      old = checkpoint.size;
      return sent;
    },
  };
}

/** @throws Error unless the witness has cosigned the checkpoint. Cosignatures by other keys are passed over. */
function cosignaturesIn(body: string, checkpoint: Checkpoint, key: WitnessKey): Sent {
  const { text } = parseNote(checkpoint.note)!;
  const lines = body.split('\n').flatMap((line) => parseSignatureLine(line) ?? []);
  const own = lines.filter(({ name, keyId }: NoteSignature) => name === key.name && keyId === key.keyId);
  if (own.length === 0 || !own.every((each) => isCosignature(text, each, key))) {
    throw new Error('the witness answered with something that is not its cosignature');
  }
  return { cosignatures: own.slice(0, 1) };
}

function sizeIn(body: string): number | null {
  const digits = /^(0|[1-9][0-9]{0,15})\n$/.exec(body)?.[1];
  return digits === undefined || !Number.isSafeInteger(Number(digits)) ? null : Number(digits);
}

/** @throws Error when it is longer than any answer. */
async function readShort(response: Response): Promise<string> {
  const bytes = await readAtMost(response.body, LONGEST);
  if (bytes === null) throw new Error('the witness’s answer is too long');
  return bytes.toString('utf8');
}

/** Bytes. */
const LONGEST = 64 * 1024;
