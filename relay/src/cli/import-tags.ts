import { readFileSync } from 'node:fs';
import { importRows, openClassification, parseRows } from '../classification/index.ts';
import { migrations } from '../composition/migrations.ts';
import { SluiceError } from '../errors.ts';
import { loadPolicy } from '../policy/index.ts';
import { formatProblem } from '../yaml/index.ts';
import { openDatabase } from '../store/index.ts';

/** `sluice tags import`: takes over the tags that Snowflake has. */
export async function importTagsCommand(
  {
    file,
    policy,
    database: path,
  }: { readonly file: string; readonly policy: string; readonly database: string },
  print: (text: string) => void,
): Promise<void> {
  const loaded = loadPolicy(readFileSync(policy, 'utf8'));
  if (loaded.problems !== undefined) {
    const problems = loaded.problems.map((problem) => formatProblem(policy, problem));
    throw new SluiceError('policy_invalid', problems.join('\n'));
  }
  const { tagged, unmapped, notColumns } = importRows(parseRows(readFileSync(file, 'utf8')), loaded.policy);
  const database = await openDatabase({ path, migrations });
  try {
    await (await openClassification(database)).add(tagged);
  } finally {
    await database.destroy();
  }
  print(
    `${tagged.length} tags on columns; ${unmapped} columns without a mapping, ${notColumns} rows not of columns`,
  );
}
