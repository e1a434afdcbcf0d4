import { mkdirSync } from 'node:fs';
import { openPolicyFile, type PolicyReload } from '../policy-file.ts';
import { openRecorder, signersFromFile, vaultFromFile } from '../recording/index.ts';
import { createRefusals } from '../refusals.ts';
import { openDatabase } from '../store/index.ts';
import type { RelayContext } from './context.ts';
import { migrations } from './migrations.ts';

export type Storage = Awaited<ReturnType<typeof startStorage>>;

/** What the relay has on disk: its database, its record and its policy. */
export async function startStorage({
  config,
  files,
  start,
  logger,
  now,
  newId,
  random,
  onError,
}: RelayContext) {
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const database = await start(
    'database',
    () => openDatabase({ path: files.database, migrations }),
    (database) => ({ close: () => database.destroy() }),
  );
  const vault = vaultFromFile(files.payloadKey, { create: true });
  const signers = signersFromFile(files.signingKey, { create: true });
  const recording = await start(
    'record',
    () =>
      openRecorder({
        database,
        now,
        random,
        newId,
        vault,
        signers,
        checkpointEvery: { seconds: 60, events: 10_000 },
        onCheckpointFailed: onError,
        onIndexFailed: onError,
      }),
    ({ close }) => ({ close }),
  );
  const notice = (what: string, detail: Record<string, string>) =>
    void recording.append(recording.relaySession, { type: 'notice', what, detail }).catch(onError);
  const refusals = await start(
    'refusals',
    () => createRefusals({ recording, now, onError }),
    ({ tick, close }) => ({ tick, close }),
  );

  const onReload = (outcome: PolicyReload) => {
    if (outcome.loaded) logger.info({ version: outcome.policy.version }, 'policy loaded');
    else logger.error({ problems: outcome.problems }, 'policy refused, the old one is kept');
    notice(
      outcome.loaded ? 'policy_loaded' : 'policy_refused',
      outcome.loaded ? { version: outcome.policy.version } : { problems: outcome.problems.join('\n') },
    );
  };
  const policy = await start(
    'policy file',
    () => openPolicyFile({ path: config.policy, onReload }),
    ({ look }) => ({ tick: look }),
  );
  notice('policy_loaded', { version: policy.current().version });

  return { database, vault, signers, recording, notice, refusals, policy };
}
