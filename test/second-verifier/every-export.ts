import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { askBoth, disagreements, findPython } from './two-verifiers.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where `keep-exports.ts` writes what tests export. */
    keptExports: string;
  }
}

/**
 * When all tests have run, both verifiers read everything that any of them has exported, and have to agree. The run fails
 * if they do not.
 */
export default function setup(project: TestProject): () => Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-exports-'));
  project.provide('keptExports', folder);
  return async () => {
    const exports = readdirSync(folder)
      .filter((name) => name.endsWith('.pub'))
      .map((key) => {
        const file = join(folder, key.replace(/pub$/, 'sluice'));
        return { file, keys: [join(folder, key)], what: 'an export of some test' };
      });
    if (exports.length > 0) await compare(exports);
    rmSync(folder, { recursive: true });
  };
}

async function compare(exports: Parameters<typeof askBoth>[1]): Promise<void> {
  const found = await findPython();
  if ('missing' in found) {
    process.stdout.write(`Not tested here: every export, with the second verifier: ${found.missing}\n\n`);
    return;
  }
  const differ = disagreements(await askBoth(found.python, exports));
  if (differ.length > 0)
    throw new Error(`the two verifiers do not agree about what tests have exported:\n${differ.join('\n')}`);
  process.stdout.write(`Exports that both verifiers agree about: ${exports.length}\n\n`);
}
