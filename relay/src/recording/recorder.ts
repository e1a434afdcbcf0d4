import type { EventBody, IdentitySummary, SessionEvent } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import type { SessionId } from '../session/index.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Checkpoint } from './checkpoints/checkpoint.ts';
import { openCheckpointer } from './checkpoints/checkpointer.ts';
import type { Signer } from './checkpoints/signer.ts';
import { openEventLog, type RecordsEvents } from './log/event-log.ts';
import { createTextIndexer, PART } from './log/text-index.ts';
import type { KeyVault } from './payloads/key-vault.ts';
import { openSealer, type SealedPayload } from './payloads/payload-store.ts';
import type { RecordStore, RecordTransaction, StoredPayload } from './ports.ts';
import { applyRetention, type RetentionOutcome, type RetentionRule } from './retention.ts';

/** The record as the rest of the relay sees it: append, and it is durable when the promise resolves. */
export interface Recorder {
  /**
   * Appends one event to a session's chain. Resolves when it is on disk (fsynced; concurrent appends share
   * one commit), in the order of the calls. Rejects with `record_unavailable` when it cannot be made
   * durable: the caller must then not go on. Rejects with `request_malformed` when the body cannot be
   * recorded exactly: text that is not well-formed Unicode.
   */
  append(session: SessionId, body: EventBody): Promise<SessionEvent>;
  /** Seals a payload: compressed, encrypted, under the address that only these bytes have. It is kept nowhere yet. */
  seal(payload: Uint8Array): Promise<SealedPayload>;
  /** Seals a payload and keeps it. Durable when it resolves. */
  keep(payload: Uint8Array): Promise<string>;
}

/** What a transaction of the record has beside the store's own: the events of what is written in it. */
export interface Recording extends RecordsEvents {
  /** Keeps a sealed payload: once, however often it is handed in. */
  keep(payload: SealedPayload): Promise<void>;
}

/** The recorder, transactions that record, and what goes with running it. */
export interface OpenRecord<Tx> extends Recorder, UnitOfWork<Tx & Recording> {
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
  /** Takes the last checkpoint and stops. The store stays open. */
  close(): Promise<void>;
}

export interface LegalHold {
  readonly held: boolean;
  readonly by: IdentitySummary;
  readonly reason: string;
}

export interface RecordingOptions<Tx extends RecordTransaction = RecordTransaction> {
  readonly store: Omit<RecordStore, 'transaction'> & UnitOfWork<Tx>;
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
export async function openRecorder<Tx extends RecordTransaction>(
  options: RecordingOptions<Tx>,
): Promise<OpenRecord<Tx>> {
  const { store, now, checkpointEvery, onCheckpointFailed } = options;
  const seal = await openSealer(options);
  let unsigned = 0;
  let signing: Promise<unknown> = Promise.resolve();
  const signSoon = () => {
    if (unsigned === 0) return;
    unsigned = 0;
    signing = signing.then(() => checkpointer.take()).catch(onCheckpointFailed);
  };
  const indexer = createTextIndexer({ store, onFailed: options.onIndexFailed });
  /** What has become durable. */
  const onRecorded = (body: EventBody) => {
    // A hand-over is signed by itself.
    if (body.type === 'signing_key') return;
    unsigned += 1;
    if (unsigned >= checkpointEvery.events) signSoon();
    if (body.type === 'statement' && body.sql.length > PART) indexer.wake();
  };
  const log = await openEventLog({ ...options, onRecorded });

  const transaction: OpenRecord<Tx>['transaction'] = (work) =>
    store.transaction((tx) =>
      work(
        Object.assign(tx, {
          record: log.recordIn(tx),
          keep: (payload: StoredPayload) => tx.payloads.put(payload, now()),
        }),
      ),
    );
  const append: Recorder['append'] = (session, body) => transaction((tx) => tx.record(session, body));
  const checkpointer = await openCheckpointer({ ...options, relaySession: log.relaySession, append });
  indexer.wake();
  const timer = setInterval(signSoon, checkpointEvery.seconds * 1_000).unref();

  return {
    relaySession: log.relaySession,
    transaction,
    append,
    seal,
    async keep(payload) {
      const sealed = await seal(payload);
      await transaction((tx) => tx.keep(sealed));
      return sealed.address;
    },
    checkpoint: () => checkpointer.take(),
    setLegalHold: (session, hold) =>
      transaction(async (tx) => {
        if (!(await tx.index.isKnown(session))) throw unknownSession(session);
        // At once: retention that shares the commit asks for it.
        await tx.index.sessionHeld(session, hold.held);
        return tx.record(session, { type: 'hold', ...hold });
      }),
    applyRetention: (rules) => applyRetention({ store, transaction, now, rules }),
    async close() {
      clearInterval(timer);
      await indexer.close();
      await signing;
      await checkpointer.take();
    },
  };
}

export function unknownSession(session: string): SluiceError {
  return new SluiceError('session_unknown', `session \`${session}\` is not on the record`, {
    advice: 'see `sluice sessions list`',
  });
}
