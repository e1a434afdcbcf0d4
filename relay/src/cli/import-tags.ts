import { readFileSync } from 'node:fs';
import { importRows, openClassification, parseRows } from '../classification/index.ts';
import { SluiceError } from '../errors.ts';
import { loadPolicy } from '../policy/index.ts';
import { formatProblem } from '../yaml/index.ts';
import { jsonLine } from './terminal-text.ts';
import type { StorePlace } from './commands/store-options.ts';
import { writingStore } from './open-record.ts';

/** `sluice tags import`: imports the tags from Snowflake. */
export async function importTagsCommand(
  { file, policy, place, json }: ImportTagsArguments,
  print: (text: string) => void,
): Promise<void> {
  const loaded = loadPolicy(readFileSync(policy, 'utf8'));
  if (loaded.problems !== undefined) {
    const problems = loaded.problems.map((problem) => formatProblem(policy, problem));
    throw new SluiceError('policy_invalid', problems.join('\n'));
  }
  const { tagged, unmapped, notColumns } = importRows(parseRows(readFileSync(file, 'utf8')), loaded.policy);
  await writingStore(place, async (store) => {
    const { add } = await openClassification(store);
    await store.transaction((tx) => add(tx, tagged));
  });
  if (json) return print(jsonLine({ tags: tagged.length, unmapped, notColumns }));
  print(
    `${tagged.length} tags on columns; ${unmapped} columns without a mapping, ${notColumns} rows not of columns`,
  );
}

export interface ImportTagsArguments {
  readonly file: string;
  readonly policy: string;
  readonly place: StorePlace;
  readonly json: boolean;
}
