import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { clientOf, type RelayOptions, withRelayOptions } from './relay-options.ts';

export function catalogCommands(program: Command, { print, paint }: Terminal): void {
  withRelayOptions(
    program
      .command('catalog')
      .description('list what is in the warehouse; for a table, its columns with tags and masks')
      .argument('[name]', 'DATABASE, DATABASE.SCHEMA or DATABASE.SCHEMA.TABLE, as in SQL')
      .option('--json', 'one object a line'),
  ).action(async (name: string | undefined, options: RelayOptions & { json?: true }) => {
    const { catalogCommand } = await import('../catalog.ts');
    const relay = await clientOf(options, 'run');
    await catalogCommand(relay, { name: name ?? null, json: options.json === true }, print, paint.printed);
  });
}
