import { Argument, type Command } from 'commander';
import type { KeyKind } from '../keys.ts';
import type { Terminal } from '../terminal.ts';
import { placeOf, type StoreOptions, withStoreOptions } from './store-options.ts';

type Flags = StoreOptions & { readonly dryRun?: true; readonly json?: true };

const KINDS: readonly KeyKind[] = ['signing', 'payload'];

/** Commands for the keys in a relay's data folder. They work beside the relay, and while it is stopped. */
export function keyCommands(program: Command, terminal: Terminal): void {
  const keys = program
    .command('keys')
    .description('the keys that sign the record, and that its payloads are under');

  withStoreOptions(
    keys
      .command('list', { isDefault: true })
      .description('list the keys: which sign, which may be removed')
      .option('--json', 'one object a line'),
  ).action(async (options: Flags) => {
    const { listKeysCommand } = await import('../keys.ts');
    await listKeysCommand(await placeOf(options), { json: options.json === true }, terminal);
  });

  withStoreOptions(
    keys
      .command('rotate')
      .description('put a new key above the others, for the relay to take up at its next start')
      .addArgument(new Argument('<which>').choices(KINDS))
      .option('--dry-run', 'say what would be done, and change nothing')
      .option('--json', 'one object'),
  ).action(async (kind: KeyKind, options: Flags) => {
    const { rotateKeyCommand } = await import('../keys.ts');
    const how = { kind, dryRun: options.dryRun === true, json: options.json === true };
    await rotateKeyCommand(await placeOf(options), how, terminal.print);
  });

  withStoreOptions(
    keys
      .command('retire')
      .description('remove the old keys that nothing needs any more')
      .addArgument(new Argument('[which]', 'by default both').choices(KINDS))
      .option('--dry-run', 'say what would be removed, and remove nothing')
      .option('--json', 'one object'),
  ).action(async (kind: KeyKind | undefined, options: Flags) => {
    const { retireKeysCommand } = await import('../keys.ts');
    const kinds = kind === undefined ? KINDS : [kind];
    const how = { kinds, dryRun: options.dryRun === true, json: options.json === true };
    await retireKeysCommand(await placeOf(options), how, terminal.print);
  });
}
