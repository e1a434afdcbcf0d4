import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPolicyFile, type PolicyReload } from '../policy-file.ts';
import { openPolicyInForce, type PolicyStanding } from '../policy-in-force.ts';
import {
  type Checkpoint,
  createLegalHolds,
  headFile,
  highWaterFile,
  openLinkKeys,
  openRecorder,
  openRetention,
  signersFromFile,
  vaultFromFile,
} from '../recording/index.ts';
import { createRefusals } from '../refusals.ts';
import type { Witnesses } from '../witness/index.ts';
import { joinRelays } from '../relays.ts';
import { lockData, openStore, type Store } from '../store/index.ts';
import type { RelayContext } from './context.ts';
import { startWitnesses } from './witnesses.ts';

export type Storage = Awaited<ReturnType<typeof startStorage>>;

/**
 * What the relay keeps: its store, its record and its policy.
 *
 * @param given in place of the configured store.
 */
export async function startStorage(context: RelayContext, given: Store | undefined) {
  const { config, files, start, logger, now, newId, random, onError } = context;
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  await start(
    'data folder',
    () => lockData(files),
    ({ release }) => ({ close: release }),
  );
  const opened = await start(
    'store',
    () => given ?? openStore(config.store, files, { now, onError, onOutage: onError }),
    ({ close }) => ({ close }),
  );
  const vault = vaultFromFile(files.payloadKey, { create: true });
  const signers = signersFromFile(files.signingKey, { create: true });
  const highWater = await start(
    'high water',
    () => highWaterFile(files.highWater),
    ({ close }) => ({ close }),
  );
  let witnesses: Witnesses | null = null;
  let newest: Checkpoint | null = null;
  const self = newId();
  const isAlone = config.store.kind === 'sqlite';
  const recording = await start(
    'record',
    () =>
      openRecorder({
        store: opened,
        now,
        random,
        newId,
        relay: self,
        vault,
        signers,
        heads: headFile(files.signedHead),
        highWater,
        isAlone,
        patrolEveryMs: PATROL_EVERY_MS,
        onSigned(checkpoint) {
          if (witnesses === null) newest = checkpoint;
          else witnesses.offer(checkpoint);
        },
        onContradicted: (error) =>
          logger.fatal(
            { problem: error.message, advice: error.advice },
            'the record is contradicted: no statement runs',
          ),
        checkpointEvery: { seconds: 60, events: 10_000 },
        onCheckpointFailed: onError,
        onIndexFailed: onError,
      }),
    ({ close }) => ({ close }),
  );
  witnesses = await startWitnesses(context, opened, recording);
  if (newest !== null) witnesses.offer(newest);
  /** Whose transactions record what they do. */
  const store = { ...opened, transaction: recording.transaction };
  const holds = createLegalHolds({
    store,
    transaction: recording.transaction,
    relaySession: recording.relaySession,
  });
  const retention = await start(
    'retention',
    () =>
      openRetention({
        ...config.retention,
        store,
        transaction: recording.transaction,
        checkpoint: recording.checkpoint,
        tidyIndex: recording.tidyIndex,
        relaySession: recording.relaySession,
        relay: newId(),
        now,
        elapsed: () => performance.now(),
        pause: sleep,
        onError,
      }),
    ({ tick, close }) => ({ tick, close }),
  );
  const notice = (what: string, detail: Record<string, string>) =>
    void recording.append(recording.relaySession, { type: 'notice', what, detail }).catch(onError);
  const refusals = await start(
    'refusals',
    () => createRefusals({ recording, now, onError }),
    ({ tick, close }) => ({ tick, close }),
  );

  const onReload = (outcome: PolicyReload) => {
    if (outcome.loaded) {
      logger.info({ version: outcome.policy.version }, 'policy loaded');
      return;
    }
    logger.error({ problems: outcome.problems }, 'policy refused, the old one is kept');
    notice('policy_refused', { problems: outcome.problems.join('\n') });
  };
  const onStanding = (standing: PolicyStanding) => {
    if (standing.isCurrent) logger.info({ version: standing.version }, 'policy in force');
    else
      logger.error(
        { version: standing.version, inForce: standing.inForce },
        'another policy is in force than this relay has: it decides nothing until its file is the same',
      );
  };
  const relays = await start(
    'relays',
    () => joinRelays({ self, store, isAlone, now }),
    ({ tick, close }) => ({ tick, close }),
  );
  const linkKeys = await openLinkKeys({ store, vault, now });
  const policy = await start(
    'policy',
    () =>
      openPolicyInForce({
        file: openPolicyFile({ path: config.policy, onReload }),
        store,
        relaySession: recording.relaySession,
        isAlone,
        now,
        onStanding,
      }),
    ({ look }) => ({ tick: look }),
  );

  return {
    store,
    vault,
    signers,
    recording,
    witnesses,
    holds,
    retention,
    notice,
    refusals,
    policy,
    relays,
    linkKeys,
  };
}

/** Between two rounds over the whole record. */
const PATROL_EVERY_MS = 60_000;
