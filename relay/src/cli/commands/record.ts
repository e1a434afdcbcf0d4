import { createWriteStream, renameSync, rmSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RelayFiles } from '../../composition/files.ts';
import type { SessionId } from '../../session/index.ts';
import type { Terminal } from '../cli.ts';
import { filesOf, type StoreOptions, withStoreOptions } from './store-options.ts';

export function recordCommands(program: Command, { print, exit }: Terminal): void {
  const sessions = program.command('sessions').description('the record, session by session');

  withStoreOptions(
    sessions
      .command('list')
      .description('the newest first')
      .option('--person <id>', 'of one person: `issuer|subject`')
      .option('--limit <number>', 'at most so many', wholeNumber, 50)
      .option('--json', 'one object a line'),
  ).action(async (options: StoreOptions & { person?: string; limit: number; json?: true }) => {
    const { person, limit, json } = options;
    const { withRecord } = await import('../open-record.ts');
    const { listSessionsCommand } = await import('../sessions.ts');
    await withRecord(await filesOf(options), (database) =>
      listSessionsCommand(
        database,
        { filter: { limit, ...(person === undefined ? {} : { person }) }, json: json === true },
        print,
      ),
    );
  });

  withStoreOptions(
    sessions
      .command('show')
      .description('one session, event by event')
      .argument('<session>', 'as the list shows it')
      .option('--json', 'one object a line'),
  ).action(async (session: string, options: StoreOptions & { json?: true }) => {
    const { withRecord } = await import('../open-record.ts');
    const { showSessionCommand } = await import('../sessions.ts');
    await withRecord(await filesOf(options), (database) =>
      showSessionCommand(database, { session, json: options.json === true }, print),
    );
  });

  withStoreOptions(
    program
      .command('export')
      .description('a session as one file that proves itself, or events for a SIEM')
      .argument('[session]', 'needed unless --format says otherwise')
      .option('-o, --output <file>', 'by default standard output')
      .addOption(
        new Option('--format <format>', 'sluice proves itself, ocsf and otel are for a SIEM')
          .choices(['sluice', 'ocsf', 'otel'])
          .default('sluice'),
      )
      .option('--after <position>', 'for a SIEM: only what came after this position', wholeNumber),
  ).action(async (session: string | undefined, options: ExportOptions) => {
    const { format, after = -1 } = options;
    if (format === 'sluice') {
      if (session === undefined) program.error('which session? see `sluice sessions list`');
      if (options.after !== undefined) program.error('--after is for --format ocsf and otel');
      const { exportFrom } = await import('../export-from.ts');
      const files = await filesOf(options);
      const whole = await wholeIdIn(files, session);
      await toOutput(options.output, (output) => exportFrom(files, whole, output));
      return;
    }
    const { exportEventsCommand } = await import('../export.ts');
    const { withRecord } = await import('../open-record.ts');
    const files = await filesOf(options);
    const range = { after, ...(session === undefined ? {} : { session: await wholeIdIn(files, session) }) };
    await withRecord(files, (database) =>
      toOutput(options.output, (output) => exportEventsCommand(database, { format, range }, output)),
    );
  });

  program
    .command('verify')
    .description('check an export or a relay’s database, offline, with public keys alone')
    .argument('<path>')
    .requiredOption('--key <file...>', 'public keys (PEM); the newest that you have')
    .option('--checkpoint <file...>', 'checkpoints kept from earlier, for a database', [])
    .option('--json', 'the report as JSON')
    .action(async (path: string, options: { key: string[]; checkpoint: string[]; json?: true }) => {
      const { key, checkpoint, json } = options;
      const { verifyCommand } = await import('../verify.ts');
      exit(await verifyCommand({ path, keys: key, checkpoints: checkpoint, json: json === true }, print));
    });
}

async function wholeIdIn(files: RelayFiles, typed: string): Promise<SessionId> {
  const { withRecord } = await import('../open-record.ts');
  const { wholeSessionId } = await import('../sessions.ts');
  return await withRecord(files, async (database) => await wholeSessionId(database, typed));
}

interface ExportOptions extends StoreOptions {
  readonly output?: string;
  readonly format: 'sluice' | 'ocsf' | 'otel';
  readonly after?: number;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('it is a whole number.');
  return Number(text);
}

/** A file appears once it is whole: an export that fails leaves an older one as it was. */
async function toOutput(path: string | undefined, write: (output: Writable) => Promise<void>): Promise<void> {
  if (path === undefined) return write(process.stdout);
  const part = `${path}.part`;
  try {
    await write(createWriteStream(part));
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
