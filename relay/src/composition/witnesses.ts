import { writeFileSync } from 'node:fs';
import { contradiction, logTree, type OpenRecord, type RecordReaders } from '../recording/index.ts';
import {
  createWitnesses,
  type RecordedLog,
  type WitnessConflict,
  witnessesOf,
  type WitnessStatus,
} from '../witness/index.ts';
import type { RelayContext } from './context.ts';

/** Tells the configured witnesses what the relay signs; `sluice doctor` reads from a file how that goes. */
export async function startWitnesses(
  { config, files, start, logger, now, onError }: RelayContext,
  store: Pick<RecordReaders, 'events' | 'checkpoints'>,
  recording: Pick<OpenRecord<never>, 'keepCosignatures' | 'contradict'>,
) {
  const log: RecordedLog = {
    size: async () => (await store.events.log())?.size ?? 0,
    proof: async (from, size) =>
      (await logTree(store).consistencyProof(from, size)).map((hash) => hash.toString('base64')),
  };
  const onConflict = (witness: string, { message, stops }: WitnessConflict) => {
    logger.fatal({ witness, problem: message }, 'a witness has seen another history of this record');
    if (!stops) return;
    recording.contradict(contradiction(`witness \`${witness}\`: ${message}`)).catch(onError);
  };
  const onStatus = ({ name, problem }: WitnessStatus) => {
    if (problem === null) logger.info({ witness: name }, 'a witness takes checkpoints again');
    else logger.error({ witness: name, problem }, 'a witness does not take checkpoints');
  };
  let written = '';
  return await start(
    'witnesses',
    () =>
      createWitnesses({
        witnesses: witnessesOf(config.witnesses, { log, now }),
        now,
        keep: recording.keepCosignatures,
        onConflict,
        onStatus,
      }),
    (witnesses) => ({
      tick() {
        witnesses.tick();
        const text = JSON.stringify(witnesses.status());
        if (text === written) return;
        writeFileSync(files.witnesses, text);
        written = text;
      },
      close: witnesses.stop,
    }),
  );
}
