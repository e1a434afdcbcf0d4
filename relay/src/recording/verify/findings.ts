import { MOST_PROBLEMS, type Problem } from './report.ts';

/**
 * Collects what verification finds, in any order, and returns it in the order of docs/recording-format.md, "Findings".
 * Holds a bounded number of findings: those that come first.
 */
export interface Findings {
  add(problem: Problem): void;
  /** Whether any finding is about an event at these places, from `from` to before `to`. */
  hasWithin(from: number, to: number): boolean;
  isEmpty(): boolean;
  /** At most `MOST_PROBLEMS`, one for each event. */
  ordered(): readonly Problem[];
}

/** @param by what orders the events: positions in a log, or sequence numbers in the one session of an export. */
export function findings(by: 'position' | 'seq'): Findings {
  let found: Problem[] = [];
  const place = (problem: Problem) => problem[by] ?? Number.MAX_SAFE_INTEGER;

  const settle = () => {
    // Sorting is stable, so of equals the one that was found first stays first.
    found.sort((one, other) => place(one) - place(other) || rank(one) - rank(other));
    found = found.filter(
      (problem, index) => problem[by] === null || index === 0 || problem[by] !== found[index - 1]![by],
    );
    found.splice(MOST_PROBLEMS);
  };

  return {
    add(problem) {
      found.push(problem);
      if (found.length > MOST_HELD) settle();
    },
    hasWithin: (from, to) => found.some((problem) => place(problem) >= from && place(problem) < to),
    isEmpty: () => found.length === 0,
    ordered() {
      settle();
      return found;
    },
  };
}

const MOST_HELD = 20 * MOST_PROBLEMS;

/** Of several findings about one event, the kind that stands first here comes first. */
const PRECEDENCE: readonly Problem['what'][] = [
  'unreadable',
  'altered',
  'reordered',
  'removed',
  'forged',
  'unsigned',
];

function rank({ what }: Problem): number {
  return PRECEDENCE.indexOf(what);
}
