import { createReadStream } from 'node:fs';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { type NoteKey, witnessKey } from '@sluice/record-proof';
import { inTurn } from '../in-turn.ts';
import type { Relay } from '../relays/relay.ts';
import { TroubleError } from '../relays/trouble.ts';
import { type KeptSession, type Library, openLibrary, setAside } from './library.ts';
import { localOrigin } from './local-origin.ts';
import { takeIn } from './take-in.ts';

/** Sessions on this computer: each was found intact when it came, and is replayed without a network. */
export interface Replays {
  /** Newest first. */
  list(): readonly KeptSession[];
  /** What comes in now. */
  coming(): readonly Coming[];
  /** Resolves when it is kept. @throws TroubleError as `takeIn` has them, RelayError. */
  download(relay: Pick<Relay, 'id' | 'client'>, session: string): Promise<KeptSession>;
  /** @param key the log's public key, where none is known: SPKI in base64, or PEM. It is kept if the file is intact by it. */
  importFile(path: string, key?: string): Promise<KeptSession>;
  /** As `importFile`, of a file that was opened from outside. @returns the session. */
  openFile(path: string): Promise<string>;
  cancel(session: string): void;
  /** Downloads that an end of the app or of the network has interrupted. */
  interrupted(): readonly { readonly session: string; readonly relay: string }[];
  pin(session: string, isPinned: boolean): void;
  remove(session: string): Promise<void>;
  /** Puts a damaged file aside and begins a new one. @returns where the old one is. */
  beginAnew(): string;
  /** The API of the pages at `sluice-app://local`. */
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

export interface Coming {
  /** Null until a file has said it. */
  readonly session: string | null;
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
}

export interface ReplaysOptions {
  /** Of the SQLite file. */
  readonly path: string;
  /** Bytes of exports. */
  readonly limit?: number;
  readonly known: KnownLogs;
  /** Told when something comes in, goes on, or is gone. */
  readonly onChange: () => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** 1 GiB. */
const LIMIT = 2 ** 30;

/** A damaged file is no reason for the app not to start: what needs it throws `replays_damaged`, until `beginAnew`. */
export function createReplays({ path, limit = LIMIT, known, onChange, now }: ReplaysOptions): Replays {
  let opened: Library | null = null;
  const library = (): Library => (opened ??= openLibrary(path, limit));
  const jobs = new Map<symbol, Job>();
  const turn = inTurn();
  const closing = new AbortController();

  /** What is dropped goes a part at a time: nothing waits for it. */
  const tidy = async () => {
    try {
      while (!closing.signal.aborted && library().tidy()) await yieldToOthers();
    } catch {
      // Without room, or damaged: it is tried again with the next that comes.
    }
  };

  const start = async (
    job: Job,
    chunks: (signal: AbortSignal) => Promise<AsyncIterable<Uint8Array>>,
    key?: string,
  ) => {
    const id = Symbol('job');
    jobs.set(id, job);
    try {
      return await turn(async () => {
        const { signal } = job.abort;
        signal.throwIfAborted();
        const { kept } = await takeIn({
          library: library(),
          chunks: await chunks(signal),
          relay: job.relay,
          session: job.session,
          keysOf: async (log) => (key === undefined ? await known.keysOf(log) : [key]),
          witnessesOf: (log) => witnessesKnown(known, log),
          onProgress(progress) {
            Object.assign(job, progress);
            onChange();
          },
          signal,
          now,
        });
        if (key !== undefined) await known.learn(kept.log, key);
        return kept;
      });
    } finally {
      jobs.delete(id);
      onChange();
      void turn(tidy);
    }
  };
  const newJob = (session: string | null, relay: string | null): Job => ({
    session,
    relay,
    events: 0,
    bytes: 0,
    abort: new AbortController(),
  });

  const replays: Replays = {
    list: () => library().list(),
    coming: () => [...jobs.values()].map(({ session, events, bytes }) => ({ session, events, bytes })),
    async download({ id, client }, session) {
      library().want(session, id);
      const job = newJob(session, id);
      try {
        return await start(job, (signal) => client.sessions.export({ params: { id: session } }, { signal }));
      } catch (error) {
        // What is refused, or called off, is not wanted any more; what the network or the app's end cut short is.
        if (error instanceof TroubleError && error.code !== 'replays_damaged') library().forget(session);
        throw error;
      }
    },
    importFile: async (path, key) =>
      await start(
        newJob(null, null),
        async (signal) => createReadStream(path, { signal, highWaterMark: A_READ }),
        key === undefined ? undefined : spkiOf(key),
      ),
    openFile: async (path) => (await replays.importFile(path)).session,
    cancel(session) {
      for (const job of jobs.values()) if (job.session === session) job.abort.abort(calledOff());
    },
    interrupted() {
      const coming = new Set([...jobs.values()].map((job) => job.session));
      return library()
        .wanted()
        .filter(({ session }) => !coming.has(session));
    },
    pin: (session, isPinned) => library().pin(session, isPinned),
    async remove(session) {
      library().remove(session);
      onChange();
      await turn(tidy);
    },
    beginAnew() {
      opened?.close();
      opened = null;
      return setAside(path, new Date(now()).toISOString().replaceAll(/[^0-9TZ]/g, ''));
    },
    fetch: localOrigin({ library, witnessesOf: known.witnessesOf, now }),
    async close() {
      closing.abort();
      for (const { abort } of jobs.values()) abort.abort(new Error('the app ends'));
      await turn(async () => {});
      opened?.close();
      opened = null;
    },
  };
  return replays;
}

interface Job {
  readonly session: string | null;
  readonly relay: string | null;
  events: number;
  bytes: number;
  readonly abort: AbortController;
}

const A_READ = 64 * 1024;

async function witnessesKnown(known: KnownLogs, log: string): Promise<readonly NoteKey[]> {
  const keys = await Promise.all((await known.witnessesOf(log)).map(witnessKey));
  return keys.filter((key) => key !== null);
}

function calledOff(): TroubleError {
  return new TroubleError('replay_called_off', 'the download was called off');
}

/** As `log.pub` has it, or the base64 in it. */
function spkiOf(key: string): string {
  return key.replaceAll(/-----[^-]+-----|\s/g, '');
}
