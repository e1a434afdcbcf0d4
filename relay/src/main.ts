import { randomBytes, randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { RelayConfig } from './config.ts';
import type { RelayContext } from './composition/context.ts';
import { createFailureLog } from './composition/failure-log.ts';
import { createExports } from './composition/exports.ts';
import { filesIn } from './composition/files.ts';
import { startGate } from './composition/gate.ts';
import { startIdentity } from './composition/identity.ts';
import { startListeners } from './composition/listeners.ts';
import { startSessions } from './composition/sessions.ts';
import { startProblem } from './composition/start-problem.ts';
import { startStorage } from './composition/storage.ts';
import { createMetrics } from './metrics/index.ts';
import { startInOrder } from './lifecycle.ts';
import type { SessionId } from './session/index.ts';
import type { Store } from './store/index.ts';
import type { Warehouse } from './warehouse/index.ts';

/** A relay that runs. */
export interface Relay {
  /** Where drivers and people reach it. */
  readonly url: string;
  readonly store: Store;
  /** One session with everything that proves it, as `sluice export` writes it. */
  exportSession(session: SessionId, output: Writable): Promise<void>;
  /**
   * Stops listening, leaves held statements pending, signs the record and closes it. Rejects at the end with an
   * `AggregateError` when some part could not be closed.
   */
  close(): Promise<void>;
}

export interface RelayOptions {
  readonly logger: FastifyBaseLogger;
  /** Ends a start that is under way: what had started is closed, and `startRelay` rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** In place of the configured warehouse: for tests of what a warehouse does to the rest. */
  readonly warehouse?: Warehouse;
  /** In place of the configured store, opened: for tests of what a store does to the rest. */
  readonly store?: Store;
  /** How long a driver's poll may wait for news. */
  readonly longPollMs?: number;
}

/**
 * The composition root: what is started, in this order, and handed to whom. It is closed in the reverse order.
 *
 * @throws SluiceError `config_invalid`, `policy_invalid`, `record_unavailable` for what its operator can mend.
 */
export async function startRelay(config: RelayConfig, options: RelayOptions): Promise<Relay> {
  const { logger, signal, now = Date.now } = options;
  const failures = createFailureLog(logger, now);

  const { started, close } = await startInOrder({ onFailed: failures.ofPart, signal }, async (start) => {
    await start(
      'failure log',
      () => failures,
      ({ tick, close }) => ({ tick, close }),
    );
    const metrics = await start(
      'metrics',
      () => createMetrics(now),
      ({ close }) => ({ close }),
    );
    const context: RelayContext = {
      config,
      files: filesIn(config.data),
      start,
      logger,
      metrics,
      now,
      newId: () => randomUUID(),
      random: randomBytes,
      onError: failures.inBackground,
    };
    const storage = await startStorage(context, options.store);
    const identity = await startIdentity(context, storage);
    const gate = await startGate(context, storage, identity, options.warehouse);
    const sessions = await startSessions(context, storage, identity, gate);
    const { longPollMs } = options;
    const exported = createExports(storage);
    const parts = { storage, identity, gate, sessions, exported, longPollMs };
    const listeners = await startListeners(context, parts);

    // Promise 7: whatever a revoked person has open ends before the revocation is answered.
    identity.revocations.onRevoked(async (_, isRevoked) => {
      // First, and at once: nobody who is out is told anything more.
      listeners.live.revoked(isRevoked);
      await gate.approvals.revoked(isRevoked);
      await sessions.sessions.endWhere(({ identity }) => isRevoked(identity), 'revoked');
    });

    // What an earlier relay left open goes on.
    await sessions.adoptHeld();
    await gate.left.settle();
    await gate.deliveries.resume();
    return { storage, exported, url: await listeners.listen() };
  }).catch((error: unknown) => {
    throw startProblem(error, config) ?? error;
  });

  const { store } = started.storage;
  return {
    url: started.url,
    store,
    exportSession: async (session, output) => await pipeline(await started.exported(session), output),
    close,
  };
}
