import type { EventBody } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import type { SessionId } from '../../session/index.ts';
import type { RecordReaders, RecordTransaction } from '../ports.ts';
import { type Checkpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { logTree, storeSubtrees } from './log-tree.ts';
import { type Signer, spki } from './signer.ts';

/** Signs the log as it grows. */
export interface Checkpointer {
  /**
   * Returns a checkpoint over everything on the record now, signed by the current key.
   *
   * @throws SluiceError `config_invalid` when another process has changed the signing key.
   */
  take(): Promise<Checkpoint>;
}

/**
 * Opens the checkpointer and records the current key in a `signing_key` event if the log does not name it yet: the
 * first time, and whenever the signer has changed. If the previous signer is still among `signers`, it hands over: it
 * signs a checkpoint that ends with the event naming its successor, so that anyone who trusts the old key can trust the
 * new one.
 */
export async function openCheckpointer(options: {
  readonly store: CheckpointedStore;
  readonly relaySession: SessionId;
  readonly append: (session: SessionId, body: EventBody) => Promise<unknown>;
  readonly now: () => number;
  readonly signers: readonly [Signer, ...Signer[]];
}): Promise<Checkpointer> {
  const { store, relaySession, append, now, signers } = options;
  const [current] = signers;
  let thinned = '';

  const sign = async (signer: Signer, size: number): Promise<Checkpoint> => {
    const known = await store.checkpoints.find(size, signer.key);
    if (known !== null) {
      const kept = parseCheckpoint(known.note);
      if (kept?.log !== relaySession || kept.size !== size) throw damaged(size);
      return kept;
    }
    await storeSubtrees(store, size);
    const root = (await logTree(store).root(size)).toString('hex');
    const at = new Date(now()).toISOString();
    const checkpoint = await signCheckpoint({ log: relaySession, size, root, at }, signer);
    const hour = at.slice(0, HOUR);
    await store.transaction(async ({ checkpoints }) => {
      await checkpoints.add({ size, key: signer.key, at, note: checkpoint.note });
      if (hour !== thinned) await checkpoints.thinOut(hour);
    });
    thinned = hour;
    return checkpoint;
  };

  const last = keyIn((await store.events.signingHead()).body);
  if (last !== current.key) {
    const publicKey = spki(current.publicKey).toString('base64');
    await append(relaySession, { type: 'signing_key', key: current.key, publicKey });
    const retiring = signers.find(({ key }) => key === last);
    if (retiring !== undefined) {
      const named = (await store.events.ofTypes(relaySession, ['signing_key'])).at(-1)!;
      await sign(retiring, named.position + 1);
    }
  }
  return {
    async take() {
      // Size and key are read at the same moment, so the key that signs is the last one that the log names.
      const { size, body } = await store.events.signingHead();
      if (keyIn(body) !== current.key) throw retired();
      return sign(current, size);
    },
  };
}

export type CheckpointedStore = Pick<RecordReaders, 'events' | 'checkpoints'> & {
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

function damaged(size: number): SluiceError {
  return new SluiceError('record_unavailable', `the checkpoint of size ${size} in the store is damaged`, {
    advice: 'run `sluice verify` on the store, and restore it from a copy',
  });
}

function retired(): SluiceError {
  return new SluiceError('config_invalid', 'another process has changed the signing key', {
    advice: 'restart the relay, so that it signs with the new one',
  });
}
