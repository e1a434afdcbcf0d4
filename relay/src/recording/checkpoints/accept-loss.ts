import type { EventBody } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import { type Authorship, authorship } from '../log/authorship.ts';
import { provenEvents } from '../log/proven-events.ts';
import { openEventLog } from '../log/event-log.ts';
import { openRelayKeys, rotateDataKeys } from '../payloads/data-keys.ts';
import type { KeyVault } from '../payloads/key-vault.ts';
import type { RecordStore } from '../ports.ts';
import { type Checkpoint, isSignedBy, parseCheckpoint } from './checkpoint.ts';
import { contradiction } from './contradiction.ts';
import type { HeadFile, SignedHead } from './head-file.ts';
import type { HighWater } from './high-water.ts';
import { knownLog } from './known-log.ts';
import { logKeys, signingKeys } from './log-keys.ts';
import { addLeaf, type GrowingTree, leafOf, peaksOf, rootOf } from './merkle.ts';
import { headOf, LOSS_ACCEPTED, NEVER_SIGN } from './open-head.ts';
import { removals } from './removals.ts';
import { nameOf } from './row-check.ts';
import type { Signer } from './signer.ts';

export interface LossOptions {
  readonly store: RecordStore;
  readonly heads: HeadFile;
  readonly highWater: HighWater;
  /** Opens the keys that show who wrote what nobody has signed. */
  readonly vault: KeyVault;
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
  /** Of the rest, as many are taken for what an earlier version wrote: nothing shows that a relay of this store did. */
  readonly unmarked: number;
  /** Why the relay had stopped to sign before; null when it had not. */
  readonly contradiction: string | null;
}

/**
 * Goes on with a store that has lost the end of its log, or whose end is of a version that did not show who wrote it. What is
 * left must be what was recorded, as far as that was signed, and behind that what a relay of this store wrote: every event is
 * read. A notice on the record says what is missing, and what is taken as it is found. If what is missing was signed, or the head is missing
 * too, so that nobody can tell, the log goes on under a new key: the old one has signed what is no longer there, and never signs this log again.
 *
 * @throws SluiceError `record_contradicted` when what is left was changed or added: that is never accepted; `config_invalid`
 *   when nothing is lost, or the signing key is not a new one.
 */
export async function acceptLoss(options: LossOptions): Promise<AcceptedLoss> {
  const { store, heads, highWater, signers, vault, by, reason } = options;
  const current = await rotateDataKeys(options);
  const authors = authorship(await openRelayKeys({ store, vault, use: 'sluice/event-author/v1', current }));
  const { log, relaySession, size } = await openLog(options, authors);
  const [head, marked] = [await heads.read(), highWater.read()];
  const signed = head === null ? null : parseCheckpoint(head.note);
  const had = Math.max(signed?.size ?? 0, marked?.size ?? 0);
  if (signed !== null && signed.log !== relaySession) throw contradiction('it is another log');

  const byAuthor = provenEvents({ store, log: relaySession, authorship: authors, checked: () => null });
  const isOurs = await logKeys(store, relaySession, signers, byAuthor.believes);
  const kept = (await store.checkpoints.list())
    .flatMap(({ note }) => parseCheckpoint(note) ?? [])
    .filter((each) => each.log === relaySession && isOurs(each) && each.size <= size);
  const roots = new Map(kept.map((each) => [each.size, each.root]));
  if (head !== null && signed !== null) for (const [at, root] of rootsIn(head, signed)) roots.set(at, root);
  const provable = [...roots.keys()].filter((at) => at <= size);
  const trees = new Map<number, GrowingTree>();
  const marks = marked !== null && marked.root !== null && marked.size <= size ? [marked] : [];
  for (const mark of marks) roots.set(mark.size, mark.root!);
  const proven = Math.max(0, ...provable);
  /** What follows was neither signed nor marked. */
  const provenTo = Math.max(proven, marks[0]?.size ?? 0);
  const root = roots.get(provenTo);
  const { standingOf } = provenEvents({
    store,
    log: relaySession,
    authorship: authors,
    checked: () => (root === undefined ? null : { size: provenTo, root: Buffer.from(root, 'hex') }),
  });
  let unmarked = 0;
  const known = knownLog(
    store,
    { size: 0, peaks: [] },
    {
      log: relaySession,
      authorship: authors,
      removals: removals({ store, standingOf }),
      onUnmarked(row) {
        // Once a version has written one, all that follow have one: somebody has taken this one's away, or added it.
        if (head?.authored === true || row.position !== provenTo + unmarked)
          throw contradiction(`nothing shows that a relay of this store wrote ${nameOf(row)}`);
        unmarked += 1;
      },
    },
  );
  for (const at of provable.toSorted((a, b) => a - b))
    trees.set(at, await known.catchUp(at, roots, { proven: at }));
  const rest = await known.catchUp(size, roots, { proven: marks[0]?.size });
  if (had <= size && unmarked === 0) throw nothingLost();

  // Without its head, nobody can tell whether what is lost was signed.
  const mayBeSigned = had > size && (signed === null || signed.size > size);
  const next = mayBeSigned ? await successor(options, head, kept, trees, relaySession) : head;
  const detail = {
    by,
    reason,
    events: String(size),
    proven: String(proven),
    had: String(had),
    unmarked: String(unmarked),
    contradiction: head?.contradiction?.why ?? '',
    signed: mayBeSigned ? (signed?.note ?? '') : '',
    // The head says so too, and may be lost.
    [NEVER_SIGN]: next?.neverSign.join(' ') ?? '',
  };
  const hash = await log.append({ type: 'notice', what: LOSS_ACCEPTED, detail });
  // The notice is the relay session's newest event now.
  if (next !== null) await heads.write({ ...next, contradiction: null, relayEnd: rest.size });
  // What was read is what the next start has to find.
  addLeaf(rest, leafOf(hash));
  const end = { size: rest.size, hash, root: rootOf(rest.peaks).toString('hex') };
  highWater.mark(end);
  highWater.mark(end);
  await highWater.sync();
  return { size, proven, had, unmarked, contradiction: head?.contradiction?.why ?? null };
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
async function openLog({ store, now, random, newId }: LossOptions, authors: Authorship) {
  const before = await store.events.log();
  if (before === null) throw contradiction('it has no log');
  const log = await openEventLog({
    store,
    now,
    random,
    newId,
    relay: newId(),
    authorship: authors,
    // They were read, all of them.
    standingOf: async () => 'proven',
    onLost() {},
    allow() {},
    onCommitted() {},
  });
  return {
    relaySession: log.relaySession,
    size: before.size,
    log: {
      append: async (body: EventBody) =>
        (await store.transaction((tx) => log.recordIn(tx)(log.relaySession, body))).hash,
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
