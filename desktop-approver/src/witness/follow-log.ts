import type { HandoverView } from '@sluice/contract';
import {
  type Checkpoint,
  handedOverTo,
  isConsistent,
  isSignedBy,
  logKey,
  type NoteKey,
  readCheckpoint,
} from '@sluice/record-proof';
import { type AlarmCause, alarmOf, type WitnessAlarm } from './alarm.ts';
import type { KeptLog, LogKey } from './memory.ts';

/** What a relay shows of its log, as it is asked. Each rejects when it does not answer. */
export interface ShownLog {
  /** The newest signed note; null when it has signed nothing yet. */
  readonly note: string | null;
  /** The log that it says that it has, and the keys (SPKI, base64) that it says that it signs with, the current one first. */
  keys(): Promise<{ readonly log: string; readonly keys: readonly string[] }>;
  /** That its tree of `size` begins with its tree of `from`; hex. Null when it says that it has not so many. */
  proof(from: number, size: number): Promise<readonly string[] | null>;
  handovers(): Promise<readonly HandoverView[]>;
}

export type Followed =
  /** It goes on from what was kept; to be kept now, and then cosigned. */
  | { readonly type: 'good'; readonly kept: KeptLog; readonly checkpoint: Checkpoint }
  /** It has signed nothing yet. */
  | { readonly type: 'nothing' }
  /** Less than was kept, and not signed later: what lags shows that. It is judged when it stays so. */
  | { readonly type: 'behind'; readonly kept: KeptLog }
  /** It proves nothing, and contradicts nothing either. */
  | { readonly type: 'unproven'; readonly why: string }
  | { readonly type: 'alarm'; readonly alarm: WitnessAlarm };

/**
 * Whether what a relay shows goes on from what was kept of it. Nothing is believed for the relay's word but the first time: then it
 * says which key is its own.
 *
 * @param now milliseconds since the epoch.
 */
export async function followLog(kept: KeptLog | null, shown: ShownLog, now: number): Promise<Followed> {
  if (shown.note === null) return kept?.note == null ? { type: 'nothing' } : behind(kept, '', now);
  const checkpoint = readCheckpoint(shown.note);
  if (checkpoint === null) return { type: 'unproven', why: 'what it shows is no checkpoint' };
  if (kept === null) return await firstSeen(shown, checkpoint, now);
  const note = shown.note;
  const raise = (why: AlarmCause, proof: readonly string[] = []) => alarm(why, kept, note, proof, now);
  if (checkpoint.log !== kept.log) return raise('another_log');
  const signed = await signedBy(kept, shown, checkpoint, now);
  if (signed === null) return raise('signed_by_another_key');
  const before = kept.note === null ? null : readCheckpoint(kept.note)!;
  if (before !== null && checkpoint.size < before.size) {
    return await judgeSmaller(kept, before, checkpoint, shown, now);
  }
  const steps = [...(before === null ? [] : [before]), ...signed.handovers, checkpoint];
  for (const [index, larger] of steps.slice(1).entries()) {
    const smaller = steps[index]!;
    // A key that hands over signs nothing more: what it has signed is not larger than where it did.
    if (larger.size < smaller.size) return raise('signed_by_another_key');
    const proof = larger.size === smaller.size ? [] : await shown.proof(smaller.size, larger.size);
    if (proof === null) return { type: 'unproven', why: 'it does not prove that its log goes on' };
    if (!goesOn(smaller, larger, proof)) return raise('rewritten', proof);
  }
  const { log } = kept;
  const at = new Date(now).toISOString();
  return { type: 'good', checkpoint, kept: { log, keys: signed.keys, note, at, behindSince: null } };
}

async function firstSeen(shown: ShownLog, checkpoint: Checkpoint, now: number): Promise<Followed> {
  const said = await shown.keys();
  const at = new Date(now).toISOString();
  for (const spki of said.keys) {
    const key = await logKey(checkpoint.log, spki);
    if (said.log !== checkpoint.log || key === null || !(await isSignedBy(checkpoint, key))) continue;
    const keys: LogKey[] = [{ spki, since: at, how: 'first_seen', until: null }];
    const kept = { log: checkpoint.log, keys, note: shown.note, at, behindSince: null };
    return { type: 'good', checkpoint, kept };
  }
  return { type: 'unproven', why: 'what it shows is not signed by the key that it names' };
}

