import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPolicyFile, type PolicyReload } from '../policy-file.ts';
import { openPolicyInForce, type PolicyStanding } from '../policy-in-force.ts';
import {
  type Checkpoint,
  createEnrolmentRepair,
  createLegalHolds,
  headFile,
  highWaterFile,
  keptNotices,
  openLinkKeys,
  openRelayNotices,
  openRecorder,
  openRetention,
  openSessionSeals,
  signersFromFile,
  vaultFromFile,
} from '../recording/index.ts';
import type { Metrics } from '../metrics/index.ts';
import { createRefusals } from '../refusals.ts';
import type { Witnesses } from '../witness/index.ts';
import { keptFile } from '../kept-file.ts';
import { joinRelays } from '../relays.ts';
import { lockDataAfterExport, type MigrationProgress, openStore, type Store } from '../store/index.ts';
import type { RelayContext } from './context.ts';
import { startWitnesses } from './witnesses.ts';

export type Storage = Awaited<ReturnType<typeof startStorage>>;

/**
 * What the relay keeps: its store, its record and its policy.
 *
 * @param given in place of the configured store.
 */
export async function startStorage(context: RelayContext, given: Store | undefined) {
  const { config, files, start, logger, metrics, now, newId, random, onError } = context;
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  await start(
    'data folder',
    () =>
      lockDataAfterExport(files, () =>
        logger.info({ lock: files.exportLock }, 'waiting for `sluice export` on this data folder to end'),
      ),
    ({ release }) => ({ close: release }),
  );
  const onMigration = (step: MigrationProgress) =>
    logger.info({ ...step }, 'bringing the database to the newest schema');
  const opened = await start(
    'store',
    () => given ?? openStore(config.store, files, { now, onError, onOutage: onError, onMigration }),
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
  /** When it is next said how far the search index is. */
  let sayAt = 0;
  const self = newId();
  const isAlone = config.store.kind === 'sqlite';
  const recording = await start(
    'record',
    () =>
      openRecorder({
        store: { ...opened, transaction: timed(opened.transaction, metrics) },
        now,
        random,
        newId,
        relay: self,
        vault,
        signers,
        heads: headFile(files.signedHead),
        highWater,
        patrolEveryMs: PATROL_EVERY_MS,
        onRecorded: metrics.recorded,
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
        onCaughtUp(indexed, of) {
          const isDone = indexed >= of;
          if (!isDone && now() < sayAt) return;
          sayAt = now() + SAY_EVERY_MS;
          logger.info({ indexed, of }, isDone ? 'the search index is made' : 'making the search index');
        },
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
    proof: recording.proof,
  });
  const enrolmentRepair = createEnrolmentRepair({
    store,
    transaction: recording.transaction,
    believes: recording.proof.believes,
    relaySession: recording.relaySession,
    checkpoint: recording.checkpoint,
    now,
  });
  const retention = await start(
    'retention',
    () =>
      openRetention({
        ...config.retention,
        store,
        transaction: recording.transaction,
        proof: recording.proof,
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
    () => createRefusals({ recording, now, onError, onCode: metrics.refused }),
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
    () => joinRelays({ self, store, isAlone, newId, now }),
    ({ tick, close }) => ({ tick, close }),
  );
  const linkKeys = await openLinkKeys({ store, vault, now });
  const sessionSeals = await openSessionSeals({ store, vault, log: recording.relaySession });
  const notices = await start(
    'notices',
    () =>
      openRelayNotices({
        store,
        proof: recording.proof,
        relaySession: recording.relaySession,
        onFound: recording.contradict,
        kept: keptFile(files.relayNotices, keptNotices),
        onNotKept: onError,
      }),
    ({ keep }) => ({ close: keep }),
  );
  const policy = await start(
    'policy',
    () =>
      openPolicyInForce({
        file: openPolicyFile({ path: config.policy, onReload }),
        store,
        relaySession: recording.relaySession,
        notices,
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
    enrolmentRepair,
    retention,
    notice,
    notices,
    refusals,
    policy,
    relays,
    linkKeys,
    sessionSeals,
  };
}

/** Tells how long each transaction takes, with the wait for others. */
function timed(transaction: Store['transaction'], { committed }: Metrics): Store['transaction'] {
  return async (work) => {
    const begun = performance.now();
    const took = (outcome: 'committed' | 'failed') => committed((performance.now() - begun) / 1_000, outcome);
    try {
      const done = await transaction(work);
      took('committed');
      return done;
    } catch (error) {
      took('failed');
      throw error;
    }
  };
}

/** Between two rounds over the whole record. */
const PATROL_EVERY_MS = 60_000;
/** Between two lines about how far the search index is. */
const SAY_EVERY_MS = 10_000;
