import type { Findings } from './findings.ts';
import { missingText } from './session-check.ts';

/** What is missing from a log: events by the numbers in their sessions, and rows by their positions. */
export interface MissingEvents {
  skipped(session: string, run: MissingRun): void;
  /** Whether an event is missing so far. */
  has(session: string, seq: number): boolean;
  /** An event has been read after others that come later. @returns whether it was missing. */
  found(session: string, seq: number): boolean;
  /** There is no row at the positions from `from` to before `to`. */
  hole(from: number, to: number): void;
  end(found: Findings): void;
}

/** Events of one session, from number `from` to before `to`. */
export interface MissingRun {
  readonly from: number;
  readonly to: number;
  /** The positions of the events of the session that stand on both sides. */
  readonly after: number;
  readonly before: number;
}

export function missingEvents(): MissingEvents {
  const runs = new Map<string, MissingRun[]>();
  const holes: { readonly from: number; readonly to: number }[] = [];
  let held = 0;
  const runOf = (session: string, seq: number) =>
    runs.get(session)?.find(({ from, to }) => seq >= from && seq < to);

  return {
    skipped(session, run) {
      // More would not be reported.
      if (held >= MOST_HELD) return;
      held += 1;
      runs.set(session, [...(runs.get(session) ?? []), run]);
    },
    has: (session, seq) => runOf(session, seq) !== undefined,
    found(session, seq) {
      const known = runs.get(session) ?? [];
      const run = runOf(session, seq);
      if (run === undefined) return false;
      const rest = [
        { ...run, to: seq },
        { ...run, from: seq + 1 },
      ].filter(({ from, to }) => to > from);
      runs.set(session, [...known.filter((each) => each !== run), ...rest]);
      return true;
    },
    hole(from, to) {
      if (holes.length < MOST_HELD) holes.push({ from, to });
    },
    end(found) {
      const missing = [...runs].flatMap(([session, list]) => list.map((run) => ({ session, ...run })));
      const isIn = (run: MissingRun, hole: (typeof holes)[number]) =>
        run.after < hole.from && run.before >= hole.to;
      for (const hole of holes) {
        const [first] = missing
          .filter((run) => isIn(run, hole))
          .sort((one, other) => one.before - other.before);
        const events = hole.to - hole.from === 1 ? 'the event' : `${hole.to - hole.from} events`;
        const why = `is missing: ${events} at positions ${hole.from} to ${hole.to - 1} of the log`;
        const [session, seq] = [first?.session ?? null, first?.from ?? null];
        found.add({ what: 'removed', session, seq, position: hole.from, why });
      }
      for (const { session, ...run } of missing) {
        if (holes.some((hole) => isIn(run, hole))) continue;
        const why = missingText(run.to - run.from);
        found.add({ what: 'removed', session, seq: run.from, position: run.before, why });
      }
    },
  };
}

const MOST_HELD = 2_000;
