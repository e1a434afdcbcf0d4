import type { EventBody, IdentitySummary, SessionEvent } from '@sluice/contract';
import type { Kysely, Transaction } from 'kysely';
import { SluiceError } from '../errors.ts';
import type { SessionId } from '../session/index.ts';
import type { Checkpoint } from './checkpoints/checkpoint.ts';
import { openCheckpointer } from './checkpoints/checkpointer.ts';
import type { Signer } from './checkpoints/signer.ts';
import { type Alongside, type EventLog, openEventLog } from './log/event-log.ts';
import { createTextIndexer, PART } from './log/text-index.ts';
import type { KeyVault } from './payloads/key-vault.ts';
import { openPayloadStore } from './payloads/payload-store.ts';
import { applyRetention, type RetentionOutcome, type RetentionRule } from './retention.ts';
import { recordingTables } from './tables.ts';

/** The record as the rest of the relay sees it: append, and it is durable when the promise resolves. */
export interface Recorder {
  /**
   * Appends one event to a session's chain. Resolves when it is on disk (fsynced; concurrent appends share
   * one commit), in the order of the calls. Rejects with `record_unavailable` when it cannot be made
   * durable: the caller must then not go on. Rejects with `request_malformed` when the body cannot be
   * recorded exactly: text that is not well-formed Unicode.
   *
   * `alongside` is written in the same transaction, after the event: both are on disk, or neither is. It must not
   * fail, or what shares the commit fails with it.
   *
   * Never wait for it inside a transaction on the same database: it waits for that transaction to end.
   */
  append(
    session: SessionId,
    body: EventBody,
    alongside?: (transaction: Transaction<unknown>) => Promise<void>,
  ): Promise<SessionEvent>;
  /**
   * Keeps a payload, compressed, encrypted and once, and answers its address, which only these bytes have.
   * Durable when it resolves.
   */
  keep(payload: Uint8Array): Promise<string>;
}

/** The recorder and what goes with running it. */
export interface Recording extends Recorder {
  /**
   * The session of what happens outside any session: failed sign-ins, refused requests, policies loaded,
   * revocations. One for each store, and the store's name on its checkpoints.
   */
  readonly relaySession: SessionId;
  /** Signs everything on the record so far, and answers the checkpoint: worth keeping somewhere else. */
  checkpoint(): Promise<Checkpoint>;
  /** Takes a session under legal hold, or releases it; both stay on its record. */
  setLegalHold(session: SessionId, hold: LegalHold): Promise<SessionEvent>;
  /** Removes what the rules no longer want kept; the chains go on checking. */
  applyRetention(rules: readonly RetentionRule[]): Promise<RetentionOutcome>;
  /** Takes the last checkpoint and stops. The database stays open. */
  close(): Promise<void>;
}

export interface LegalHold {
  readonly held: boolean;
  readonly by: IdentitySummary;
  readonly reason: string;
}

export interface RecordingOptions {
  /** With `recordingMigrations` applied. */
  readonly database: Kysely<unknown>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** A new UUID. */
  readonly newId: () => string;
  /** Wraps the keys that payloads are encrypted with. */
  readonly vault: KeyVault;
  /** The current signer first, then those it may have to take over from. */
  readonly signers: readonly [Signer, ...Signer[]];
  /** How much may be on the record before it is signed. */
  readonly checkpointEvery: { readonly seconds: number; readonly events: number };
  /** Told when a checkpoint could not be taken; the next one is tried when it is due. */
  readonly onCheckpointFailed: (error: unknown) => void;
  /** Told when part of a long text could not be indexed; it is tried again with the next long text. */
  readonly onIndexFailed: (error: unknown) => void;
}

/** Opens the record for writing, and goes on with the chains where the store has them. */
export async function openRecorder(options: RecordingOptions): Promise<Recording> {
  const { checkpointEvery, onCheckpointFailed } = options;
  const log = await openEventLog(options);
  const keep = await openPayloadStore({ ...options, log });
  const checkpointer = await openCheckpointer({ ...options, log });
  const indexer = createTextIndexer({ ...options, write: log.write, onFailed: options.onIndexFailed });
  indexer.wake();

  let unsigned = 0;
  let signing: Promise<unknown> = Promise.resolve();
  const signSoon = () => {
    if (unsigned === 0) return;
    unsigned = 0;
    signing = signing.then(() => checkpointer.take()).catch(onCheckpointFailed);
  };
  const timer = setInterval(signSoon, checkpointEvery.seconds * 1_000).unref();
  const append: EventLog['append'] = async (session, body, alongside) => {
    const event = await log.append(session, body, alongside);
    unsigned += 1;
    if (unsigned >= checkpointEvery.events) signSoon();
    if (body.type === 'statement' && body.sql.length > PART) indexer.wake();
    return event;
  };

  return {
    relaySession: log.relaySession,
    // A part writes its own tables, of which the log knows nothing.
    append: (session, body, alongside) => append(session, body, alongside as Alongside | undefined),
    keep,
    checkpoint: () => checkpointer.take(),
    async setLegalHold(session, hold) {
      await requireSession(options.database, session);
      return append(session, { type: 'hold', ...hold });
    },
    applyRetention: (rules) => applyRetention({ ...options, log: { ...log, append }, rules }),
    async close() {
      clearInterval(timer);
      await indexer.close();
      await signing;
      await checkpointer.take();
    },
  };
}

async function requireSession(database: Kysely<unknown>, session: SessionId): Promise<void> {
  const known = await recordingTables(database)
    .selectFrom('recorded_session')
    .select('session')
    .where('session', '=', session)
    .executeTakeFirst();
  if (known === undefined) {
    throw new SluiceError('session_unknown', `session \`${session}\` is not on the record`, {
      advice: 'see `sluice sessions list`',
    });
  }
}
