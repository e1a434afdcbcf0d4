import type {
  DryRunOptions,
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestRunner,
} from '@stryker-mutator/api/test-runner';
import { strykerPlugins as vitestPlugins } from '@stryker-mutator/vitest-runner';
import type { PoolRunnerInitializer, Vitest } from 'vitest/node';
import { keptWorker } from './kept-worker.ts';
import { createStages, type Stages } from './stages.ts';

/**
 * Stryker's runner of vitest starts a worker for each test file of each mutant, and loads everything anew in it: that
 * is most of a mutant's time. Here one worker stays, and a kill only counts if it cannot come from what an earlier
 * mutant left behind: the test that failed passes, in the same worker, without the mutant. What ran on without end
 * or broke outside of a test is run again in a new worker. What survives is taken as it is: something left behind
 * can hide a mutant, and then the score is lower than it could be.
 */
export const strykerPlugins = [{ kind: 'TestRunner', name: 'kept', factory }];

factory.inject = ['$injector'] as const;

type Factory = (typeof vitestPlugins)[number]['factory'];

function factory(injector: NonNullable<Parameters<Factory>[0]>): TestRunner {
  const runner = vitestPlugins[0]!.factory(injector) as TestRunner & { readonly ctx: Vitest };
  const worker = keptWorker();
  const stages = createStages();
  return {
    capabilities: () => runner.capabilities(),
    async init() {
      await runner.init?.();
      keep(runner.ctx, worker.pool);
      isolate(runner.ctx, false);
    },
    async dryRun(options: DryRunOptions): Promise<DryRunResult> {
      // Which test covers what is exact only where no file finds a module that another one has already loaded.
      isolate(runner.ctx, true);
      const result = await runner.dryRun(options);
      isolate(runner.ctx, false);
      return withoutSlowTests(result);
    },
    async mutantRun(given: MutantRunOptions): Promise<MutantRunResult> {
      const options = { ...given, ...sooner(given) };
      for (const longest of [IMPATIENT, LONGEST]) {
        limitTests(runner.ctx, longest);
        // Stryker asks for a new worker where code also runs while modules load; there, no mutant is ever active.
        const result = await inStages(runner, options, stages);
        if (isSurvived(result)) return result;
        const killedBy = 'killedBy' in result ? [result.killedBy].flat() : [];
        if (killedBy.length === 0) break;
        const began = performance.now();
        const passed = await passWithout(runner, options, killedBy);
        if (passed && (!hasWaited(result) || performance.now() - began < longest / 2)) {
          for (const test of killedBy) stages.noticed(options.activeMutant.fileName, test);
          return result;
        }
      }
      await worker.renew();
      limitTests(runner.ctx, LONGEST);
      return runner.mutantRun(options);
    },
    async dispose() {
      await worker.renew();
      await runner.dispose?.();
    },
  };
}

/**
 * Milliseconds: what takes longer (tens of thousands of random cases, say) answers for no mutant. It would be most of
 * each mutant's time, and its time would make the limit of each; without it the score may be lower than it could be.
 */
const SLOW = 5_000;

function withoutSlowTests(result: DryRunResult): DryRunResult {
  if (!('tests' in result) || result.mutantCoverage === undefined) return result;
  const slow = new Set(result.tests.filter(({ timeSpentMs }) => timeSpentMs > SLOW).map(({ id }) => id));
  const perTest = Object.fromEntries(
    Object.entries(result.mutantCoverage.perTest).filter(([id]) => !slow.has(id)),
  );
  return { ...result, mutantCoverage: { ...result.mutantCoverage, perTest } };
}

/** How often a mutant is come by before it is taken for a loop without end: ten times as often as without it, not a hundred. */
function sooner({ hitLimit }: MutantRunOptions): { readonly hitLimit?: number } {
  return hitLimit === undefined ? {} : { hitLimit: Math.ceil(hitLimit / 10) };
}

/** Whether these tests pass in the same worker when no mutant is active. */
async function passWithout(
  runner: TestRunner,
  options: MutantRunOptions,
  tests: readonly string[],
): Promise<boolean> {
  const activeMutant = { ...options.activeMutant, id: 'none' };
  return isSurvived(await runner.mutantRun({ ...options, activeMutant, testFilter: [...tests] }));
}

/** Up to the first stage in which a test fails. */
async function inStages(
  runner: TestRunner,
  options: MutantRunOptions,
  stages: Stages,
): Promise<MutantRunResult> {
  const all = stages.of(options.activeMutant.fileName, options.testFilter ?? []);
  let result: MutantRunResult | null = null;
  for (const testFilter of all) {
    result = await runner.mutantRun({ ...options, testFilter: [...testFilter] });
    if (!isSurvived(result)) return result;
  }
  return result ?? runner.mutantRun(options);
}

function isSurvived(result: MutantRunResult): boolean {
  const status: string = result.status;
  return status === 'survived';
}

function keep({ projects }: Vitest, pool: PoolRunnerInitializer): void {
  for (const { config } of projects) {
    Object.assign(config, { pool: pool.name, poolRunner: pool });
  }
}

/**
 * Milliseconds that a test has. What waits for ever under a mutant fails by that, and the worker goes on: a room whose
 * tests wait for messages would spend most of its time on those that never come. It counts if the test passes without
 * the mutant in half of it; else it has longer.
 */
const IMPATIENT = 2_500;
const LONGEST = 2 * SLOW;

function hasWaited(result: MutantRunResult): boolean {
  return 'failureMessage' in result && result.failureMessage.startsWith('Test timed out');
}

function limitTests({ projects }: Vitest, ms: number): void {
  for (const { config } of projects) config.testTimeout = ms;
}

function isolate({ projects }: Vitest, isolated: boolean): void {
  for (const { config } of projects) {
    config.isolate = isolated;
    config.testTimeout = 240_000;
    // Where a test stands is asked for once: it takes a stack trace for each test of each run.
    config.includeTaskLocation = isolated;
  }
}
