import type { EventBody, SessionEvent } from '@sluice/contract';
import { SluiceError } from '../errors.ts';
import type { SessionId } from '../session/index.ts';
import type { UnitOfWork } from '../unit-of-work.ts';
import type { Checkpoint } from './checkpoints/checkpoint.ts';
import { type Checkpointer, openCheckpointer } from './checkpoints/checkpointer.ts';
import type { HeadFile } from './checkpoints/head-file.ts';
import { cosignedIn, keepCosignatures } from './checkpoints/keep-cosignatures.ts';
import type { NoteSignature } from './checkpoints/note.ts';
import { type HighWater, type LogEnd, unwritten } from './checkpoints/high-water.ts';
import { lostEvents } from './checkpoints/lost-events.ts';
import type { KnownLog } from './checkpoints/known-log.ts';
import { logFacts } from './checkpoints/log-facts.ts';
import { startPatrol } from './checkpoints/patrol.ts';
import { readRecord } from './checkpoints/read-record.ts';
import { removals } from './checkpoints/removals.ts';
import type { Signer } from './checkpoints/signer.ts';
import { authorship } from './log/authorship.ts';
import { openEventLog, type RecordsEvents } from './log/event-log.ts';
import type { ProvenEvents } from './log/proven-events.ts';
import { type LegalHold, setLegalHold } from './legal-holds.ts';
import { createIndexer } from './search/indexer.ts';
import type { KeyVault } from './payloads/key-vault.ts';
import { openRelayKeys, rotateDataKeys } from './payloads/data-keys.ts';
import { openSealer, type SealedPayload } from './payloads/payload-store.ts';
import type { RecordStore, RecordTransaction, StoredPayload } from './ports.ts';
import { type ProvenRecord, provenRecord } from './proven-record.ts';

/** The record as the rest of the relay sees it: an appended event is durable when the promise resolves. */
export interface Recorder {
  /**
   * Appends one event to a session's chain, in the order of the calls. Resolves when it is on disk (fsynced; concurrent
   * appends share one commit).
   *
   * @throws SluiceError `record_unavailable` when the event cannot be made durable: the caller must then not continue;
   *   `request_malformed` when the body cannot be recorded exactly, because its text is not well-formed Unicode.
   */
  append(session: SessionId, body: EventBody): Promise<SessionEvent>;
  /** Compresses and encrypts a payload, under an address derived from its bytes. Does not store it. */
  seal(payload: Uint8Array): Promise<SealedPayload>;
  /** Seals and stores a payload, and returns its address. The payload is durable when the promise resolves. */
  keep(payload: Uint8Array): Promise<string>;
}

/** What a transaction of the record adds to the store's: events and payloads that commit with its other writes. */
export interface Recording extends RecordsEvents {
  /** Stores a sealed payload. The same payload is stored only once. */
  keep(payload: SealedPayload): Promise<void>;
}

/** The recorder, its transactions, and the operations to run it. */
export interface OpenRecord<Tx> extends Recorder, UnitOfWork<Tx & Recording> {
  /**
   * The session of events that happen outside any client session: failed sign-ins, refused requests, policies loaded,
   * revocations. Each store has one; its id names the store's log on checkpoints.
   */
  readonly relaySession: SessionId;
  /**
   * Signs everything on the record so far and returns the checkpoint, which is worth keeping elsewhere.
   *
   * @throws SluiceError `record_contradicted` when the store does not hold what was recorded.
   */
  checkpoint(): Promise<Checkpoint>;
  /** Adds cosignatures to a checkpoint in the store. */
  keepCosignatures(checkpoint: Checkpoint, cosignatures: readonly NoteSignature[]): Promise<void>;
  /** The checkpoint with the cosignatures that the store has by now. */
  cosigned(checkpoint: Checkpoint): Promise<Checkpoint>;
  /** Somebody has seen another history of this log: from now on, nothing is signed, exported or run. */
  contradict(error: SluiceError): Promise<void>;
  /** Whether the store holds what was recorded, as far as is known: while it does not, no statement runs. */
  isSound(): boolean;
  /** @throws SluiceError `record_contradicted` when it does not. */
  requireSound(): void;
  /** What may be believed of the record when something is removed. */
  readonly proof: ProvenRecord;
  /** Reads everything that is signed again, now. Resolves to how many events that is. */
  patrol(): Promise<number>;
  /** When a round of the patrol came to its end last, in milliseconds since the epoch; null when none has since the start. */
  patrolledAt(): number | null;
  /**
   * Places a session under legal hold, or releases it. Both are recorded in the session.
   *
   * @throws SluiceError `session_unknown` when the session is not on the record.
   */
  setLegalHold(session: SessionId, hold: LegalHold): Promise<SessionEvent>;
  /** Takes what was removed out of the search index, as far as it is not yet. */
  tidyIndex(): Promise<void>;
  /** Takes the last checkpoint and stops. The store stays open. */
  close(): Promise<void>;
}

