import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { placeOf, type StoreOptions, withStoreOptions } from './store-options.ts';

export function tagCommands(program: Command, { print }: Terminal): void {
  withStoreOptions(
    program
      .command('tags')
      .description('manage tags on columns')
      .command('import')
      .description(
        'import Snowflake’s tags from an export of TAG_REFERENCES; effective after the relay’s next start',
      )
      .argument('<file>', 'CSV with a header line, or a JSON array')
      .requiredOption('--policy <file>', 'the policy, whose `snowflake_tags` map their names')
      .option('--json', 'the numbers as JSON'),
  ).action(async (file: string, options: StoreOptions & { policy: string; json?: true }) => {
    const { importTagsCommand } = await import('../import-tags.ts');
    const place = await placeOf(options);
    await importTagsCommand({ file, policy: options.policy, place, json: options.json === true }, print);
  });
}
