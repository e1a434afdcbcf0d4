import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * The same values in ascending order, `size` at a time and the rest at the end, without holding the event loop for as
 * long as it takes to sort them all: runs of them are sorted turn by turn, and then merged.
 */
export async function* sortedInSteps(
  values: readonly string[],
  size: number,
): AsyncGenerator<readonly string[]> {
  const runs: string[][] = [];
  for (let at = 0; at < values.length; at += RUN) {
    // The smallest last, from where it is taken.
    runs.push(values.slice(at, at + RUN).toSorted(descending));
    await nextTurn();
  }
  while (runs.length > 0) {
    const next: string[] = [];
    while (next.length < size && runs.length > 0) {
      let least = 0;
      for (let run = 1; run < runs.length; run += 1)
        if (runs[run]!.at(-1)! < runs[least]!.at(-1)!) least = run;
      next.push(runs[least]!.pop()!);
      if (runs[least]!.length === 0) runs.splice(least, 1);
    }
    yield next;
    await nextTurn();
  }
}

/** A few milliseconds' worth. */
const RUN = 5_000;

function descending(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? 1 : -1;
}
