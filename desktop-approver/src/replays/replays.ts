import { createReadStream } from 'node:fs';
import { inTurn } from '../in-turn.ts';
import type { Relay } from '../relays/relay.ts';
import { TroubleError } from '../relays/trouble.ts';
import { readGivenKey } from '../witness/given-key.ts';
import { type KeptSession, type Library, setAside } from './library.ts';
import { DEFAULT_SETTINGS } from '../settings/settings-schema.ts';
import { localOrigin } from './local-origin.ts';
import { openLibraryThread } from './open-library-thread.ts';

/** Sessions on this computer: each was found intact when it came, and is replayed without a network. */
export interface Replays {
  /** Newest first. */
  list(): Promise<readonly KeptSession[]>;
  /** What comes in now. */
  coming(): readonly Coming[];
  /** Resolves when it is kept. @throws TroubleError as `takeIn` has them, RelayError. */
  download(relay: Pick<Relay, 'id' | 'client'>, session: string): Promise<KeptSession>;
  /** @param key the log's public key, where none is known: SPKI in base64, or PEM. It is kept if the file is intact by it. */
  importFile(path: string, key?: string): Promise<KeptSession>;
  /**
   * Compares what nobody could compare when it came, with what this computer has seen since. What contradicts it stays, marked as that,
   * beside the alarm that it has raised. To be called when a relay has shown its record; never rejects.
   */
  compareAgain(): Promise<void>;
  cancel(session: string): void;
  /** Downloads that an end of the app or of the network has interrupted. */
  interrupted(): Promise<readonly { readonly session: string; readonly relay: string }[]>;
  /** It is not wanted any more. */
  forget(session: string): Promise<void>;
  /** Bytes of what is kept, of what of it may not go to make room, and the limit. */
  room(): Promise<ReturnType<Library['room']>>;
  limitTo(bytes: number): Promise<void>;
  pin(session: string, isPinned: boolean): Promise<void>;
  remove(session: string): Promise<void>;
  /** Told when something comes in, goes on, or is gone. @returns what ends it. */
  onChange(listener: () => void): () => void;
  /** Puts a damaged file aside and begins a new one. @returns where the old one is. */
  beginAnew(): Promise<string>;
  /** The API of the pages at `sluice-app://local`. */
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

export interface Coming {
  /** Null until a file has said it. */
  readonly session: string | null;
  /** The app's name of the relay that it is of; null when it is a file. */
  readonly relay: string | null;
  readonly events: number;
  readonly bytes: number;
}

/** What is known of logs by other ways than an export itself. */
export interface KnownLogs {
  /** SPKI, base64; those first seen or pasted, and those that they have handed over to. */
  keysOf(log: string): Promise<readonly string[]>;
  /** Verifier keys. */
  witnessesOf(log: string): Promise<readonly string[]>;
  /** A key by which a file was found intact, as somebody gave it. */
  learn(log: string, key: string): Promise<void>;
  /**
   * Whether checkpoints of one log are of the history that this computer has seen of it.
   *
   * @param relay of which it was downloaded; null for a file. @param notes of an export that is intact.
   * @returns false when nobody can say. @throws TroubleError `record_rewritten`, after an alarm was raised; `unproven`.
   */
  isSeen(relay: string | null, notes: readonly string[]): Promise<boolean>;
}

export interface ReplaysOptions {
  /** `library-thread.ts`, or what it was built to. */
  readonly program: string | URL;
  /** Of the SQLite file. */
  readonly path: string;
  /** Bytes of exports. */
  readonly limit?: number;
  readonly known: KnownLogs;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const LIMIT = DEFAULT_SETTINGS.downloadsGiB * 2 ** 30;

/** A damaged file is no reason for the app not to start: what needs it throws `replays_damaged`, until `beginAnew`. */
export function createReplays(options: ReplaysOptions): Replays {
  const { program, path, known, now } = options;
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  let limit = options.limit ?? LIMIT;
  let mayBeUnsettled = true;
  const library = openLibraryThread(program, () => ({ path, limit }));
  const jobs = new Map<symbol, Job>();
  const turn = inTurn();

  const start = async (
    job: Job,
    chunks: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
    key?: string,
  ): Promise<KeptSession> => {
    const id = Symbol('job');
    jobs.set(id, job);
    changed();
    try {
      return await turn(async () => {
        const { signal } = job.abort;
        signal.throwIfAborted();
        const { place, about, notes } = await library.check({
          chunks: await chunks(signal),
          relay: job.relay,
          session: job.session,
          at: now(),
          knownOf: async (log) => ({
            keys: key === undefined ? await known.keysOf(log) : [key],
            witnesses: await known.witnessesOf(log),
          }),
          onProgress(progress) {
            Object.assign(job, progress);
            changed();
          },
          signal,
        });
        try {
          const history = (await known.isSeen(job.relay, notes)) ? 'seen' : 'unknown';
          signal.throwIfAborted();
          const kept = await library.keep({ place, about, notes, history });
          mayBeUnsettled ||= history === 'unknown';
          if (key !== undefined) await known.learn(about.log, key);
          return kept!;
        } catch (error) {
          await library.drop(place).catch(() => {});
          throw error;
        }
      });
    } finally {
      jobs.delete(id);
      changed();
    }
  };
  const newJob = (session: string | null, relay: string | null): Job => ({
    session,
    relay,
    events: 0,
    bytes: 0,
    abort: new AbortController(),
  });

  return {
    list: async () => await library.list(),
    coming: () =>
      [...jobs.values()].map(({ session, relay, events, bytes }) => ({ session, relay, events, bytes })),
    async download({ id, client }, session) {
      await library.want(session, id);
      const job = newJob(session, id);
      try {
        return await start(job, (signal) => client.sessions.export({ params: { id: session } }, { signal }));
      } catch (error) {
        // What is refused, or called off, is not wanted any more; what the network or the app's end cut short is.
        if (error instanceof TroubleError && !WANTED_STILL.has(error.code)) await library.forget(session);
        throw error;
      }
    },
    async importFile(path, key) {
      const spki = key === undefined ? undefined : await readGivenKey(key);
      const chunks = async (signal: AbortSignal) => createReadStream(path, { signal, highWaterMark: A_READ });
      return await start(newJob(null, null), chunks, spki);
    },
    async compareAgain() {
      if (!mayBeUnsettled) return;
      mayBeUnsettled = false;
      await turn(async () => {
        for (const { session, relay, notes } of await library.unsettled()) {
          const history = await known.isSeen(relay, notes).then(
            (isSeen) => (isSeen ? 'seen' : 'unknown'),
            (error: unknown) => (isRewritten(error) ? 'another' : 'unknown'),
          );
          if (history === 'unknown') {
            mayBeUnsettled = true;
            continue;
          }
          await library.settle(session, history);
          changed();
        }
      }).catch(() => {
        mayBeUnsettled = true;
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    cancel(session) {
      for (const job of jobs.values()) if (job.session === session) job.abort.abort(calledOff());
    },
    async interrupted() {
      const coming = new Set([...jobs.values()].map((job) => job.session));
      return (await library.wanted()).filter(({ session }) => !coming.has(session));
    },
    async forget(session) {
      await library.forget(session);
      changed();
    },
    room: library.room,
    async limitTo(bytes) {
      limit = bytes;
      await library.limitTo(bytes);
      changed();
    },
    async pin(session, isPinned) {
      await library.pin(session, isPinned);
      changed();
    },
    async remove(session) {
      await library.remove(session);
      changed();
    },
    async beginAnew() {
      await library.close();
      const away = setAside(path, new Date(now()).toISOString().replaceAll(/[^0-9TZ]/g, ''));
      changed();
      return away;
    },
    fetch: localOrigin({ library, witnessesOf: known.witnessesOf, now }),
    async close() {
      for (const { abort } of jobs.values()) abort.abort(new Error('the app ends'));
      await turn(async () => {});
      await library.close();
    },
  };
}

interface Job {
  readonly session: string | null;
  readonly relay: string | null;
  events: number;
  bytes: number;
  readonly abort: AbortController;
}

const A_READ = 64 * 1024;

/** What the person wants still: it was cut short, or nobody could say yet whether it is right. */
const WANTED_STILL: ReadonlySet<string> = new Set(['replays_damaged', 'replays_stopped', 'unproven']);

function isRewritten(error: unknown): boolean {
  return error instanceof TroubleError && error.code === 'record_rewritten';
}

function calledOff(): TroubleError {
  return new TroubleError('replay_called_off', 'the download was called off');
}
