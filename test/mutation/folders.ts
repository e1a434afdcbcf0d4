/** A folder of the security path, and the tests that answer for it. */
export interface MutatedFolder {
  /** Globs of the files to mutate; `!` before what is left out. */
  readonly mutate: readonly string[];
  /** Globs of the test files: the fast ones. What needs a whole relay and a driver is not among them. */
  readonly tests: readonly string[];
}

const sources = (folder: string): readonly string[] => [
  `relay/src/${folder}/**/*.ts`,
  `!relay/src/${folder}/**/*.test.ts`,
  `!relay/src/${folder}/**/index.ts`,
  `!relay/src/${folder}/**/*testing*/**`,
  `!relay/src/${folder}/**/*testing.ts`,
];

export const folders: Readonly<Record<string, MutatedFolder>> = {
  gate: {
    mutate: [...sources('gate'), 'relay/src/gate.ts'],
    tests: ['relay/src/gate.test.ts', 'relay/src/gate/**/*.test.ts'],
  },
  policy: {
    // Fixtures of its tests, and what JSON schemas are made of.
    mutate: [...sources('policy'), '!relay/src/policy/statement-fixtures.ts'],
    tests: ['relay/src/policy/**/*.test.ts'],
  },
  masking: { mutate: sources('masking'), tests: ['relay/src/masking/**/*.test.ts'] },
  approval: {
    mutate: sources('approval'), // Without its random machines, which take ten seconds each.
    tests: ['relay/src/approval/**/!(state-machine|people-machine|grants-model).test.ts'],
  },
  identity: {
    mutate: sources('identity'),
    tests: ['relay/src/identity/**/*.test.ts'],
  },
  listeners: {
    mutate: sources('listeners'),
    tests: [
      'relay/src/listeners/**/*.test.ts',
      'test/authorization/*.test.ts',
      'test/drivers/malformed.test.ts',
      'test/drivers/wire*.test.ts',
    ],
  },
};

/** Where Stryker writes what became of each mutant. */
export function reportOf(name: string): string {
  return `reports/mutation/${name}.json`;
}

/** What Stryker knows from the last run: only what changed since is run again. */
export function incrementalOf(name: string): string {
  return `reports/mutation/${name}-incremental.json`;
}
