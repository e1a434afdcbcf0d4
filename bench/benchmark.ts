/** What a benchmark prints: figures with their units in the names, and ratios measured in the same run. */
export interface Report {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
}

export type Benchmark = () => Promise<Report>;

/** The value below which the fraction `p` of the samples lies. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN;
}

/** As `timeInTurn`, of subjects that are waited for. */
export async function timeInTurnAsync(
  subjects: Readonly<Record<string, () => Promise<unknown>>>,
  rounds: number,
): Promise<Record<string, number[]>> {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, [] as number[]]));
  for (let round = -Math.ceil(rounds / 10); round < rounds; round += 1) {
    for (const [name, run] of Object.entries(subjects)) {
      const start = performance.now();
      await run();
      const elapsed = performance.now() - start;
      if (round >= 0) times[name]!.push(elapsed);
    }
  }
  return times;
}

/**
 * Times each subject on the same input in turn, round by round, so that what slows the machine slows them
 * all. Milliseconds; the first tenth of the rounds warms up and is left out.
 */
export function timeInTurn(
  subjects: Readonly<Record<string, () => unknown>>,
  rounds: number,
): Record<string, number[]> {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, [] as number[]]));
  for (let round = -Math.ceil(rounds / 10); round < rounds; round += 1) {
    for (const [name, run] of Object.entries(subjects)) {
      const start = performance.now();
      run();
      const elapsed = performance.now() - start;
      if (round >= 0) times[name]!.push(elapsed);
    }
  }
  return times;
}
