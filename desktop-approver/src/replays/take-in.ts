import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { RecordedEvent } from '@sluice/contract';
import { linesOf, type NoteKey, type Proof, verifyExport } from '@sluice/record-proof';
import { TroubleError } from '../relays/trouble.ts';
import type { KeptSession, Library, Place, StoredLine } from './library.ts';
import { tally } from './tally.ts';

export interface TakingIn {
  readonly library: Library;
  /** The export, as it comes. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The relay that it is of; null when it is a file. */
  readonly relay: string | null;
  /** The session that was asked for; null when a file may be of any. */
  readonly session: string | null;
  /** The keys that are trusted for a log: SPKI, base64. None: `key_unknown`. */
  readonly keysOf: (log: string) => Promise<readonly string[]>;
  readonly witnessesOf: (log: string) => Promise<readonly NoteKey[]>;
  readonly onProgress: (progress: { readonly events: number; readonly bytes: number }) => void;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** An export that is intact, and not listed yet. */
export interface Checked {
  readonly place: Place;
  readonly about: Omit<KeptSession, 'relay' | 'isPinned' | 'usedAt' | 'history'>;
  /** The notes of its checkpoint and of the earlier ones that it holds, each of which is a beginning of the same log. */
  readonly notes: readonly string[];
}

/**
 * Checks an export while it comes in: one that is not intact is refused, with what was found, and never listed. Who asked keeps what is
 * intact (`keepChecked`), or drops it.
 *
 * @throws TroubleError `replay_broken`, `replay_too_large`, `key_unknown`, `disk_full`, `replays_damaged`; or the signal's reason.
 */
export async function takeIn(options: TakingIn): Promise<Checked> {
  const { library, relay, signal } = options;
  signal.throwIfAborted();
  const place = library.begin(relay);
  try {
    return await checkInto({ ...options, place });
  } catch (error) {
    // If there is no room even for that, the next start does it.
    try {
      library.drop(place);
    } catch {}
    throw error;
  }
}

export interface KeepOrder extends Checked, Pick<KeptSession, 'history'> {}

/** Lists what was checked, unless what is kept of the session says more: an older file does not take its place. */
export function keepChecked(
  library: Library,
  { place, about, notes, history }: KeepOrder,
): KeptSession | null {
  const { session } = about;
  const before = library.find(session);
  if (before !== null && before.summary.events > about.summary.events) {
    library.drop(place);
    library.forget(session);
    return before;
  }
  library.keep(place, { ...about, notes, history });
  return library.find(session);
}

async function checkInto(options: TakingIn & { readonly place: Place }): Promise<Checked> {
  const { library, place, chunks, keysOf, witnessesOf, onProgress, signal, now } = options;
  const lines = linesOf(untilAborted(chunks, signal));
  const first = await lines.next();
  const header = headerIn(first.done === true ? null : first.value);
  if (header === null) throw broken(['the file is no export of a session']);
  const { log, session } = header;
  if (options.session !== null && options.session !== session) throw broken(['it is of another session']);
  const keys = await keysOf(log);
  if (keys.length === 0) {
    throw new TroubleError(
      'key_unknown',
      `no key is known of the log ${log}, by which the file could be checked`,
      'get the log’s public key from the people who run the relay, and give it with the file',
    );
  }
  const counted = tally(session, log);
  let waiting: StoredLine[] = [];
  let weight = 0;
  let bytes = 0;
  let events = 0;
  const notes: string[] = [];
  let heldSince = performance.now();
  let toldAt = heldSince;
  const write = () => {
    library.add(place, waiting);
    [waiting, weight] = [[], 0];
  };
  const take = (text: string) => {
    const line = storedLine(text, counted.add);
    if (line === null) return;
    if (line.kind === 'event') events += 1;
    if (line.note !== null) notes.push(line.note);
    waiting.push(line);
    weight += text.length;
    if (weight > A_WRITE) write();
  };
  const { pinned, limit } = library.room();
  const watched = async function* () {
    for (let next = first; next.done !== true; next = await lines.next()) {
      signal.throwIfAborted();
      const text = next.value;
      bytes += text === null ? 0 : Buffer.byteLength(text) + 1;
      if (bytes > limit - pinned) throw tooLarge(limit, pinned);
      if (text !== null) take(text);
      yield text;
      // Verification is work: whatever else is asked of this thread has its turn.
      if (performance.now() - heldSince > AT_ONCE_MS) {
        if (performance.now() - toldAt > TOLD_EVERY_MS) {
          onProgress({ events, bytes });
          toldAt = performance.now();
        }
        await yieldToOthers();
        heldSince = performance.now();
      }
    }
  };
  const proof = await verifyExport(watched(), {
    keys,
    witnesses: await witnessesOf(log),
    session,
    onEvent: () => {},
  });
  if (!proof.isIntact || proof.signer === null) throw broken(sentencesOf(proof));
  write();
  signal.throwIfAborted();
  onProgress({ events, bytes });
  const takenAt = now();
  const about = {
    session,
    log,
    bytes,
    takenAt,
    summary: counted.summary(),
    key: proof.signer.spki,
    isAttested: proof.isAttested,
    witnesses: proof.witnesses,
  };
  return { place, about, notes };
}

/** What stalls ends, too, when it is called off. */
async function* untilAborted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  // It may end before anybody waits for it.
  aborted.catch(() => {});
  const from = chunks[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([from.next(), aborted]);
    if (next.done === true) return;
    yield next.value;
  }
}

