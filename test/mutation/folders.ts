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
  `!relay/src/${folder}/**/*testing*/**`,
  `!relay/src/${folder}/**/*testing.ts`,
];

export const folders: Readonly<Record<string, MutatedFolder>> = {
  gate: {
    mutate: [...sources('gate'), 'relay/src/gate.ts'],
    // Without PostgreSQL and threads.
    tests: ['relay/src/gate.test.ts', 'relay/src/gate/**/!(decided-by|masked-on-threads).test.ts'],
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
  // In rooms, each with the tests that answer for it: those of one say little of another, and some take long.
  'listeners/snowflake': {
    mutate: sources('listeners/snowflake'),
    tests: [
      'relay/src/listeners/snowflake/*.test.ts',
      'test/drivers/malformed.test.ts',
      'test/drivers/wire*.test.ts',
    ],
  },
  'listeners/sql-api': {
    mutate: sources('listeners/sql-api'),
    tests: ['relay/src/listeners/sql-api/*.test.ts'],
  },
  'listeners/oauth': {
    mutate: sources('listeners/oauth'),
    tests: ['relay/src/listeners/oauth/*.test.ts'],
  },
  'listeners/attempts': {
    mutate: sources('listeners/attempts'),
    tests: ['relay/src/listeners/attempts/*.test.ts'],
  },
  'listeners/statements': {
    mutate: sources('listeners/statements'),
    tests: ['relay/src/listeners/statements/*.test.ts'],
  },
  'listeners/mcp': { mutate: sources('listeners/mcp'), tests: ['test/mcp/{tools,catalog-tools}.test.ts'] },
  'listeners/api': {
    mutate: [...sources('listeners/api'), '!relay/src/listeners/api/live/**'],
    tests: ['relay/src/listeners/api/*.test.ts'],
  },
  'listeners/live': {
    mutate: sources('listeners/api/live'),
    tests: ['relay/src/listeners/api/live/*.test.ts'],
  },
  'listeners/people': {
    mutate: sources('listeners/people'),
    tests: ['relay/src/listeners/people/*.test.ts'],
  },
  'listeners/policy': {
    mutate: sources('listeners/policy'),
    tests: ['relay/src/listeners/policy/*.test.ts'],
  },
  'listeners/figures': {
    mutate: ['overview', 'metrics'].flatMap((room) => sources(`listeners/${room}`)),
    tests: ['relay/src/listeners/{overview,metrics}/*.test.ts'],
  },
  'listeners/console': {
    mutate: sources('listeners/console'),
    tests: ['relay/src/listeners/console/*.test.ts'],
  },
  // Around every route: who comes in, who they are, and what they may.
  'listeners/entry': {
    mutate: [
      ...['door', 'health', 'router', 'saml'].flatMap((room) => sources(`listeners/${room}`)),
      'relay/src/listeners/authority.ts',
    ],
    tests: [
      'relay/src/listeners/authority.test.ts',
      'relay/src/listeners/{door,health,router,saml}/*.test.ts',
    ],
  },
};

/** Where Stryker writes what became of each mutant. */
export function reportOf(name: string): string {
  return `reports/mutation/${fileName(name)}.json`;
}

/** What Stryker knows from the last run: only what changed since is run again. */
export function incrementalOf(name: string): string {
  return `reports/mutation/${fileName(name)}-incremental.json`;
}

function fileName(name: string): string {
  return name.replaceAll('/', '-');
}
