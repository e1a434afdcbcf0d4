import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { importRows, openClassification, parseRows } from '../../classification/index.ts';
import { SluiceError } from '../../errors.ts';
import { migrations } from '../../composition/migrations.ts';
import { loadPolicy } from '../../policy/index.ts';
import { formatProblem } from '../../yaml/index.ts';
import { openDatabase } from '../../store/index.ts';
import type { Terminal } from '../cli.ts';
import { filesOf, type StoreOptions, withStoreOptions } from './store-options.ts';

export function tagCommands(program: Command, { print }: Terminal): void {
  withStoreOptions(
    program
      .command('tags')
      .description('tags on columns')
      .command('import')
      .description(
        'take over Snowflake’s, from an export of TAG_REFERENCES; in force from the relay’s next start',
      )
      .argument('<file>', 'CSV with a header line, or a JSON array')
      .requiredOption('--policy <file>', 'its `snowflake_tags` say what they are called here'),
  ).action(async (file: string, options: StoreOptions & { policy: string }) => {
    const loaded = loadPolicy(readFileSync(options.policy, 'utf8'));
    if (loaded.problems !== undefined) {
      const problems = loaded.problems.map((problem) => formatProblem(options.policy, problem));
      throw new SluiceError('policy_invalid', problems.join('\n'));
    }
    const { tagged, unmapped, notColumns } = importRows(parseRows(readFileSync(file, 'utf8')), loaded.policy);
    const database = await openDatabase({ path: filesOf(options).database, migrations });
    try {
      await (await openClassification(database)).add(tagged);
    } finally {
      await database.destroy();
    }
    print(
      `${tagged.length} tags on columns; ${unmapped} columns without a mapping, ${notColumns} rows not of columns`,
    );
  });
}
