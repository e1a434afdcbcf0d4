import { existsSync, readFileSync } from 'node:fs';
import { folders, reportOf } from './folders.ts';
import type { KeptReport } from './progress.ts';
import { changedBetween, sourcesOf } from './sources.ts';

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
  /** Mutants that the run did not come to: it was broken off. They are in none of the other figures. */
  readonly open: number;
  /** Files of the folder and of its tests that are not as they were when the run began. */
  readonly changed: readonly string[];
}

type Mutant = KeptReport['files'][string]['mutants'][number];

/** @returns null where nothing is known of the folder. */
export function tallyOf(folder: string): Tally | null {
  if (!existsSync(reportOf(folder))) return null;
  // A report that was written before there were `sources` counts as one of other files.
  const { sources = {}, ...report } = JSON.parse(
    readFileSync(reportOf(folder), 'utf8'),
  ) as Partial<KeptReport>;
  const all = Object.entries(report.files ?? {}).flatMap(([file, { mutants }]) =>
    mutants.map((mutant) => ({ file, mutant })),
  );
  const having = (...statuses: readonly Mutant['status'][]) =>
    all.filter(({ mutant }) => statuses.includes(mutant.status));
  const killed = having('Killed', 'Timeout').length;
  const timeouts = having('Timeout').length;
  // What could not be run counts as unnoticed: left out, a test that breaks its runner would raise the score.
  const survived = having('Survived', 'NoCoverage', 'RuntimeError').map(({ file, mutant }) =>
    describe(file, mutant),
  );
  const mutants = killed + survived.length;
  const open = having('Pending').length;
  const changed = changedBetween(sources, sourcesOf(folders[folder]!));
  return { score: percent(killed, survived.length), mutants, killed, timeouts, survived, open, changed };
}

/** Whether every mutant of the folder as it stands has been looked at. */
export function isMeasured<Of extends Tally>(tally: Of | null): tally is Of {
  return tally !== null && tally.open === 0 && tally.changed.length === 0;
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
