import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = new URL('../../', import.meta.url);
const inRoot = (path: string) => fileURLToPath(new URL(path, root));

/** Tests as they run in Stryker's copy of the repository. */
export default defineConfig({
  root: inRoot('.'),
  test: {
    include: ['{contract,snowflake-sql,relay,demo,test}/**/*.test.ts'],
    setupFiles: [inRoot('test/mutation/setup.ts')],
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
  resolve: {
    // The copy's node_modules leads to the real folders, where nothing is mutated.
    alias: [
      { find: /^@sluice\/relay\//, replacement: inRoot('relay/src/') },
      { find: /^@sluice\/demo$/, replacement: inRoot('demo/src/index.ts') },
      { find: /^@sluice\/demo\/shop$/, replacement: inRoot('demo/src/shop.ts') },
      { find: /^@sluice\/snowflake-sql$/, replacement: inRoot('snowflake-sql/src/index.ts') },
      { find: /^@sluice\/contract$/, replacement: inRoot('contract/src/index.ts') },
    ],
  },
});
