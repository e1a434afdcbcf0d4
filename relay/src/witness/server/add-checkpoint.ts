import { toEpochSeconds } from '../../epoch.ts';
import type { KeyObject } from 'node:crypto';
import { verify } from 'node:crypto';
import {
  type CosigningKey,
  cosign,
  isConsistent,
  NOTE_ALGORITHM,
  noteKeyId,
  parseNote,
  rawKey,
  rootOfNodes,
  signatureLine,
  type SignedNote,
} from '../../recording/index.ts';
import type { WitnessState } from './witness-state.ts';

/** A log that a witness follows: its origin, and the keys that sign it. */
export interface FollowedLog {
  readonly origin: string;
  readonly keys: readonly KeyObject[];
}

export interface Answer {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: string;
  readonly body: string;
}

/**
 * `add-checkpoint` of https://c2sp.org/tlog-witness: cosigns a checkpoint that goes on from the last one it has cosigned,
 * and no other. A key that another one of the log has followed signs nothing more: it may be stolen. What it cosigns is on disk before the cosignature leaves.
 */
export function createWitness(options: {
  readonly key: CosigningKey;
  readonly logs: readonly FollowedLog[];
  readonly state: WitnessState;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): (request: string) => Promise<Answer> {
  const { key, logs, state, now } = options;
  const turns = new Map<string, Promise<unknown>>();

  const decide = async (
    { old, proof, note, head }: AddCheckpoint,
    log: FollowedLog,
    by: readonly string[],
  ): Promise<Answer> => {
    const latest = (await state.read(head.origin)) ?? { size: 0, root: EMPTY, note: '', retired: [] };
    if (by.some((each) => latest.retired.includes(each))) {
      return text(403, 'the checkpoint is signed by a key of its log that another key has followed');
    }
    if (old !== latest.size) return conflict(latest.size);
    const claimed = { size: head.size, root: head.root };
    if (old === head.size && !latest.root.equals(head.root)) return conflict(latest.size);
    const goesOn = old === 0 || old === head.size ? proof.length === 0 : isConsistent(latest, claimed, proof);
    if (!goesOn) return text(422, 'the proof does not lead from the last checkpoint to this one');
    const before = parseNote(latest.note);
    const followed = (before === null ? [] : (signersOf(before, log) ?? [])).filter(
      (key) => !by.includes(key),
    );
    await state.write(head.origin, { ...claimed, note, retired: [...latest.retired, ...followed] });
    const line = await cosign(head.text, { ...key, at: toEpochSeconds(now()) });
    return { status: 200, type: 'text/plain; charset=utf-8', body: signatureLine(line) };
  };

  return async (request) => {
    const parsed = parseAddCheckpoint(request);
    if (parsed === null) return text(400, 'this is not a request to add a checkpoint');
    const { head, old } = parsed;
    const log = logs.find(({ origin }) => origin === head.origin);
    if (log === undefined) return text(404, 'this log is not one of those that this witness follows');
    const by = signersOf(head, log);
    if (by === null) return text(403, 'the checkpoint is not signed by a key of its log');
    if (old > head.size) return text(400, 'the old size is larger than the checkpoint');
    // One after the other: what is compared is what is replaced.
    const turn = (turns.get(head.origin) ?? Promise.resolve()).then(() => decide(parsed, log, by));
    turns.set(
      head.origin,
      turn.catch(() => {}),
    );
    return turn;
  };
}

interface AddCheckpoint {
  readonly old: number;
  readonly proof: readonly Buffer[];
  readonly note: string;
  readonly head: Head;
}

interface Head extends SignedNote {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** Null unless it is one, to the byte. */
export function parseAddCheckpoint(request: string): AddCheckpoint | null {
  const end = request.indexOf('\n\n');
  if (end === -1) return null;
  const [first = '', ...lines] = request.slice(0, end).split('\n');
  const old = sizeIn(/^old (.*)$/.exec(first)?.[1]);
  const proof = lines.map(hashIn);
  const note = request.slice(end + 2);
  const head = headIn(note);
  if (old === null || head === null || proof.length > MOST_PROOF_LINES) return null;
  return proof.every((hash) => hash !== null) ? { old, proof, note, head } : null;
}

/** The first three lines of any https://c2sp.org/tlog-checkpoint; the log may have lines of its own after them. */
function headIn(note: string): Head | null {
  const parsed = parseNote(note);
  const [origin = '', size, root, ...more] = parsed?.text.slice(0, -1).split('\n') ?? [];
  const head = { origin, size: sizeIn(size), root: hashIn(root ?? '') };
  if (parsed === null || origin === '' || head.size === null || head.root === null) return null;
  if (more.includes('') || (head.size === 0 && !head.root.equals(EMPTY))) return null;
  return { ...parsed, origin, size: head.size, root: head.root };
}

function sizeIn(digits: string | undefined): number | null {
  if (digits === undefined || !/^(0|[1-9][0-9]{0,15})$/.test(digits)) return null;
  return Number.isSafeInteger(Number(digits)) ? Number(digits) : null;
}

function hashIn(base64: string): Buffer | null {
  const bytes = Buffer.from(base64, 'base64');
  return bytes.length === 32 && bytes.toString('base64') === base64 ? bytes : null;
}

/** The log's keys that have signed, raw, base64; null when there is none, or one of their signatures is wrong. */
function signersOf(
  { text, signatures }: SignedNote,
  { origin, keys }: FollowedLog,
): readonly string[] | null {
  const by: string[] = [];
  for (const key of keys) {
    const id = noteKeyId(origin, NOTE_ALGORITHM.ed25519, key);
    const own = signatures.filter(({ name, keyId }) => name === origin && keyId === id);
    if (!own.every(({ signature }) => verify(null, Buffer.from(text), key, signature))) return null;
    if (own.length > 0) by.push(rawKey(key).toString('base64'));
  }
  return by.length === 0 ? null : by;
}

const EMPTY = rootOfNodes([]);
/** As the protocol has it. */
const MOST_PROOF_LINES = 63;

function text(status: Answer['status'], body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${body}\n` };
}

function conflict(size: number): Answer {
  return { status: 409, type: 'text/x.tlog.size', body: `${size}\n` };
}