/** Characters that are written at once. */
const A_WRITE = 512 * 1024;
const AT_ONCE_MS = 8;
const TOLD_EVERY_MS = 100;

function headerIn(text: string | null): { readonly log: string; readonly session: string } | null {
  const value = parsed(text ?? '');
  const { kind, log, session } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return kind === 'export' && typeof log === 'string' && typeof session === 'string'
    ? { log, session }
    : null;
}

/** As it can be found again. What is no line of an export, the verifier says. */
function storedLine(
  text: string,
  onEvent: (event: RecordedEvent) => void,
): (StoredLine & { readonly note: string | null }) | null {
  const value = parsed(text) as {
    readonly kind?: unknown;
    readonly event?: RecordedEvent;
    readonly address?: string;
    readonly position?: number;
    readonly note?: unknown;
  } | null;
  if (typeof value?.kind !== 'string') return null;
  const { kind, address = null, position = null } = value;
  if (kind !== 'event') {
    const isNote = kind === 'checkpoint' || kind === 'earlier';
    const note = isNote && typeof value.note === 'string' ? value.note : null;
    return { kind, seq: null, address: kind === 'payload' ? address : null, position: null, text, note };
  }
  const { event } = value;
  if (!Number.isSafeInteger(event?.seq) || typeof position !== 'number') return null;
  try {
    onEvent(event!);
  } catch {
    // It has not the form of one, which the verifier says.
  }
  return { kind, seq: event!.seq, address: null, position, text, note: null };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function sentencesOf({ findings }: Proof): readonly string[] {
  return findings.map(({ what, seq, why }) => `${what}${seq === null ? '' : `, event ${seq}`}: ${why}`);
}

function broken(findings: readonly string[]): TroubleError {
  const shown = findings.slice(0, MOST_SAID).join('; ');
  const more = findings.length > MOST_SAID ? `; and ${findings.length - MOST_SAID} more` : '';
  return new TroubleError(
    'replay_broken',
    `this is not what was recorded, and is not kept: ${shown}${more}`,
    'keep the file as it is: it is evidence. `sluice verify FILE --key KEY` says the same, and all of it',
  );
}

const MOST_SAID = 5;

function tooLarge(limit: number, pinned: number): TroubleError {
  const mb = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`;
  const left = pinned === 0 ? '' : `, of which ${mb(pinned)} are pinned`;
  return new TroubleError(
    'replay_too_large',
    `the session is larger than what may be kept here: ${mb(limit)}${left}`,
    'unpin others, or allow more in the settings',
  );
}
