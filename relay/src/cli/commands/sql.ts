import type { Command } from 'commander';
import type { Terminal } from '../cli.ts';
import { clientOf, type RelayOptions, withRelayOptions } from './relay-options.ts';

export function sqlCommands(program: Command, { print, exit }: Terminal): void {
  withRelayOptions(
    program
      .command('sql')
      .description('run one statement through a relay, and wait when people must decide')
      .argument('<statement>')
      .option('--json', 'rows as JSON, one object a line'),
  ).action(async (sql: string, options: RelayOptions & { json?: true }) => {
    const { runSql } = await import('../run-sql.ts');
    exit(await runSql(await clientOf(options, 'run'), { sql, json: options.json === true }, print));
  });
}
