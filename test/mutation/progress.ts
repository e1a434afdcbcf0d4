import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { MutantResult, schema, StrykerOptions } from '@stryker-mutator/api/core';
import type { MutationTestingPlanReadyEvent, Reporter } from '@stryker-mutator/api/report';
import type { TestResult } from '@stryker-mutator/api/test-runner';
import { type Sources, sourcesOf } from './sources.ts';

/** Stryker's report, what it was made of, and, while a run goes on, what it has yet to look at (`Pending`). */
export interface KeptReport extends schema.MutationTestResult {
  readonly sources: Sources;
}

/**
 * Writes what is known of each mutant while the run goes on. Stryker itself writes it at the end and when it is told
 * to stop: a run of hours that is killed, or whose machine goes away, would leave nothing.
 */
export const strykerPlugins = [{ kind: 'Reporter', name: 'progress-kept', factory }];

factory.inject = ['options'] as const;

/** Milliseconds between two times that it is written. */
const OFTEN = 20_000;

function factory(options: StrykerOptions): Reporter {
  // Read at once, as Stryker does: files may be edited while the run goes on.
  const sources = sourcesOf({ mutate: options.mutate, tests: options.testFiles ?? [] });
  const texts = new Map(Object.keys(sources).map((file) => [file, readFileSync(file, 'utf8')]));
  const results: MutantResult[] = [];
  let tests: readonly TestResult[] = [];
  let planned: readonly MutantResult[] = [];
  let written = Date.now();

  const report = (mutants: readonly MutantResult[]): KeptReport => ({
    schemaVersion: '1.0',
    thresholds: options.thresholds,
    ...inFiles(mutants, tests, texts),
    sources,
  });
  return {
    onDryRunCompleted({ result }) {
      ({ tests } = result);
    },
    onMutationTestingPlanReady({ mutantPlans }: MutationTestingPlanReadyEvent) {
      planned = mutantPlans.map(({ mutant: { location, ...mutant } }) => ({
        ...mutant,
        location: { start: fromOne(location.start), end: fromOne(location.end) },
        status: 'Pending',
      }));
    },
    onMutantTested(result) {
      results.push(result);
      if (Date.now() - written < OFTEN) return;
      const known = new Set(results.map(({ id }) => id));
      const open = planned.filter(({ id }) => !known.has(id));
      // Without the open ones: the next run would take that for what is known of them.
      write(options.incrementalFile, report(results));
      write(options.jsonReporter.fileName, report([...results, ...open]));
      written = Date.now();
    },
    onMutationTestReportReady(whole) {
      write(options.jsonReporter.fileName, { ...whole, sources } satisfies KeptReport);
    },
  };
}

type InFiles = Pick<schema.MutationTestResult, 'files' | 'testFiles'>;

/** As Stryker writes them: by file, places counted from one, tests by a number, since their names are long. */
function inFiles(
  mutants: readonly MutantResult[],
  tests: readonly TestResult[],
  texts: ReadonlyMap<string, string>,
): InFiles {
  // What an earlier run knew of other files stays in the report.
  const textOf = (file: string): string => texts.get(file) ?? readFileSync(file, 'utf8');
  const numbers = new Map(tests.map(({ id }, index) => [id, String(index)]));
  const numbered = (ids: readonly string[] | undefined) => ids?.map((id) => numbers.get(id) ?? id);

  const files: schema.FileResultDictionary = {};
  for (const { fileName, killedBy, coveredBy, ...mutant } of mutants) {
    const file = relative(process.cwd(), fileName);
    files[file] ??= { language: 'typescript', source: textOf(file), mutants: [] };
    const by = { killedBy: numbered(killedBy), coveredBy: numbered(coveredBy) };
    files[file].mutants.push({ ...mutant, ...by } as schema.MutantResult);
  }
  const testFiles: schema.TestFileDefinitionDictionary = {};
  for (const { id, name, fileName, startPosition } of tests) {
    const file = relative(process.cwd(), fileName ?? '');
    testFiles[file] ??= { source: textOf(file), tests: [] };
    const place = startPosition === undefined ? {} : { location: { start: fromOne(startPosition) } };
    testFiles[file].tests.push({ id: numbers.get(id)!, name, ...place });
  }
  return { files, testFiles };
}

/** Stryker counts lines and columns from zero, its reports from one. */
function fromOne({ line, column }: schema.Position): schema.Position {
  return { line: line + 1, column: column + 1 };
}

/** Whole or not at all: the process may be ended at any time. */
function write(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(content));
  renameSync(`${file}.new`, file);
}
