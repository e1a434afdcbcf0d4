import { defineConfig } from 'vitest/config';
import { notTestedHere } from './test/support/not-tested-here.ts';

export default defineConfig({
  test: {
    include: [
      '{contract,snowflake-sql,record-proof,sign-in,agent-hook,relay,demo,console,desktop-approver,extension,test,bench}/**/*.test.ts',
    ],
    globalSetup: ['test/second-verifier/every-export.ts'],
    setupFiles: ['test/second-verifier/keep-exports.ts'],
    reporters: ['default', notTestedHere()],
    // Many tests wait for processes and sockets: with a core left free, as is the default, one of two would idle.
    maxWorkers: '100%',
    // How long is waited for what must come, on a machine that is busy with other things: no test waits for it to pass.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // What did not come in time is waited for once more, and named at the end. What came and was wrong is not.
    retry: {
      count: 1,
      condition: /^(locator|page|browser)[.\w]*: Timeout \d+ms exceeded|timed out in \d+ms/,
    },
    coverage: {
      // What the relay's processes do in whole-relay tests is not counted: only what runs in the tests' own.
      include: ['{contract,snowflake-sql,relay,demo}/**/*.ts'],
      exclude: ['**/*.test.ts', '**/testing/**', '**/testing.ts'],
      reporter: ['text-summary', 'html', 'lcov'],
      reportsDirectory: 'coverage',
    },
    expect: { poll: { timeout: 30_000 } },
  },
});
