import { createWriteStream, renameSync, rmSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SessionId } from '../../session/index.ts';
import type { Terminal } from '../terminal.ts';
import { progressOn } from '../progress.ts';
import { momentOf } from './record-keeping.ts';
import {
  asksRelay,
  clientOf,
  type RelayOptions,
  withEitherOptions,
  withRelayOptions,
} from './relay-options.ts';
import { placeOf, type StoreOptions, type StorePlace, withStoreOptions } from './store-options.ts';

export function recordCommands(program: Command, terminal: Terminal): void {
  const { print, paint, exit } = terminal;
  const sessions = program.command('sessions').description('read recorded sessions');

  withStoreOptions(
    sessions
      .command('list')
      .description('list sessions, newest first')
      .option('--person <id>', 'only those of one person: `issuer|subject`')
      .option('--limit <number>', 'the most sessions to list', wholeNumber, 50)
      .option('--json', 'one object a line'),
  ).action(async (options: StoreOptions & { person?: string; limit: number; json?: true }) => {
    const { person, limit, json } = options;
    const { readingStore } = await import('../open-record.ts');
    const { listSessionsCommand } = await import('../sessions.ts');
    await readingStore(await placeOf(options), (store) =>
      listSessionsCommand(
        store,
        { filter: { limit, ...(person === undefined ? {} : { person }) }, json: json === true },
        print,
        paint.printed,
      ),
    );
  });

  withStoreOptions(
    sessions
      .command('show')
      .description('show the events of a session')
      .argument('<session>', 'as shown in the list')
      .option('--json', 'one object a line'),
  ).action(async (session: string, options: StoreOptions & { json?: true }) => {
    const { readingStore } = await import('../open-record.ts');
    const { showSessionCommand } = await import('../sessions.ts');
    await readingStore(await placeOf(options), (store) =>
      showSessionCommand(store, { session, json: options.json === true }, print, paint.printed),
    );
  });

  withRelayOptions(
    sessions
      .command('search')
      .description('find events of all sessions, newest first; for auditors, and itself on the record')
      .argument('[words...]', 'that the SQL or the prompt has; the last may be the beginning of one')
      .option('--person <id>', 'who opened the session, or decided: `issuer|subject`')
      .option('--object <name>', 'that statements touched: DB.SCHEMA.TABLE')
      .option('--rule <name>', 'of the policy, that statements were decided by')
      .option('--since <time>', 'then or later', momentOf)
      .option('--before <time>', 'earlier than that', momentOf)
      .option('--limit <number>', 'the most to find', wholeNumber, 50)
      .option('--cursor <position>', 'go on where the last search ended', wholeNumber)
      .option('--json', 'one object a line'),
  ).action(async (words: string[], flags: SearchFlags) => {
    const { person, object, rule, since, before, limit, cursor, json } = flags;
    const { searchSessionsCommand } = await import('../search-sessions.ts');
    const text = words.length === 0 ? undefined : words.join(' ');
    const asked = { text, person, object, rule, since, before, cursor };
    const query = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
    await searchSessionsCommand(
      await clientOf(flags, 'decide'),
      { query, limit, json: json === true },
      print,
    );
  });

  withEitherOptions(
    program
      .command('export')
      .description('export a session as a file that can be verified offline, or events for a SIEM')
      .argument('[session]', 'required for --format sluice')
      .option('-o, --output <file>', 'default: standard output')
      .addOption(
        new Option('--format <format>', 'sluice proves itself, ocsf and otel are for a SIEM')
          .choices(['sluice', 'ocsf', 'otel'])
          .default('sluice'),
      )
      .option('--checkpoint <file...>', 'kept checkpoints that the file is to show its log to go on from', [])
      .option('--after <position>', 'for ocsf and otel: only events after this position', wholeNumber),
  ).action(async (session: string | undefined, options: ExportOptions) => {
    const { format, after = -1 } = options;
    if (format === 'sluice') {
      if (session === undefined) program.error('which session? see `sluice sessions list`');
      if (options.after !== undefined) program.error('--after is for --format ocsf and otel');
      if (asksRelay(options)) {
        if (options.checkpoint.length > 0)
          program.error('--checkpoint reads a data folder: --data, or --config');
        const { exportThroughRelay } = await import('../export-through-relay.ts');
        const relay = await clientOf(options, 'decide');
        await toOutput(options.output, (output) => exportThroughRelay(relay, session, output));
        return;
      }
      const { exportFrom } = await import('../export-from.ts');
      const { readCheckpoint } = await import('../verify.ts');
      const kept = options.checkpoint.map(readCheckpoint);
      const place = await placeOf(options);
      const whole = await wholeIdIn(place, session);
      await toOutput(options.output, (output) => exportFrom(place, whole, output, terminal.note, kept));
      return;
    }
    if (asksRelay(options)) program.error('--format ocsf and otel read a data folder: --data, or --config');
    const { exportEventsCommand } = await import('../export.ts');
    const { readingStore } = await import('../open-record.ts');
    const place = await placeOf(options);
    const range = { after, ...(session === undefined ? {} : { session: await wholeIdIn(place, session) }) };
    await readingStore(place, (store) =>
      toOutput(options.output, (output) => exportEventsCommand(store, { format, range }, output)),
    );
  });

  acceptLossCommand(program, terminal);
  consistencyCommand(program, terminal);

  program
    .command('verify')
    .description('verify an export or a relay’s database offline, with nothing but public keys')
    .argument('[path]', 'an export or a database file; or use --config')
    .argument('[other]', 'another one, or a kept checkpoint: are they of the same log?')
    .option('--config <file>', 'verify the store that this configuration names')
    .requiredOption('--key <file...>', 'public keys (PEM); the newest that you have')
    .option('--checkpoint <file...>', 'checkpoints kept earlier', [])
    .option('--since <file>', 'read only what was recorded after this checkpoint, for a database')
    .option(
      '--most-unsigned <number>',
      'the most events of a store that no checkpoint covers yet',
      wholeNumber,
    )
    .option('--witness <key...>', 'witnesses (NAME+ID+BASE64) that must have cosigned', [])
    .option('--witnesses <number>', 'how many of them must have; by default all', wholeNumber)
    .option('--proof <file>', 'with two: what `sluice consistency` printed')
    .option(
      '--lists',
      'also compare what lists and searches of a store go by, and what lets statements run, with its log',
    )
    .option('--payload-keys <file>', 'also open every payload of a store with these keys')
    .option('--patience <seconds>', 'how long PostgreSQL may take for one answer; by default 60', wholeNumber)
    .option('--json', 'the report as JSON')
    .action(async (path: string | undefined, other: string | undefined, options: VerifyOptions) => {
      const { witness, witnesses, proof } = options;
      if (path !== undefined && other !== undefined) {
        const { compareCommand } = await import('../compare.ts');
        const asked = { one: path, other, keys: options.key, witnesses: witness, proof };
        exit(await compareCommand({ ...asked, json: options.json === true }, print));
        return;
      }
      const { config, key, checkpoint, since, mostUnsigned, payloadKeys, lists, patience, json } = options;
      if ((path === undefined) === (config === undefined)) {
        program.error('what is to be checked? name a file, or a configuration by --config');
      }
      const what = path ?? (await placeOf({ config: config! }));
      const [{ verifyCommand }, { keepHeapSmall }] = await Promise.all([
        import('../verify.ts'),
        import('../../recording/index.ts'),
      ]);
      keepHeapSmall();
      const onProgress = progressOn(process.stderr);
      const limits = {
        since,
        mostUnsigned,
        payloadKeys,
        lists,
        patienceMs: patience === undefined ? undefined : patience * 1_000,
        witnesses: witness,
        leastWitnesses: witnesses,
      };
      const asked = { what, keys: key, checkpoints: checkpoint, ...limits, onProgress };
      exit(await verifyCommand({ ...asked, json: json === true }, print, paint.printed));
    });
}

