import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { placeOf, type StoreOptions, withStoreOptions } from './store-options.ts';

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
      .requiredOption('--policy <file>', 'its `snowflake_tags` say what they are called here')
      .option('--json', 'the numbers as JSON'),
  ).action(async (file: string, options: StoreOptions & { policy: string; json?: true }) => {
    const { importTagsCommand } = await import('../import-tags.ts');
    const place = await placeOf(options);
    await importTagsCommand({ file, policy: options.policy, place, json: options.json === true }, print);
  });
}
