import { SluiceError } from '../../errors.ts';
import { openEventLog } from '../log/event-log.ts';
import type { RecordStore } from '../ports.ts';
import { type Checkpoint, isSignedBy, parseCheckpoint } from './checkpoint.ts';
import { contradiction } from './contradiction.ts';
import type { HeadFile, SignedHead } from './head-file.ts';
import type { HighWater, LogEnd } from './high-water.ts';
import { knownLog } from './known-log.ts';
import { logKeys, signingKeys } from './log-keys.ts';
import { type GrowingTree, peaksOf, rootOf } from './merkle.ts';
import { headOf, LOSS_ACCEPTED, NEVER_SIGN } from './open-head.ts';
import type { Signer } from './signer.ts';

export interface LossOptions {
  readonly store: RecordStore;
  readonly heads: HeadFile;
  readonly highWater: HighWater;
  readonly signers: readonly [Signer, ...Signer[]];
  /** Who says so, and why: both are put on the record. */
  readonly by: string;
  readonly reason: string;
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly newId: () => string;
}

export interface AcceptedLoss {
  /** Events in the store. */
  readonly size: number;
  /** As many of them are those that were signed; the rest stands as it is found. */
  readonly proven: number;
  /** Events that the log had. */
  readonly had: number;
}

/**
 * Goes on with a store that has lost the end of its log. What is left must be what was recorded, as far as that was
 * signed: every event is read. A notice on the record says what is missing. If what is missing was signed, or the head is missing
 * too, so that nobody can tell, the log goes on under a new key: the old one has signed what is no longer there, and never signs this log again.
 *
 * @throws SluiceError `record_contradicted` when what is left was changed: that is never accepted; `config_invalid` when
 *   nothing is lost, or the signing key is not a new one.
 */
export async function acceptLoss(options: LossOptions): Promise<AcceptedLoss> {
  const { store, heads, highWater, signers, by, reason } = options;
  const { log, relaySession, size } = await openLog(options);
  const [head, marked] = [await heads.read(), highWater.read()];
  const signed = head === null ? null : parseCheckpoint(head.note);
  const had = Math.max(signed?.size ?? 0, marked?.size ?? 0);
  if (had <= size) throw nothingLost();
  if (signed !== null && signed.log !== relaySession) throw contradiction('it is another log');

  const isOurs = await logKeys(store, relaySession, signers);
  const kept = (await store.checkpoints.list())
    .flatMap(({ note }) => parseCheckpoint(note) ?? [])
    .filter((each) => each.log === relaySession && isOurs(each) && each.size <= size);
  const roots = new Map(kept.map((each) => [each.size, each.root]));
  if (head !== null && signed !== null) for (const [at, root] of rootsIn(head, signed)) roots.set(at, root);
  const provable = [...roots.keys()].filter((at) => at <= size);
  const trees = new Map<number, GrowingTree>();
  const known = knownLog(store, { size: 0, peaks: [] });
  for (const at of provable.toSorted((a, b) => a - b)) trees.set(at, await known.catchUp(at, roots));
  await known.catchUp(size, roots);
  const proven = Math.max(0, ...provable);

  // Without its head, nobody can tell whether what is lost was signed.
  const mayBeSigned = signed === null || signed.size > size;
  const next = mayBeSigned ? await successor(options, head, kept, trees, relaySession) : head;
  const detail = {
    by,
    reason,
    events: String(size),
    proven: String(proven),
    had: String(had),
    signed: mayBeSigned ? (signed?.note ?? '') : '',
    // The head says so too, and may be lost.
    [NEVER_SIGN]: next?.neverSign.join(' ') ?? '',
  };
  await log.append({ type: 'notice', what: LOSS_ACCEPTED, detail });
  if (next !== null) await heads.write({ ...next, contradiction: null });
  highWater.mark(log.end());
  highWater.mark(log.end());
  await highWater.sync();
  return { size, proven, had };
}

/** The head that goes on from the newest checkpoint that is left. */
async function successor(
  { store, signers: [current] }: LossOptions,
  head: SignedHead | null,
  kept: readonly Checkpoint[],
  trees: ReadonlyMap<number, GrowingTree>,
  relaySession: string,
): Promise<SignedHead> {
  const former = await signingKeys(store, relaySession);
  const neverSign = [...new Set([...(head?.neverSign ?? []), ...former])];
  const lost = head === null ? null : parseCheckpoint(head.note);
  const hasSigned = lost !== null && isSignedBy(lost, current.publicKey);
  if (neverSign.includes(current.key) || hasSigned) throw needsNewKey();
  const base = kept.toSorted((a, b) => b.size - a.size)[0];
  if (base === undefined) throw contradiction('no checkpoint that was signed is left in it');
  return { ...headOf(base, trees.get(base.size)!), neverSign };
}

/** What the head says of the first events, by how many: each of its full subtrees ends such a part. */
function rootsIn(head: SignedHead, signed: Checkpoint): readonly (readonly [number, string])[] {
  const peaks = head.peaks.map((hash) => Buffer.from(hash, 'hex'));
  return peaksOf(signed.size).map(({ end }, index) => [
    end,
    rootOf(peaks.slice(0, index + 1)).toString('hex'),
  ]);
}

/** The log without its checks: it is to be written that they have failed. */
async function openLog({ store, now, random, newId }: LossOptions) {
  const before = await store.events.log();
  if (before === null) throw contradiction('it has no log');
  let end: LogEnd = { size: 0, hash: '', root: null };
  const log = await openEventLog({
    store,
    now,
    random,
    newId,
    relay: newId(),
    onLost() {},
    allow() {},
    onCommitted(first, events) {
      end = { size: first + events.length, hash: events.at(-1)!.hash, root: null };
    },
  });
  return {
    relaySession: log.relaySession,
    size: before.size,
    log: {
      append: (body: Parameters<ReturnType<typeof log.recordIn>>[1]) =>
        store.transaction((tx) => log.recordIn(tx)(log.relaySession, body)),
      end: () => end,
    },
  };
}

function nothingLost(): SluiceError {
  return new SluiceError('config_invalid', 'the store has lost none of what was recorded', {
    advice: 'start the relay',
  });
}

function needsNewKey(): SluiceError {
  return new SluiceError('config_invalid', 'the signing key has signed events that are lost, or may have', {
    advice:
      'put a new key above it in the signing key file, and give the new public key to everybody who verifies: the old one never signs this log again',
  });
}