function consistencyCommand(program: Command, { print }: Terminal): void {
  withStoreOptions(
    program
      .command('consistency')
      .description('prove that the log went on from one checkpoint to another')
      .argument('<from>', 'the size of the smaller one, in events', wholeNumber)
      .argument('<to>', 'the size of the larger one', wholeNumber),
  ).action(async (from: number, to: number, options: StoreOptions) => {
    const { consistencyText } = await import('../compare.ts');
    const { readingStore } = await import('../open-record.ts');
    print(await readingStore(await placeOf(options), (store) => consistencyText(store, from, to)));
  });
}

function acceptLossCommand(program: Command, { print }: Terminal): void {
  withStoreOptions(
    program
      .command('accept-loss')
      .description('go on with a store that has lost the end of its log, and put that on the record')
      .requiredOption('--reason <text>', 'what happened, for whoever reads the record')
      .option('--json', 'as JSON'),
  ).action(async (options: StoreOptions & { reason: string; json?: true }) => {
    const { acceptLossIn } = await import('../accept-loss.ts');
    const { reason, json } = options;
    await acceptLossIn(await placeOf(options), { reason, json: json === true }, print);
  });
}

async function wholeIdIn(place: StorePlace, typed: string): Promise<SessionId> {
  const { readingStore } = await import('../open-record.ts');
  const { wholeSessionId } = await import('../sessions.ts');
  return await readingStore(place, async (store) => await wholeSessionId(store, typed));
}

interface SearchFlags extends RelayOptions {
  readonly person?: string;
  readonly object?: string;
  readonly rule?: string;
  readonly since?: string;
  readonly before?: string;
  readonly limit: number;
  readonly cursor?: number;
  readonly json?: true;
}

interface VerifyOptions {
  readonly witness: string[];
  readonly witnesses?: number;
  readonly proof?: string;
  readonly config?: string;
  readonly key: string[];
  readonly checkpoint: string[];
  readonly since?: string;
  readonly mostUnsigned?: number;
  readonly payloadKeys?: string;
  readonly lists?: true;
  readonly patience?: number;
  readonly json?: true;
}

interface ExportOptions extends StoreOptions, RelayOptions {
  readonly output?: string;
  readonly format: 'sluice' | 'ocsf' | 'otel';
  readonly checkpoint: readonly string[];
  readonly after?: number;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('it is a whole number.');
  return Number(text);
}

/** The exit code that shells report after Ctrl-C. */
const INTERRUPTED = 130;

/** Replaces the file only once the export is complete: a failed export leaves an older file as it was. */
async function toOutput(path: string | undefined, write: (output: Writable) => Promise<void>): Promise<void> {
  if (path === undefined) return write(process.stdout);
  const part = `${path}.part`;
  const { onStop } = await import('../stopping.ts');
  const stopping = onStop(() => {});
  stopping.signal.addEventListener('abort', () => {
    rmSync(part, { force: true });
    process.exit(INTERRUPTED);
  });
  const file = createWriteStream(part);
  try {
    await write(file);
    renameSync(part, path);
  } catch (error) {
    // It may not even have been opened.
    await finished(file.destroy()).catch(() => {});
    rmSync(part, { force: true });
    throw error;
  } finally {
    stopping.done();
  }
}
