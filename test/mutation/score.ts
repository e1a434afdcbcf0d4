import { readFileSync } from 'node:fs';
import { reportOf } from './folders.ts';

/** What became of the mutants of a folder. */
export interface Tally {
  /** Percent of the mutants that made a test fail, or run on without end. */
  readonly score: number;
  readonly mutants: number;
  readonly killed: number;
  /** Of the killed: what ran on without end, or past the time limit. */
  readonly timeouts: number;
  /** Each as `FILE:LINE:COLUMN MUTATOR REPLACEMENT`: nobody noticed. */
  readonly survived: readonly string[];
}

/** The part of Stryker's report (mutation-testing-report-schema) that is read here. */
interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}
interface Mutant {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

export function tallyOf(folder: string): Tally {
  const report = JSON.parse(readFileSync(reportOf(folder), 'utf8')) as Report;
  const all = Object.entries(report.files).flatMap(([file, { mutants }]) =>
    mutants.map((mutant) => ({ file, mutant })),
  );
  const having = (...statuses: readonly string[]) =>
    all.filter(({ mutant }) => statuses.includes(mutant.status));
  const killed = having('Killed', 'Timeout').length;
  const timeouts = having('Timeout').length;
  // What could not be run counts as unnoticed: left out, a test that breaks its runner would raise the score.
  const survived = having('Survived', 'NoCoverage', 'RuntimeError').map(({ file, mutant }) =>
    describe(file, mutant),
  );
  const mutants = killed + survived.length;
  return { score: percent(killed, survived.length), mutants, killed, timeouts, survived };
}

/** Over all mutants of several folders. */
export function overall(tallies: readonly Tally[]): number {
  const sum = (part: (tally: Tally) => number) => tallies.reduce((total, tally) => total + part(tally), 0);
  return percent(
    sum(({ killed }) => killed),
    sum(({ survived }) => survived.length),
  );
}

function percent(killed: number, survived: number): number {
  const all = killed + survived;
  return all === 0 ? 100 : Math.floor((killed / all) * 10_000) / 100;
}

function describe(file: string, { mutatorName, replacement = '', location, status }: Mutant): string {
  const { line, column } = location.start;
  const instead = replacement.replace(/\s+/g, ' ').slice(0, 100);
  return `${file}:${line}:${column} ${mutatorName}${WHY.get(status) ?? ''} ${instead}`;
}

const WHY: ReadonlyMap<string, string> = new Map([
  ['NoCoverage', ' (no test comes by)'],
  ['RuntimeError', ' (could not be run)'],
]);
