import { basename } from 'node:path';

/** Tests that cover a mutant, in the order in which to run them: a stage only if all before it passed. */
export interface Stages {
  /** @param source The file that the mutant is in. @param tests As Stryker names them: `FILE#TEST`. */
  of(source: string, tests: readonly string[]): readonly (readonly string[])[];
  /** Told which test noticed a mutant: its file comes early for the next ones. */
  noticed(source: string, test: string): void;
}

/**
 * A file of tests costs, above all, to be collected, and most mutants are noticed by the tests beside the code or by
 * those that noticed the one before: the tests that were last to notice go first, then such a file by itself, then
 * another one, then all the rest at once.
 */
export function createStages(): Stages {
  /** By mutated file and test file. */
  const counts = new Map<string, number>();
  const key = (source: string, file: string) => `${source}\n${file}`;
  /** By mutated file: the tests that noticed, the last one first. */
  const lately = new Map<string, readonly string[]>();

  return {
    of(source, all) {
      const soonest = soonestOf(lately.get(source) ?? [], all);
      const tests = all.filter((test) => !soonest.includes(test));
      const byFile = Map.groupBy(tests, fileOf);
      const beside = basename(source).replace(/\.ts$/, '.test.ts');
      const worth = ([file, { length }]: readonly [string, readonly string[]]): readonly number[] => [
        counts.get(key(source, file)) ?? 0,
        basename(file) === beside ? 1 : 0,
        length,
      ];
      const [first, second, ...rest] = [...byFile].sort((a, b) => compare(worth(b), worth(a)));
      return [soonest, first?.[1], second?.[1], rest.flatMap(([, inFile]) => inFile)].filter(
        (stage) => stage !== undefined && stage.length > 0,
      ) as string[][];
    },
    noticed(source, test) {
      const at = key(source, fileOf(test));
      counts.set(at, (counts.get(at) ?? 0) + 1);
      const before = lately.get(source) ?? [];
      lately.set(source, [test, ...before.filter((other) => other !== test)].slice(0, REMEMBERED));
    },
  };
}

const REMEMBERED = 12;

/** So many tests go first: they cost little where they notice nothing. */
const SOONEST = 4;

/** Of one file, since each costs to be collected. */
function soonestOf(noticed: readonly string[], tests: readonly string[]): readonly string[] {
  const covering = new Set(tests);
  const [last, ...others] = noticed.filter((test) => covering.has(test));
  if (last === undefined) return [];
  return [last, ...others.filter((test) => fileOf(test) === fileOf(last))].slice(0, SOONEST);
}

function fileOf(test: string): string {
  return test.slice(0, test.indexOf('#'));
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) if (value !== b[index]) return value - b[index]!;
  return 0;
}