export interface RecordingOptions<Tx extends RecordTransaction = RecordTransaction> {
  readonly store: Omit<RecordStore, 'transaction'> & UnitOfWork<Tx>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Cryptographically random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** A new UUID. */
  readonly newId: () => string;
  /** This relay's id among those on the store; by default, a new one. */
  readonly relay?: string;
  /** Wraps the data keys that encrypt payloads. */
  readonly vault: KeyVault;
  /** The current signer first, then former ones, which may still have to hand over. */
  readonly signers: readonly [Signer, ...Signer[]];
  /** A checkpoint is taken after this many seconds, or this many events if sooner. */
  readonly checkpointEvery: { readonly seconds: number; readonly events: number };
  /** What was signed last, kept outside of the store. */
  readonly heads: HeadFile;
  /** How far the log has come, kept outside of the store. It stays open. */
  readonly highWater: HighWater;
  /** Milliseconds between two rounds of the patrol; null for none. */
  readonly patrolEveryMs: number | null;
  /** Called with each event that this relay has recorded, once it is durable. Must not throw. */
  readonly onRecorded?: (event: SessionEvent) => void;
  /** Called with each checkpoint, and with the newest at the start. */
  readonly onSigned?: (checkpoint: Checkpoint) => void;
  /** Called once, when the store is found not to hold what was recorded. */
  readonly onContradicted: (error: SluiceError) => void;
  /** Called when a checkpoint could not be taken. The next one is attempted when it is due. */
  readonly onCheckpointFailed: (error: unknown) => void;
  /** Called when the search index could not be brought up to date. It is tried again with later events. */
  readonly onIndexFailed: (error: unknown) => void;
  /** Told how much of what an earlier version has recorded is in the search index, while it is made. */
  readonly onCaughtUp?: (indexed: number, of: number) => void;
}

/**
 * Opens the record for writing and continues the chains from the store.
 *
 * @throws SluiceError `config_invalid` when the vault does not open the store's data keys; `record_contradicted` when the
 *   store does not hold what was signed before.
 */
