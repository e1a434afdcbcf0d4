import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = new URL('../../', import.meta.url);
const inRoot = (path: string) => fileURLToPath(new URL(path, root));

/** Tests as they run in Stryker's copy of the repository. */
export default defineConfig({
  root: inRoot('.'),
  test: {
    include: ['{contract,snowflake-sql,relay,demo,test}/**/*.test.ts'],
    // Nobody reads it: Stryker asks for what became of the tests.
    reporters: [{}],
    setupFiles: [inRoot('test/mutation/setup.ts')],
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
  resolve: {
    // The copy's node_modules leads to the real folders, where nothing is mutated.
    alias: ['contract', 'snowflake-sql', 'relay', 'demo'].flatMap(sourcesOf),
  },
});

/** What a workspace exports, by name. */
function sourcesOf(workspace: string) {
  const { name, exports } = JSON.parse(readFileSync(inRoot(`${workspace}/package.json`), 'utf8')) as {
    readonly name: string;
    readonly exports: Readonly<Record<string, string>>;
  };
  return Object.entries(exports).map(([entry, source]) => ({
    find: new RegExp(`^${RegExp.escape(name + entry.slice(1))}$`),
    replacement: inRoot(`${workspace}/${source.slice(2)}`),
  }));
}
