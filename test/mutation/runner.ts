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
  return {
    capabilities: () => runner.capabilities(),
    async init() {
      await runner.init?.();
      keep(runner.ctx, worker.pool);
    },
    async dryRun(options: DryRunOptions): Promise<DryRunResult> {
      // Which test covers what is exact only where no file finds a module that another one has already loaded.
      isolate(runner.ctx, true);
      const result = await runner.dryRun(options);
      isolate(runner.ctx, false);
      return result;
    },
    async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
      // Stryker asks for a new worker where code also runs while modules load; there, no mutant is ever active.
      const result = await runner.mutantRun(options);
      const status: string = result.status;
      if (status === 'survived') return result;
      const killedBy = 'killedBy' in result ? [result.killedBy].flat() : [];
      if (killedBy.length > 0 && (await passWithout(runner, options, killedBy))) return result;
      await worker.renew();
      return runner.mutantRun(options);
    },
    async dispose() {
      await worker.renew();
      await runner.dispose?.();
    },
  };
}

/** Whether these tests pass in the same worker when no mutant is active. */
async function passWithout(
  runner: TestRunner,
  options: MutantRunOptions,
  tests: readonly string[],
): Promise<boolean> {
  const activeMutant = { ...options.activeMutant, id: 'none' };
  const result = await runner.mutantRun({ ...options, activeMutant, testFilter: [...tests] });
  const status: string = result.status;
  return status === 'survived';
}

function keep({ projects }: Vitest, pool: PoolRunnerInitializer): void {
  for (const { config } of projects) {
    config.isolate = false;
    Object.assign(config, { pool: pool.name, poolRunner: pool });
  }
}

function isolate({ projects }: Vitest, isolated: boolean): void {
  for (const { config } of projects) config.isolate = isolated;
}
