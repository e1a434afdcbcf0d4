import type { EventBody } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import type { EventsReader, RecordReaders } from '../ports.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { contradiction, loss } from './contradiction.ts';
import type { HeadFile, SignedHead } from './head-file.ts';
import type { Authorship } from '../log/authorship.ts';
import { provenEvents, type ProvingReaders } from '../log/proven-events.ts';
import { knownLog } from './known-log.ts';
import { logKeys } from './log-keys.ts';
import type { Signer } from './signer.ts';
import { logTree } from './log-tree.ts';
import { type GrowingTree, rootOf } from './merkle.ts';
import { readRecord } from './read-record.ts';
import { removals } from './removals.ts';

/** What a relay starts from: the tree that it signed last, and how it came by it. */
export interface OpenedHead {
  readonly head: SignedHead | null;
  readonly signed: Checkpoint | null;
  readonly tree: GrowingTree;
  /** How many events were on the record when it was opened. */
  readonly size: number;
  /**
   * `known`: by its file. `adopted`: there was no file, and the store's newest checkpoint was believed. `cleared`: the
   * store holds again what was signed.
   */
  readonly how: 'known' | 'adopted' | 'cleared';
}

export interface HeadOptions {
  readonly store: ProvingReaders & Pick<RecordReaders, 'payloads'>;
  readonly relaySession: string;
  readonly heads: HeadFile;
  readonly signers: readonly Signer[];
  readonly authorship: Authorship;
}

/**
 * Compares the store that a relay finds at its start with what it signed last.
 *
 * @throws SluiceError `record_contradicted` when it holds something else, or less.
 */
export async function openHead(options: HeadOptions): Promise<OpenedHead> {
  const head = await options.heads.read();
  return await readRecord('some of it', () => (head === null ? adopt(options) : compare(options, head)));
}

async function compare(
  { store, relaySession, signers, authorship }: HeadOptions,
  head: SignedHead,
): Promise<OpenedHead> {
  const signed = parseCheckpoint(head.note)!;
  const tree = { size: signed.size, peaks: head.peaks.map((hash) => Buffer.from(hash, 'hex')) };
  if (rootOf(tree.peaks).toString('hex') !== signed.root) throw damagedHead();
  if (signed.log !== relaySession) {
    throw contradiction(`it is log ${relaySession}, and this relay signed log ${signed.log}`);
  }
  // The file itself is believed. Whether a key that stands on the record signed it, tells of a mistake.
  if (!(await logKeys(store, relaySession, signers, async () => true))(signed)) throw damagedHead();
  const size = (await store.events.log())?.size ?? 0;
  if (size < signed.size) throw loss(`it has ${size} events, and ${signed.size} were signed`);
  if (head.contradiction === null) {
    const root = await logTree(store).root(signed.size);
    if (root.toString('hex') === signed.root) return { head, signed, tree, size, how: 'known' };
    throw contradiction(`its first ${signed.size} events are not those that were signed`);
  }
  // What was found once may be out of sight of a glance at the newest events: every row is read again.
  const { standingOf } = provenEvents({
    store,
    log: relaySession,
    authorship,
    checked: () => ({ size: tree.size, root: rootOf(tree.peaks) }),
  });
  const known = knownLog(store, NOTHING, {
    log: relaySession,
    authorship,
    removals: removals({ store, standingOf }),
    onUnmarked() {},
  });
  const read = await known.catchUp(signed.size, new Map([[signed.size, signed.root]]), {
    proven: signed.size,
  });
  return { head: { ...head, contradiction: null }, signed, tree: read, size, how: 'cleared' };
}

async function adopt({ store, relaySession, signers, authorship }: HeadOptions): Promise<OpenedHead> {
  const { believes } = provenEvents({ store, log: relaySession, authorship, checked: () => null });
  const isOurs = await logKeys(store, relaySession, signers, believes);
  const newest = await store.checkpoints.newest();
  const size = (await store.events.log())?.size ?? 0;
  if (newest === null) return { head: null, signed: null, tree: NOTHING, size, how: 'adopted' };
  const signed = parseCheckpoint(newest.note);
  if (signed?.log !== relaySession || !isOurs(signed)) {
    throw contradiction('its newest checkpoint is not signed by a key of this log');
  }
  if (size < signed.size) throw loss(`it has ${size} events, and ${signed.size} were signed`);
  const tree = await logTree(store).growing(signed.size);
  if (rootOf(tree.peaks).toString('hex') !== signed.root) {
    throw contradiction(`its first ${signed.size} events are not those that were signed`);
  }
  const neverSign = await spentKeys(store.events, relaySession);
  return { head: { ...headOf(signed, tree), neverSign }, signed, tree, size, how: 'adopted' };
}

/** What the head would have known: the keys that have signed what was lost, by the notices on the record. */
async function spentKeys(events: EventsReader, relaySession: string): Promise<string[]> {
  const notices = await events.ofTypes(relaySession, ['notice']);
  const keys = notices.flatMap(({ body }) => {
    const said = JSON.parse(body ?? '{}') as Partial<Extract<EventBody, { type: 'notice' }>>;
    return said.what === LOSS_ACCEPTED ? (said.detail?.[NEVER_SIGN] ?? '').split(' ') : [];
  });
  return [...new Set(keys)].filter((key) => key !== '');
}

/** The notice of an accepted loss; and in it the fingerprints of the keys that never sign again, separated by spaces. */
export const LOSS_ACCEPTED = 'loss_accepted';
export const NEVER_SIGN = 'neverSign';

export function headOf(signed: Checkpoint, { peaks }: GrowingTree, before?: SignedHead | null): SignedHead {
  return {
    note: signed.note,
    peaks: peaks.map((hash) => hash.toString('hex')),
    ...(before?.authored === true ? { authored: true } : {}),
    ...(before?.relayEnd === undefined ? {} : { relayEnd: before.relayEnd }),
    neverSign: before?.neverSign ?? [],
    contradiction: null,
  };
}

const NOTHING: GrowingTree = { size: 0, peaks: [] };

function damagedHead(): SluiceError {
  return new SluiceError(
    'config_invalid',
    'the signed head in the data folder is damaged, or was signed by another',
    {
      advice: 'restore the file from a copy; without it, nobody can tell whether the record was rewritten',
    },
  );
}
