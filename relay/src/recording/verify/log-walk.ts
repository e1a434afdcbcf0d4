import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { GrowingTree } from '../checkpoints/merkle.ts';
import type { EventsReader, StoredEvent } from '../ports.ts';
import { allRows, isUnreadable } from './all-rows.ts';
import type { Findings } from './findings.ts';
import type { MissingEvents } from './missing-events.ts';
import type { SessionWalk } from './session-walk.ts';
import type { KeyEvent } from './signed-size.ts';
import type { Problem } from './report.ts';
import { isTyped } from '../log/stored-hash.ts';
import { isObjection, type Objection, objectionTo, readEvent } from './stored-row.ts';
import type { SubtreeCheck } from './subtree-check.ts';
import { treeWalk } from './tree-walk.ts';

export interface Walked {
  /** How many events there are, by their positions. */
  readonly size: number;
  readonly events: number;
  /** The checkpoints whose root is that of the log. */
  readonly standing: readonly Checkpoint[];
  readonly keyEvents: readonly KeyEvent[];
  /** Whether every row could be read. */
  readonly isWhole: boolean;
  /** The first checkpoint whose root is not that of the log. */
  readonly broken: Broken | null;
}

interface Broken {
  readonly by: Checkpoint;
  /** Up to where the log is as signed, and the first row after that. */
  readonly from: number;
  readonly first: StoredEvent;
}

/**
 * Reads the log once, row by row. A row under a checkpoint is what the relay wrote if its hashes and the root match, so
 * that its body need not be parsed; the others are read with care: those after the newest checkpoint, and those from
 * the last checkpoint that matches, if there is one that does not.
 *
 * @param options.checkpoints signed by trusted keys, ordered by size.
 */
export async function logWalk(options: {
  readonly events: Pick<EventsReader, 'page'>;
  /** Rows. */
  readonly atOnce: number;
  readonly log: string;
  readonly checkpoints: readonly Checkpoint[];
  readonly sessions: SessionWalk;
  readonly subtrees: SubtreeCheck;
  readonly missing: MissingEvents;
  readonly found: Findings;
  /** Where to begin: the tree over the events before, which are not read, and the keys that they name. */
  readonly start: { readonly tree: GrowingTree; readonly keyEvents: readonly KeyEvent[] };
  readonly onProgress: (read: number) => void;
}): Promise<Walked> {
  const { events, atOnce, log, checkpoints, sessions, subtrees, missing, found, start, onProgress } = options;
  const standing = checkpoints.filter(({ size }) => size <= start.tree.size);
  const keyEvents = [...start.keyEvents];
  const tree = treeWalk(start.tree, subtrees.full);
  let [position, read, isWhole] = [start.tree.size, 0, true];
  let due = standing.length;
  /** Up to where the log is as signed; the first row after that; and whether a row is missing or different since. */
  let [proven, first, diverged] = [position, null as StoredEvent | null, false];
  let broken: Broken | null = null;
  const newest = checkpoints.at(-1)?.size ?? 0;

  const object = (row: StoredEvent, objection: Objection) => found.add({ ...eventNamed(row), ...objection });

  /** What was read without care turned out to be under no checkpoint. */
  const diverge = async () => {
    if (diverged) return;
    diverged = true;
    for await (const page of allRows(events, proven, atOnce)) {
      for (const row of page) {
        if (row.position >= position) return;
        if (objectionTo(row) === null) carefully(row);
      }
    }
  };
  const carefully = (row: StoredEvent) => {
    const event = readEvent(row);
    if (isObjection(event)) object(row, event);
    return !isObjection(event);
  };

  const take = (row: StoredEvent): Promise<void> | undefined => {
    let objection = objectionTo(row);
    if (objection === null && (diverged || position > newest)) {
      const event = readEvent(row);
      objection = isObjection(event) ? event : null;
    }
    if (objection !== null) object(row, objection);
    if (row.session === log && row.type === 'signing_key' && objection === null) {
      const event = readEvent(row);
      if (!isObjection(event) && 'body' in event && event.body.type === 'signing_key') {
        keyEvents.push({ position: row.position, body: event.body });
      }
    }
    return objection === null || isTyped(row) ? sessions.next(row, objection === null) : undefined;
  };

  /** Compares the tree with the checkpoints of its size: there is one for each key, and those that were kept. */
  const compare = async (row: StoredEvent) => {
    const root = tree.root();
    let other: Checkpoint | null = null;
    for (; checkpoints[due]?.size === position; due += 1) {
      const checkpoint = checkpoints[due]!;
      if (checkpoint.root === root) standing.push(checkpoint);
      else other ??= checkpoint;
    }
    if (other !== null) {
      broken = { by: other, from: proven, first: first ?? row };
      await diverge();
    } else [proven, first] = [position, null];
  };

  try {
    for await (const page of allRows(events, position === 0 ? null : position, atOnce)) {
      for (const row of page) {
        if (!Number.isSafeInteger(row.position) || row.position < position) {
          object(row, { what: 'forged', why: 'stands where no event can be' });
          continue;
        }
        if (row.position > position) {
          missing.hole(position, row.position);
          await diverge();
          position = row.position;
        }
        read += 1;
        first ??= row;
        position += 1;
        const waiting = take(row);
        if (waiting !== undefined) await waiting;
        if (diverged) continue;
        tree.add(row.hash);
        if (checkpoints[due]?.size === position) await compare(row);
      }
      await subtrees.compare(newest, false);
      onProgress(read);
    }
    await subtrees.compare(newest, true);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    isWhole = false;
    const why = `the database cannot be read from here on (table recorded_event): ${error.message}`;
    const at = await firstUnreadable(events, position, atOnce);
    found.add({ what: 'unreadable', session: null, seq: null, position: at, why });
  }
  return { size: position, events: read, standing, keyEvents, isWhole, broken };
}

/** What to call the event in a row, whatever its columns hold. */
function eventNamed({ session, seq, position }: StoredEvent): Pick<Problem, 'session' | 'seq' | 'position'> {
  return {
    session: typeof session === 'string' ? session : null,
    seq: Number.isSafeInteger(seq) ? seq : null,
    position: Number.isSafeInteger(position) ? position : null,
  };
}

/** The first position that cannot be read: a row before it may be there, and what it leads to not. */
async function firstUnreadable(
  events: Pick<EventsReader, 'page'>,
  from: number,
  atOnce: number,
): Promise<number> {
  let at = from;
  try {
    for await (const page of allRows(events, from === 0 ? null : from, atOnce))
      at = Math.max(at, (page.at(-1)?.position ?? at) + 1);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return at;
  }
  return from;
}
