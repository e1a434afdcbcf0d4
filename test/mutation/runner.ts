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
 * is most of a mutant's time. Here one worker stays, and its verdict is only taken where it cannot come from what an
 * earlier mutant left behind in it: a test that failed passes, in the same worker, without the mutant. Whatever
 * else came out (it survived, ran on without end, broke outside of a test) is run again in a new worker.
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
      const result = options.reloadEnvironment ? undefined : await runner.mutantRun(options);
      const killedBy = result !== undefined && 'killedBy' in result ? [result.killedBy].flat() : [];
      if (result !== undefined && killedBy.length > 0 && (await passWithout(runner, options, killedBy)))
        return result;
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
