import { isSluiceError } from '../errors.ts';
import {
  exportSession,
  type KeyVault,
  type OpenRecord,
  payloadReader,
  type RecordReaders,
  type Signer,
} from '../recording/index.ts';
import type { SessionId } from '../session/index.ts';
import type { Witnesses } from '../witness/index.ts';

/** Exports a session: rejects before there is anything of the file when it cannot be made. */
export type Exports = (session: SessionId) => Promise<AsyncIterable<string>>;

/** Makes exports of what this relay has examined and signed, with the cosignatures that come in time. */
export function createExports({
  recording,
  witnesses,
  store,
  vault,
  signers,
}: {
  readonly recording: Pick<OpenRecord<never>, 'checkpoint' | 'cosigned' | 'proof' | 'contradict'>;
  readonly witnesses: Pick<Witnesses, 'settled'>;
  readonly store: { readonly apart: Pick<RecordReaders, 'events' | 'checkpoints' | 'dataKeys' | 'payloads'> };
  readonly vault: KeyVault;
  /** The current one first. */
  readonly signers: readonly [Signer, ...Signer[]];
}): Exports {
  const payloads = payloadReader({ store: store.apart, vault });
  /** What is found while a file is written counts like what is found otherwise: from then on, nothing runs. */
  const watched = async function* (lines: AsyncIterable<string>) {
    try {
      yield* lines;
    } catch (error) {
      if (isSluiceError(error) && error.code === 'record_contradicted') await recording.contradict(error);
      throw error;
    }
  };
  return async (session) => {
    const signed = await recording.checkpoint();
    // A moment for those who cosign: without them, it says less.
    await witnesses.settled(signed, COSIGNING_MS);
    const checkpoint = await recording.cosigned(signed);
    const attestation = { signer: signers[0], proof: recording.proof };
    const lines = watched(exportSession({ store: store.apart, payloads, attestation, checkpoint, session }));
    const first = await lines.next();
    return (async function* whole() {
      if (first.done !== true) yield first.value;
      yield* lines;
    })();
  };
}

const COSIGNING_MS = 5_000;
