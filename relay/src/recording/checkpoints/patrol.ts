import type { SluiceError } from '../../errors.ts';
import { inTurn } from '../../in-turn.ts';
import type { RecordReaders } from '../ports.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { contradiction } from './contradiction.ts';
import { type LogFacts, logFacts } from './log-facts.ts';
import { addLeaf, type GrowingTree, leafOf, rootOf } from './merkle.ts';
import { foundIn, inRow, readLogPage } from './read-record.ts';
import type { Removals } from './removals.ts';
import { nameOf } from './row-check.ts';

/** Reads the signed log over and over, so that an old event that is rewritten is noticed while the relay runs. */
export interface Patrol {
  /** Goes through the rest of a round, or a whole one. Resolves to how many events that was. */
  round(signal?: AbortSignal): Promise<number>;
  /** How many rounds have come to their end, with everything as it was signed. */
  rounds(): number;
  /** When the last one did, in milliseconds since the epoch; null before the first. */
  endedAt(): number | null;
  stop(): void;
}

export interface PatrolOptions {
  readonly store: Pick<RecordReaders, 'events' | 'checkpoints'>;
  readonly signed: () => Checkpoint | null;
  readonly removals: Removals;
  /** Told, at the end of a round, what the events say: they are those that were signed. */
  readonly onRound: (facts: LogFacts, size: number) => void;
  /** Told of what the store holds in the place of what was signed. */
  readonly onFound: (error: SluiceError) => Promise<void>;
  /** Told of what keeps it from reading: it goes on from there. */
  readonly onFailed: (error: unknown) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds between two rounds; null for none but those that are asked for. */
  readonly everyMs: number | null;
}

/**
 * In small steps, each followed by a pause that is long beside it, so that statements do not wait for it: a round over ten
 * million events takes hours.
 */
export function startPatrol(options: PatrolOptions): Patrol {
  const { store, signed, removals, onRound, onFound, onFailed, now, everyMs } = options;
  let round: Round | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let rounds = 0;
  let endedAt: number | null = null;
  const turn = inTurn();

  /** One after the other, whoever asks for them. @returns whether the round goes on. */
  const step = (): Promise<boolean> => turn(readSome);

  const readSome = async (): Promise<boolean> => {
    const target = signed();
    if (target === null) return false;
    round ??= await newRound(store, target);
    const { tree, roots, size } = round;
    const { facts } = round;
    const page = await readLogPage(store.events, { after: tree.size - 1, within: size, limit: ROWS });
    await removals.require(page);
    for (const row of page) {
      addLeaf(tree, leafOf(row.hash));
      inRow(nameOf(row), () => facts.read(row));
      const root = roots.get(tree.size);
      if (root === undefined) continue;
      if (root !== rootOf(tree.peaks).toString('hex')) throw contradiction(differs(round));
      round.agreed = tree.size;
    }
    if (tree.size < size) return true;
    onRound(round.facts, size);
    rounds += 1;
    endedAt = now();
    round = null;
    return false;
  };

  const schedule = (ms: number) => {
    if (!isStopped) timer = setTimeout(() => void run(), ms).unref();
  };
  const run = async () => {
    const start = performance.now();
    try {
      const goesOn = await step();
      if (goesOn) schedule(Math.max(LEAST_PAUSE_MS, (performance.now() - start) * PAUSES));
      else if (everyMs !== null) schedule(everyMs);
    } catch (error) {
      // While the store does not work, the round waits: whoever can stop it for a moment would else keep it from its end.
      const found = foundIn(error);
      if (found === null) onFailed(error);
      else {
        round = null;
        await onFound(found).catch(onFailed);
      }
      if (everyMs !== null) schedule(everyMs);
    }
  };
  if (everyMs !== null) schedule(everyMs);

  return {
    rounds: () => rounds,
    endedAt: () => endedAt,
    async round(signal) {
      const { size = 0 } = signed() ?? {};
      try {
        while (await step()) signal?.throwIfAborted();
      } catch (error) {
        round = null;
        const found = foundIn(error);
        if (found === null || signal?.aborted === true) throw error;
        await onFound(found);
      }
      return size;
    },
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

interface Round {
  /** Events to read. */
  readonly size: number;
  readonly tree: GrowingTree;
  /** The roots that checkpoints sign, by size. */
  readonly roots: ReadonlyMap<number, string>;
  /** Up to here, the events are those that were signed. */
  agreed: number;
  readonly facts: LogFacts;
}

async function newRound({ checkpoints }: PatrolOptions['store'], target: Checkpoint): Promise<Round> {
  // Those in the store only narrow down where the log differs: if one was tampered with, it is the log or the store
  // that does not hold what was signed, which is the same to us.
  const kept = (await checkpoints.list()).flatMap(({ note }) => parseCheckpoint(note) ?? []);
  const roots = new Map(kept.filter(({ size }) => size < target.size).map(({ size, root }) => [size, root]));
  roots.set(target.size, target.root);
  return { size: target.size, tree: { size: 0, peaks: [] }, roots, agreed: 0, facts: logFacts() };
}

function differs({ agreed, tree }: Round): string {
  return `of its events ${agreed} to ${tree.size - 1}, some are not those that were signed`;
}

/** So few that the event loop is not held up. */
const ROWS = 32;
/** The share of the time that it takes, and of the disk: at most one part in this many. */
const PAUSES = 50;
const LEAST_PAUSE_MS = 20;
