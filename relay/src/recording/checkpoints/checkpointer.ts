import type { EventBody } from '@sluice/contract';
import { isSluiceError, SluiceError } from '../../errors.ts';
import { inTurn } from '../../in-turn.ts';
import type { SessionId } from '../../session/index.ts';
import type { RecordReaders, RecordTransaction, StoredEvent } from '../ports.ts';
import { type Checkpoint, isSignedBy, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { contradiction, unproven } from './contradiction.ts';
import type { Authorship } from '../log/authorship.ts';
import { type ProvenEvents, provenEvents, type ProvingReaders } from '../log/proven-events.ts';
import type { HeadFile, SignedHead } from './head-file.ts';
import type { HighWater } from './high-water.ts';
import { type KnownLog, knownLog } from './known-log.ts';
import { logKeys } from './log-keys.ts';
import { logTree, storeSubtrees } from './log-tree.ts';
import { type GrowingTree, rootOf } from './merkle.ts';
import { headOf, openHead, type OpenedHead } from './open-head.ts';
import { readRecord } from './read-record.ts';
import { removals } from './removals.ts';
import { nameOf } from './row-check.ts';
import { type Signer, spki } from './signer.ts';

/** Signs the log as it grows, and never what contradicts what was signed or appended before. */
export interface Checkpointer {
  /**
   * Returns a checkpoint over everything on the record now, signed by the current key.
   *
   * @throws SluiceError `config_invalid` when another process has changed the signing key; `record_contradicted` when
   *   the store does not hold what was signed or appended, from then on for good.
   */
  take(): Promise<Checkpoint>;
  /** The newest that was signed or taken over here. */
  signed(): Checkpoint | null;
  /** Remembers that the store does not hold what was recorded: nothing is signed any more. Resolves when that is on disk. */
  contradict(error: SluiceError): Promise<void>;
  /** Why nothing is signed. */
  contradicted(): SluiceError | null;
}

export interface CheckpointerOptions {
  readonly store: CheckpointedStore;
  readonly relaySession: SessionId;
  readonly append: (session: SessionId, body: EventBody) => Promise<unknown>;
  readonly now: () => number;
  readonly signers: readonly [Signer, ...Signer[]];
  readonly heads: HeadFile;
  readonly highWater: HighWater;
  readonly authorship: Authorship;
  /** Told of each event that is read, once it was checked. */
  readonly onRow: (row: StoredEvent) => void;
  /** The position of the relay session's newest event, as far as it was read or appended; -1 when none was. */
  readonly relayEnd: () => number;
  /** Given how the log was when the relay started, and `relayEnd` by then; told of what it appends from then on. */
  readonly onKnown: (known: KnownLog, proven: ProvenEvents, relayEnd: number) => void;
  /** Told of each checkpoint that was signed, once it is published, and of the newest when the relay starts. */
  readonly onSigned: (checkpoint: Checkpoint) => void;
  /** Told once, when the store is found not to hold what was recorded. */
  readonly onContradicted: (error: SluiceError) => void;
}

/**
 * Opens the checkpointer and records the current key in a `signing_key` event if the log does not name it yet: the
 * first time, and whenever the signer has changed. If the previous signer is still among `signers`, it hands over: it
 * signs a checkpoint that ends with the event naming its successor, so that anyone who trusts the old key can trust the
 * new one.
 *
 * @throws SluiceError `record_contradicted` when the store does not hold what was signed before.
 */
export async function openCheckpointer(options: CheckpointerOptions): Promise<Checkpointer> {
  const { store, relaySession, append, now, signers, heads, highWater, authorship } = options;
  const { onKnown, onSigned, onContradicted } = options;
  const [current] = signers;
  const opened = await openHead({ store, relaySession, heads, signers, authorship });
  let { head, signed } = opened;
  const proven = provenEvents({ store, log: relaySession, authorship, checked: () => known.checked() });
  const { believes } = proven;
  const known: KnownLog = knownLog(store, opened.tree, {
    log: relaySession,
    authorship,
    removals: removals({ store, standingOf: proven.standingOf }),
    onRow: options.onRow,
    onUnmarked(row) {
      const why = `nothing shows that a relay of this store wrote ${nameOf(row)}`;
      throw head?.authored === true ? contradiction(why) : unproven(why);
    },
  });
  // What was acknowledged since it was signed: a mark tells of all of it, not only of its end.
  const marked = highWater.read();
  const marks = new Map(marked === null || marked.root === null ? [] : [[marked.size, marked.root]]);
  const [markedTo] = marks.keys();
  // A crash may have come between the event of a new key and the checkpoint that the one before it hands over by.
  const cutOff = await cutOffHandOver({ store, relaySession, signers, opened });
  const cutOffTree = cutOff === null ? null : await known.catchUp(cutOff.size, marks, { proven: markedTo });
  await known.catchUp(opened.size, marks, { proven: markedTo });
  if (head?.neverSign.includes(current.key) === true) throw spent();
  /** Whether the store has the newest checkpoint, as far as is known. */
  let isPublished = false;
  let contradicted: SluiceError | null = null;
  let thinned = '';

  const publish = async (checkpoint: Checkpoint, key: string) => {
    const { size, at, note } = checkpoint;
    const hour = at.slice(0, HOUR);
    await store.transaction(async ({ checkpoints }) => {
      await checkpoints.add({ size, key, at, note });
      if (hour !== thinned) await checkpoints.thinOut(hour);
    });
    thinned = hour;
    isPublished = true;
  };

  const sign = async (signer: Signer, size: number, tree: GrowingTree): Promise<Checkpoint> => {
    const found = await store.checkpoints.find(size, signer.key);
    const root = rootOf(tree.peaks).toString('hex');
    if (found !== null) {
      const before = parseCheckpoint(found.note);
      const isSame = before?.log === relaySession && before.size === size && before.root === root;
      if (!isSame || !isSignedBy(before, signer.publicKey)) {
        throw contradiction(`its checkpoint of size ${size} is not the one that was signed`);
      }
      await remember(before, tree);
      return before;
    }
    if (contradicted !== null) throw contradicted;
    const at = new Date(now()).toISOString();
    const checkpoint = await signCheckpoint({ log: relaySession, size, root, at }, signer);
    // Before anybody sees it: whatever happens then, this relay knows what it has signed.
    await remember(checkpoint, tree);
    await highWater.sync();
    isPublished = false;
    await publish(checkpoint, signer.key);
    onSigned(checkpoint);
    return checkpoint;
  };

  const remember = async (checkpoint: Checkpoint, tree: GrowingTree) => {
    // What stands under it was checked, and what follows it is written by this version.
    const relayEnd = Math.max(options.relayEnd(), head?.relayEnd ?? -1);
    const next: SignedHead = {
      ...headOf(checkpoint, tree, head),
      authored: true,
      ...(relayEnd < 0 ? {} : { relayEnd }),
    };
    if (next.note !== head?.note || !head.authored) await heads.write(next);
    [head, signed] = [next, checkpoint];
  };

  /** The tree over the first `size` events, if the store holds what was signed and appended. */
  const examine = async (size: number, mine: number, others: ReadonlyMap<number, string>) => {
    const had = Math.max(mine, ...others.keys());
    if (size < had) throw contradiction(`it has ${size} events, and had ${had}`);
    if (signed !== null) {
      const root = (await logTree(store).root(signed.size)).toString('hex');
      if (root !== signed.root)
        throw contradiction(`its first ${signed.size} events are not those that were signed`);
    }
    const tree = await known.catchUp(size, others);
    await storeSubtrees(store, size);
    if (!(await logTree(store).root(size)).equals(rootOf(tree.peaks))) {
      throw contradiction(`its subtrees are not those of its first ${size} events`);
    }
    return tree;
  };

  const take = async (): Promise<Checkpoint> => {
    if (contradicted !== null) throw contradicted;
    // Before the store is read: what it says after that has at least as many events.
    const mine = known.size();
    const { size, body, tree } = await readRecord('some of it', async () => {
      const others = await newestInStore();
      // Size and key are read at the same moment, so the key that signs is the last one that the log names.
      const head = await store.events.signingHead();
      return { ...head, tree: await examine(head.size, mine, others) };
    });
    if (keyIn(body) !== current.key) throw retired();
    return sign(current, size, tree);
  };

  /** What the store's newest checkpoint signs, by size: it is the one that was signed here, or a later one of another relay. */
  const newestInStore = async (): Promise<ReadonlyMap<number, string>> => {
    const newest = await store.checkpoints.newest();
    if (newest === null && (signed === null || !isPublished)) return new Map();
    const checkpoint = newest === null ? null : parseCheckpoint(newest.note);
    const isOwn = checkpoint !== null && checkpoint.size === signed?.size && checkpoint.root === signed.root;
    if (checkpoint === null || !(isOwn || (await isOfLog(checkpoint)))) {
      throw contradiction('its newest checkpoint is not one that was signed');
    }
    const { size, root } = checkpoint;
    if (signed !== null && size < signed.size && isPublished) {
      throw contradiction(`its checkpoints end at ${size} events, and ${signed.size} were signed`);
    }
    if (size === signed?.size && root !== signed.root) {
      throw contradiction(`its checkpoint of size ${size} is not the one that was signed`);
    }
    if (size <= (signed?.size ?? 0)) return new Map();
    if (size <= known.checked().size && !(await logTree(store).root(size)).equals(Buffer.from(root, 'hex'))) {
      throw contradiction(`its first ${size} events are not those that a checkpoint signs`);
    }
    return new Map([[size, root]]);
  };
  const isOfLog = async (checkpoint: Checkpoint) =>
    checkpoint.log === relaySession && (await logKeys(store, relaySession, signers, believes))(checkpoint);

  /** At once in memory; the file says it for the next start. */
  const contradict = (found: SluiceError) => {
    if (contradicted !== null) return;
    contradicted = found;
    onContradicted(found);
  };
  const writeContradiction = async () => {
    if (head === null || contradicted === null || head.contradiction !== null) return;
    const contradiction = { at: new Date(now()).toISOString(), why: contradicted.message };
    const next: SignedHead = { ...head, contradiction };
    await heads.write(next);
    head = next;
  };

  const turn = inTurn();
  const checkpointer: Checkpointer = {
    // One after the other: each starts from the tree of the one before.
    take: () =>
      turn(async () => {
        try {
          return await take();
        } catch (error) {
          if (isSluiceError(error) && error.code === 'record_contradicted') contradict(error);
          await writeContradiction();
          throw error;
        }
      }),
    signed: () => signed,
    async contradict(found) {
      contradict(found);
      await turn(writeContradiction);
    },
    contradicted: () => contradicted,
  };

  onKnown(known, proven, head?.relayEnd ?? -1);
  if (opened.how !== 'known' && opened.size > 0) {
    const what = opened.how === 'adopted' ? 'signed_head_adopted' : 'record_restored';
    const detail = { events: String(opened.size), signed: signed?.note ?? '' };
    await append(relaySession, { type: 'notice', what, detail });
    if (head !== null) await heads.write(head);
  }
  if (opened.how !== 'adopted' && marked === null) {
    // With the head it would be a new data folder. Somebody may have hidden that what was not signed yet is gone.
    const detail = { events: String(opened.size), signed: String(signed?.size ?? 0) };
    await append(relaySession, { type: 'notice', what: 'high_water_missing', detail });
  }
  const named = keyIn((await store.events.signingHead()).body);
  if (signed !== null) {
    const newest = await store.checkpoints.newest();
    // It was killed before it published this one, or somebody has deleted it, and nothing else.
    if ((newest?.size ?? 0) < signed.size) await publish(signed, named ?? current.key);
    isPublished = true;
    onSigned(signed);
  }
  if (cutOff !== null) await sign(cutOff.retiring, cutOff.size, cutOffTree!);
  if (named !== current.key) await changeKey(named);
  return checkpointer;

  async function changeKey(former: string | undefined): Promise<void> {
    const publicKey = spki(current.publicKey).toString('base64');
    await append(relaySession, { type: 'signing_key', key: current.key, publicKey });
    const retiring = signers.find(({ key }) => key === former);
    if (retiring === undefined || head?.neverSign.includes(retiring.key) === true) return;
    const named = await store.events.ofTypes(relaySession, ['signing_key']);
    const size = named.at(-1)!.position + 1;
    await sign(retiring, size, await examine(size, 0, new Map()));
  }
}

/** The hand-over of the newest key, as far as it is still to be signed; null when it is, or nobody can or may. */
async function cutOffHandOver({
  store: { events, checkpoints },
  relaySession,
  signers,
  opened,
}: Pick<CheckpointerOptions, 'store' | 'relaySession' | 'signers'> & {
  readonly opened: OpenedHead;
}): Promise<{ readonly size: number; readonly retiring: Signer } | null> {
  const [former, newest] = (await events.ofTypes(relaySession, ['signing_key'])).slice(-2);
  if (former === undefined || newest === undefined) return null;
  const size = newest.position + 1;
  const retiring = signers.find(({ key }) => key === keyIn(former.body));
  // What was signed later can no longer be signed by the one before.
  if (retiring === undefined || opened.tree.size >= size) return null;
  if (opened.head?.neverSign.includes(retiring.key) === true) return null;
  const signed = await checkpoints.handOver(size, keyIn(newest.body) ?? '');
  return signed === null ? { size, retiring } : null;
}

export type CheckpointedStore = ProvingReaders &
  Pick<RecordReaders, 'payloads'> & {
    transaction<T>(work: (tx: Pick<RecordTransaction, 'checkpoints'>) => Promise<T>): Promise<T>;
  };

/**
 * The signers, with the one that signs the log now first. For a process that runs beside the relay and must not change
 * the signing key.
 */
export async function currentFirst(
  store: Pick<RecordReaders, 'events'>,
  signers: readonly [Signer, ...Signer[]],
): Promise<readonly [Signer, ...Signer[]]> {
  if ((await store.events.log()) === null) return signers;
  const key = keyIn((await store.events.signingHead()).body);
  const current = signers.find((signer) => signer.key === key);
  return current === undefined ? signers : [current, ...signers.filter((signer) => signer !== current)];
}

/** Length of the part of a time that names its hour: `2026-03-01T09`. */
const HOUR = 13;

/** The fingerprint that a `signing_key` event names; undefined when there is none. */
function keyIn(body: string | null): string | undefined {
  return (JSON.parse(body ?? '{}') as { key?: string }).key;
}

function retired(): SluiceError {
  return new SluiceError('config_invalid', 'another process has changed the signing key', {
    advice: 'restart the relay, so that it signs with the new one',
  });
}

function spent(): SluiceError {
  return new SluiceError('config_invalid', 'this signing key has signed events that the store has lost', {
    advice: 'put a new key above it in the signing key file: this one never signs the log again',
  });
}
