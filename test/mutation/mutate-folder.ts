// Mutates one folder and writes Stryker's report of it: mutate-folder.ts FOLDER [FILE...]
import { Stryker } from '@stryker-mutator/core';
import { folders, incrementalOf, reportOf } from './folders.ts';

const [, , name = '', ...files] = process.argv;
const folder = folders[name];
if (folder === undefined) throw new Error(`there is no folder \`${name}\` in test/mutation/folders.ts`);

await new Stryker({
  mutate: files.length > 0 ? files : [...folder.mutate],
  testFiles: [...folder.tests],
  testRunner: 'kept',
  vitest: { configFile: 'test/mutation/vitest.config.ts', related: false, pool: 'threads' },
  plugins: [
    '@stryker-mutator/vitest-runner',
    './test/mutation/runner.ts',
    './test/mutation/ignored.ts',
    './test/mutation/progress.ts',
  ],
  ignorers: ['ignored'],
  coverageAnalysis: 'perTest',
  // What is only run while a module loads would take every test of the folder for each mutant.
  ignoreStatic: true,
  incremental: true,
  incrementalFile: incrementalOf(name),
  reporters: ['progress-kept', 'progress-append-only'],
  jsonReporter: { fileName: reportOf(name) },
  // What tests here do not read, some of it gigabytes that were installed.
  ignorePatterns: ['docs', 'bench', '.drivers', '.editor'],
  // Stryker would rewrite it by an API that TypeScript 7 no longer has; nothing here reads it.
  tsconfigFile: 'none',
  tempDirName: '.stryker-tmp',
  cleanTempDir: 'always',
  concurrency: 1,
  // Beside what loading took in the dry run and three times what its tests took: enough on a busy machine.
  timeoutMS: 20_000,
  timeoutFactor: 3,
  dryRunTimeoutMinutes: 20,
  allowConsoleColors: false,
}).runMutationTest();
