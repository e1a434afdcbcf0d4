import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { RecordedDay } from './record-a-day.ts';
import type { Verified } from './two-verifiers.ts';

export interface CorpusOptions {
  readonly seed: number;
  /** Tampered copies of each export. */
  readonly count: number;
  /** What a relay has exported, to be tampered with beside what is synthetic. */
  readonly day?: RecordedDay;
}

/** Runs `corpus.py`: writes synthetic exports, and tampered ones, to `folder`. */
export async function writeCorpus(
  python: string,
  folder: string,
  { seed, count, day }: CorpusOptions,
): Promise<readonly Verified[]> {
  const program = fileURLToPath(new URL('corpus.py', import.meta.url));
  const numbers = ['--seed', String(seed), '--count', String(count)];
  const recorded = day === undefined ? [] : [...day.exports, '--private-keys', day.privateKeys];
  await promisify(execFile)(python, [program, folder, ...recorded, ...numbers]);
  const list = await readFile(join(folder, 'list.ndjson'), 'utf8');
  return list
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Verified);
}
