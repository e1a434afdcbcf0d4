import type { ApprovalPartStore } from '../approval/index.ts';
import { SluiceError } from '../errors.ts';
import type { ApiParts } from '../listeners/api/index.ts';
import {
  deviceWitness,
  handoversOf,
  keepDeviceCosignature,
  logTree,
  type OpenRecord,
  parseCheckpoint,
  type RecordReaders,
  type Signer,
  spki,
  witnessKeyText,
} from '../recording/index.ts';

/** What the relay has signed of its log, for everybody who keeps it, checks it, or cosigns it. */
export function createCheckpoints({
  recording,
  store,
  signers,
  witnesses,
}: {
  readonly recording: Pick<OpenRecord<never>, 'checkpoint' | 'relaySession'>;
  readonly store: Parameters<typeof keepDeviceCosignature>[0] &
    Pick<ApprovalPartStore, 'devices'> & {
      readonly apart: Pick<RecordReaders, 'events' | 'checkpoints'>;
      readonly checkpoints: Pick<RecordReaders['checkpoints'], 'page' | 'newest'>;
    };
  readonly signers: readonly [Signer, ...Signer[]];
  /** Verifier keys. */
  readonly witnesses: readonly string[];
}): ApiParts['checkpoints'] {
  const { apart } = store;
  const log = recording.relaySession;
  return {
    list: async (page) =>
      (await store.checkpoints.page(page)).flatMap(({ note }) => parseCheckpoint(note) ?? []),
    take: recording.checkpoint,
    async proof(from, size) {
      const newest = await store.checkpoints.newest();
      if (newest === null || size > newest.size || from > size) {
        throw new SluiceError('checkpoint_unknown', 'the log has not so many events that are signed');
      }
      const proof = await logTree(apart).consistencyProof(from, size);
      return proof.map((hash) => hash.toString('hex'));
    },
    async handovers() {
      const named = await apart.events.ofTypes(log, ['signing_key']);
      return await Array.fromAsync(handoversOf(apart, logTree(apart), named));
    },
    cosign: (cosignature) => keepDeviceCosignature(store, cosignature),
    async keys() {
      const devices = (await store.devices.inUse(MOST_DEVICES)).flatMap(
        ({ key }) => deviceWitness(key) ?? [],
      );
      return {
        log,
        keys: signers.map(({ publicKey }) => spki(publicKey).toString('base64')),
        witnesses: [...witnesses, ...devices.map(witnessKeyText)],
      };
    },
  };
}

/** That are named as witnesses. */
const MOST_DEVICES = 200;
