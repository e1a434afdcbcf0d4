import { createVitest, parseCLI, type TestModule, type Vitest } from 'vitest/node';

/**
 * `npm test -- [vitest's arguments]`: all tests, as many at a time as there are cores. A few files that drive whole programs
 * and were red are tried once more, with nothing beside them: the exit code is theirs then, and they are named at the end.
 * A browser on a busy machine may be late in more ways than a time-out tells. What is red by itself stays red.
 */

/** Where browsers, editors, drivers and relays are processes of their own. */
const WHOLE_PROGRAMS = /^test\/(console|desktop|drivers|editor|extension|faults|first-contact|sign-in)\//;

/** So many files at most: more is no busy machine's doing. */
const MOST = 4;

process.env['NODE_ENV'] ??= 'test';
process.env['VITEST'] = 'true';
const { filter, options } = parseCLI(['vitest', 'run', ...process.argv.slice(2)]);

const first = await run(filter, {});
const late = toTryAgain(first);
if (late.length > 0) {
  process.exitCode = 0;
  await first.close();
  const second = await run(
    late.map(({ moduleId }) => moduleId),
    { fileParallelism: false },
  );
  const isRed = new Set(
    second.state
      .getTestModules()
      .filter(isBad)
      .map(({ moduleId }) => moduleId),
  );
  await second.close();
  for (const { moduleId, relativeModuleId } of late) {
    const how = isRed.has(moduleId)
      ? 'Red beside others, and by itself'
      : 'Red beside others, green by itself';
    process.stdout.write(`${how}: ${relativeModuleId}\n`);
  }
} else {
  await first.close();
}

/** Sets the process's exit code, as vitest's own command does. It is to be closed afterwards. */
async function run(files: readonly string[], more: typeof options): Promise<Vitest> {
  const vitest = await createVitest({ ...options, ...more, watch: false });
  try {
    await vitest.start([...files]);
  } catch (error) {
    // It has been said, with where was looked.
    if (!(error instanceof Error && error.message === 'No test files found')) throw error;
  }
  return vitest;
}

/** None, when more is red than a busy machine explains, or anything that no machine's speed touches. */
function toTryAgain({ state }: Vitest): readonly TestModule[] {
  const red = state.getTestModules().filter(isBad);
  const isWholeProgram = ({ relativeModuleId }: TestModule) => WHOLE_PROGRAMS.test(relativeModuleId);
  return state.getUnhandledErrors().length === 0 && red.length <= MOST && red.every(isWholeProgram)
    ? red
    : [];
}

function isBad(module: TestModule): boolean {
  return module.state() === 'failed';
}
