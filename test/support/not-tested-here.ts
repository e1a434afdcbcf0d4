import type { Reporter, TestCase } from 'vitest/node';

/** Says at the very end of a run what was left out or tried again, and why, so that nobody takes a green run for more than it is. */
export function notTestedHere(): Reporter {
  let filtered = false;
  return {
    onInit({ config }) {
      filtered = config.testNamePattern !== undefined;
    },
    onTestRunEnd(modules) {
      const tests = modules.flatMap((module) => [...module.children.allTests()]);
      const drivers = tests.flatMap((test) => test.annotations()).filter(({ type }) => type === 'driver');
      const left = new Set(tests.flatMap((test) => reasonOf(test, filtered)));
      const lines = [
        ...(drivers.length === 0
          ? []
          : [`Drivers tested: ${drivers.map(({ message }) => message).join(', ')}`]),
        ...[...left].map((reason) => `Not tested here: ${reason}`),
        ...tests
          .filter((test) => test.diagnostic()?.flaky)
          .map(
            (test) =>
              `Came in time only when it was tried again: ${test.module.relativeModuleId}: ${test.fullName}`,
          ),
      ];
      if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n\n`);
    },
  };
}

/** One line for all tests of a group that are left out for the same reason. */
function reasonOf(test: TestCase, filtered: boolean): readonly string[] {
  const result = test.result();
  if (result.state !== 'skipped' || test.options.mode === 'todo') return [];
  // What was not asked for.
  if (filtered && result.note === undefined) return [];
  const group = test.parent.type === 'suite' ? test.parent.fullName : test.name;
  return [
    result.note === undefined ? `${test.module.relativeModuleId}: ${group}` : `${group}: ${result.note}`,
  ];
}