export async function openRecorder<Tx extends RecordTransaction>(
  options: RecordingOptions<Tx>,
): Promise<OpenRecord<Tx>> {
  const { store, now, checkpointEvery, highWater, onCheckpointFailed } = options;
  const marked = highWater.read();
  const lost = await readRecord('its end', () => lostEvents(store, marked));
  if (lost !== null) throw lost;
  const { vault } = options;
  const current = await rotateDataKeys(options);
  const seal = await openSealer({ store, vault, current });
  const authors = authorship(await openRelayKeys({ store, vault, use: 'sluice/event-author/v1', current }));
  let unsigned = 0;
  /** An earlier process may have been killed before it signed what it had appended. */
  let mayBeBehind = true;
  let signing: Promise<unknown> = Promise.resolve();
  const signSoon = () => {
    if (unsigned === 0 && !mayBeBehind) return;
    unsigned = 0;
    mayBeBehind = false;
    signing = signing.then(() => checkpointer?.take()).catch(onCheckpointFailed);
  };
  const indexer = createIndexer({
    store,
    onCaughtUp: options.onCaughtUp,
    onFailed: options.onIndexFailed,
  });
  const onRecorded = (body: EventBody) => {
    // The checkpointer signs hand-overs itself.
    if (body.type === 'signing_key') return;
    unsigned += 1;
    if (unsigned >= checkpointEvery.events) signSoon();
    indexer.recorded(body);
  };
  const requireSound = () => {
    if (checkpointer !== null && checkpointer.contradicted() !== null) throw nothingRuns();
  };
  const facts = logFacts();
  let known: KnownLog | null = null;
  let proven: ProvenEvents | null = null;
  let checkpointer: Checkpointer | null = null;
  /** What nobody would miss if the store lost it: it could not be marked. */
  let unmarked: LogEnd | null = null;
  const mark = (end: LogEnd) => {
    unmarked = end;
    try {
      highWater.mark(end);
    } catch (cause) {
      throw unmarkable(cause);
    }
    unmarked = null;
  };
  const log = await openEventLog({
    ...options,
    relay: options.relay ?? options.newId(),
    authorship: authors,
    // Nothing is appended before it is known.
    standingOf: async (row, tx) => (await proven?.standingOf(row, tx)) ?? 'unproven',
    onLost: (lost) => void checkpointer?.contradict(lost).catch(onCheckpointFailed),
    // Promise 6: on a record that no longer proves itself, nothing new runs. What is under way is recorded to its end.
    allow({ type }) {
      if (unmarked !== null) mark(unmarked);
      if (type === 'executed') requireSound();
    },
    onCommitted(first, events) {
      known?.appended(
        first,
        events.map(({ hash }) => hash),
      );
      for (const [index, event] of events.entries()) {
        const { session, body } = event;
        facts.noteEnd(session, first + index);
        if (body.type === 'hold') facts.noteHold(session, { position: first + index, held: body.held });
        onRecorded(body);
        options.onRecorded?.(event);
      }
      // Nobody has been told yet that it is recorded.
      const [size, root] = [first + events.length, known?.root() ?? null];
      try {
        mark({ size, hash: events.at(-1)!.hash, root });
      } catch (error) {
        // These are recorded, and whoever waits for them has to be told; nothing more is until they are marked.
        onCheckpointFailed(error);
      }
    },
  });

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
  const opened = await openCheckpointer({
    ...options,
    relaySession: log.relaySession,
    append,
    authorship: authors,
    onSigned: options.onSigned ?? (() => {}),
    onRow: facts.read,
    relayEnd: () => facts.end(log.relaySession),
    onKnown(ofLog, events, relayEnd) {
      [known, proven] = [ofLog, events];
      facts.noteEnd(log.relaySession, relayEnd);
    },
  });
  checkpointer = opened;
  if (known === null || proven === null) throw new Error('the log is not known');
  const { standingOf }: ProvenEvents = proven;
  const patrol = startPatrol({
    store,
    signed: opened.signed,
    removals: removals({ store, standingOf }),
    onRound: facts.precede,
    onFound: opened.contradict,
    onFailed: onCheckpointFailed,
    now,
    everyMs: options.patrolEveryMs,
  });
  const proof = provenRecord({ store, events: proven, facts, known, patrol, onFound: opened.contradict });
  void indexer.wake();
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
    checkpoint: opened.take,
    keepCosignatures: (checkpoint, cosignatures) => keepCosignatures(store, checkpoint, cosignatures),
    cosigned: (checkpoint) => cosignedIn(store, checkpoint),
    contradict: opened.contradict,
    isSound: () => opened.contradicted() === null,
    requireSound,
    proof,
    patrol: () => patrol.round(),
    patrolledAt: patrol.endedAt,
    setLegalHold: (session, hold) => transaction((tx) => setLegalHold(tx, session, hold)),
    tidyIndex: indexer.wake,
    async close() {
      clearInterval(timer);
      await indexer.close();
      patrol.stop();
      await signing;
      if (opened.contradicted() === null) await opened.take();
    },
  };
}

/** What is durable stays so; nothing more is recorded until the mark beside it can be written again. */
function unmarkable(cause: unknown): SluiceError {
  return new SluiceError(
    'record_unavailable',
    'the file `high-water` in the data folder cannot be written, by which a record that has lost its end is noticed',
    {
      advice: 'see that the disk of the data folder is well and has room',
      cause: unwritten('high-water', cause),
    },
  );
}

/** Why, is for those who run the relay: it names other people's sessions. */
function nothingRuns(): SluiceError {
  return new SluiceError(
    'record_contradicted',
    'nothing runs: the record no longer holds what was recorded',
    {
      advice: 'tell the people who run the relay; they find out more in its log, and by `sluice doctor`',
    },
  );
}
