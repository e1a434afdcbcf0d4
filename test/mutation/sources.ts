import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import type { MutatedFolder } from './folders.ts';

/** Each file that is mutated or that tests, with the hash of what was in it. */
export type Sources = Readonly<Record<string, string>>;

/** What a run of the folder would begin with, as it stands. */
export function sourcesOf({ mutate, tests }: MutatedFolder): Sources {
  const files = [...found(mutate), ...found(tests)].sort();
  return Object.fromEntries(files.map((file) => [file, hashOf(readFileSync(file))]));
}

/** Those that came, went or changed between the two. */
export function changedBetween(before: Sources, after: Sources): readonly string[] {
  const all = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...all].filter((file) => before[file] !== after[file]).sort();
}

function found(globs: readonly string[]): readonly string[] {
  const wanted = globs.filter((glob) => !glob.startsWith('!'));
  const left = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  return globSync([...wanted], { exclude: left });
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