/** The keys that are known by now, and the checkpoints by which they have handed over since; null when none of them has signed it. */
async function signedBy(
  { log, keys }: KeptLog,
  shown: ShownLog,
  checkpoint: Checkpoint,
  now: number,
): Promise<{ readonly keys: LogKey[]; readonly handovers: readonly Checkpoint[] } | null> {
  for (const { spki, until } of keys) {
    const key = await logKey(log, spki);
    const mayBe = key !== null && (until === null || checkpoint.size <= until);
    if (mayBe && (await isSignedBy(checkpoint, key))) return { keys, handovers: [] };
  }
  const at = new Date(now).toISOString();
  const told = await shown.handovers();
  let chain = keys;
  const handovers: Checkpoint[] = [];
  for (;;) {
    const from = await logKey(log, chain.at(-1)!.spki);
    const next = from === null ? null : await nextKey(log, from, told, chain);
    if (next === null) return null;
    const { key, by } = next;
    handovers.push(by);
    const retired = { ...chain.at(-1)!, until: by.size };
    chain = [...chain.slice(0, -1), retired, { spki: key.spki, since: at, how: 'handed_over', until: null }];
    if (await isSignedBy(checkpoint, key)) return { keys: chain, handovers };
  }
}

/** Whom this key has handed over to: none that is known already, so that it ends. */
async function nextKey(
  log: string,
  from: NoteKey,
  told: readonly HandoverView[],
  chain: readonly LogKey[],
): Promise<{ readonly key: NoteKey; readonly by: Checkpoint } | null> {
  for (const line of told) {
    const key = await handedOverTo(line, log, [from]);
    const by = readCheckpoint(line.note);
    if (key !== null && by !== null && !chain.some(({ spki }) => spki === key.spki)) return { key, by };
  }
  return null;
}

/** Whether one is a beginning of the other; of one size, whether they are the same. */
export function goesOn(smaller: Checkpoint, larger: Checkpoint, proof: readonly string[]): boolean {
  if (smaller.size !== larger.size) return isConsistent(smaller, larger, proof.map(fromHex));
  return (
    smaller.root.length === larger.root.length && smaller.root.every((byte, at) => byte === larger.root[at])
  );
}

/**
 * An older checkpoint than was kept: harmless if the relay can show that it has the rest, or lags for a while. A relay that signs fewer
 * events than were signed, later, has lost some or cut them off.
 */
async function judgeSmaller(
  kept: KeptLog,
  before: Checkpoint,
  checkpoint: Checkpoint,
  shown: ShownLog,
  now: number,
): Promise<Followed> {
  const note = shown.note!;
  if (Date.parse(checkpoint.at) > Date.parse(before.at) + CLOCKS_MS) {
    return alarm('shrunk', kept, note, [], now);
  }
  const proof = await shown.proof(checkpoint.size, before.size);
  if (proof === null) return behind(kept, note, now);
  if (!goesOn(checkpoint, before, proof)) return alarm('rewritten', kept, note, proof, now);
  return { type: 'good', checkpoint: before, kept: { ...kept, behindSince: null } };
}

function behind(kept: KeptLog, shown: string, now: number): Followed {
  const since = kept.behindSince ?? new Date(now).toISOString();
  if (now - Date.parse(since) > BEHIND_MS) return alarm('shrunk', kept, shown, [], now);
  return { type: 'behind', kept: { ...kept, behindSince: since } };
}

function alarm(
  why: AlarmCause,
  { note }: KeptLog,
  shown: string,
  proof: readonly string[],
  now: number,
): Followed {
  const at = new Date(now).toISOString();
  return { type: 'alarm', alarm: alarmOf(why, { at, kept: note ?? '', shown, proof }) };
}

/** How far the clocks of relays on one store may be apart. */
const CLOCKS_MS = 5 * 60_000;
/** For how long a relay may lag behind what it has signed: a replica that takes over catches up within minutes, or never. */
const BEHIND_MS = 3_600_000;

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'hex'));
}
