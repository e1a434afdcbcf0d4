import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { thirdParties } from './bin/third-parties.ts';

const others = thirdParties('The console of Sluice');

/** The pages are served by the relay, at `/console`; compressed here once, and not for each request. */
export default defineConfig({
  base: '/console/',
  plugins: [react(), others.plugin, others.written, compressed()],
  worker: { format: 'es', plugins: () => [others.plugin] },
  build: {
    // Those that have had `Array.prototype.toSorted`, `popover` and `:has()` for years.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    modulePreload: { polyfill: false },
    // A `data:` address of a script or style is what the pages' policy refuses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What checks answers is told to make no code of texts before anything is declared with it: pages that share code
        // share a file, which would be run before `main.tsx`.
        codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|src\/no-eval\.ts$/ }] },
      },
    },
  },
});

function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      for (const name of Object.keys(bundle)) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        const path = join(dir, name);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(bytes));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
      const bytes = firstPage(dir);
      if (bytes <= BUDGET) return;
      // Without it the next build is not taken for one.
      rmSync(join(dir, 'index.html'));
      this.error(
        `the first page is ${bytes} bytes compressed, of ${BUDGET} at most: load what it does not need later`,
      );
    },
  };
}

/** Of everything that is there before somebody reads the first page, compressed, in bytes. */
const BUDGET = 200_000;

function firstPage(dir: string): number {
  const page = readFileSync(join(dir, 'index.html'), 'utf8');
  const files = [...page.matchAll(/(?:src|href)="\/console\/(assets\/[^"]+)"/g)].map(
    ([, file]) => `${file}.br`,
  );
  return ['index.html.br', ...files].reduce((sum, file) => sum + statSync(join(dir, file)).size, 0);
}
