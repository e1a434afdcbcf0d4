import { createWriteStream } from 'node:fs';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { migrations } from '../../main.ts';
import {
  currentFirst,
  openRecorder,
  payloadReader,
  signersFromFile,
  vaultFromFile,
} from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import { openDatabase, openToRead } from '../../store/index.ts';
import type { Terminal } from '../cli.ts';
import { exportCommand, exportEventsCommand } from '../export.ts';
import { listSessionsCommand, showSessionCommand } from '../sessions.ts';
import { verifyCommand } from '../verify.ts';
import { filesOf, type StoreOptions, withStoreOptions } from './store-options.ts';

export function recordCommands(program: Command, { print, exit }: Terminal): void {
  const sessions = program.command('sessions').description('the record, session by session');

  withStoreOptions(
    sessions
      .command('list')
      .description('the newest first')
      .option('--person <id>', 'of one person: `issuer|subject`')
      .option('--limit <number>', 'at most so many', Number, 50)
      .option('--json', 'one object a line'),
  ).action(async (options: StoreOptions & { person?: string; limit: number; json?: true }) => {
    const { person, limit, json } = options;
    await withRecord(options, (database) =>
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
      .argument('<session>')
      .option('--json', 'one object a line'),
  ).action(async (session: string, options: StoreOptions & { json?: true }) => {
    await withRecord(options, (database) =>
      showSessionCommand(database, { session: session as SessionId, json: options.json === true }, print),
    );
  });

  withStoreOptions(
    program
      .command('export')
      .description('a session as one file that proves itself, or events for a SIEM')
      .argument('[session]', 'needed unless --format says otherwise')
      .option('-o, --output <file>', 'by default standard output')
      .option('--format <format>', 'sluice, ocsf or otel', 'sluice'),
  ).action(
    async (session: string | undefined, options: StoreOptions & { output?: string; format: string }) => {
      const output = options.output === undefined ? process.stdout : createWriteStream(options.output);
      const { format } = options;
      if (format === 'ocsf' || format === 'otel') {
        const range = { after: -1, ...(session === undefined ? {} : { session: session as SessionId }) };
        await withRecord(options, (database) => exportEventsCommand(database, { format, range }, output));
        return;
      }
      if (session === undefined) program.error('which session? see `sluice sessions list`');
      await exportSession(options, session as SessionId, output);
    },
  );

  program
    .command('verify')
    .description('check an export or a relay’s database, offline, with public keys alone')
    .argument('<path>')
    .option('--key <file...>', 'public keys (PEM); several after a rotation', [])
    .option('--checkpoint <file...>', 'checkpoints kept from earlier, for a database', [])
    .option('--json', 'the report as JSON')
    .action(async (path: string, options: { key: string[]; checkpoint: string[]; json?: true }) => {
      const { key, checkpoint, json } = options;
      exit(await verifyCommand({ path, keys: key, checkpoints: checkpoint, json: json === true }, print));
    });
}

async function withRecord(
  options: StoreOptions,
  work: (database: ReturnType<typeof openToRead>) => Promise<void>,
): Promise<void> {
  const database = openToRead(filesOf(options).database);
  try {
    await work(database);
  } finally {
    await database.destroy();
  }
}

/** Signs a checkpoint of its own first, so that the file proves the session up to its last event. */
async function exportSession(
  options: StoreOptions,
  session: SessionId,
  output: NodeJS.WritableStream,
): Promise<void> {
  const files = filesOf(options);
  const database = await openDatabase({ path: files.database, migrations });
  const vault = vaultFromFile(files.payloadKey, { create: false });
  // A new key in the file is for the relay to take up, at its next start.
  const signers = await currentFirst(database, signersFromFile(files.signingKey, { create: false }));
  const recorder = await openRecorder({
    database,
    now: Date.now,
    random: randomBytes,
    newId: () => randomUUID(),
    vault,
    signers,
    checkpointEvery: { seconds: 3_600, events: 1_000_000 },
    onCheckpointFailed: () => {},
  });
  try {
    const payloads = payloadReader({ database, vault });
    await exportCommand({ database, payloads, recorder, signer: signers[0] }, session, output as never);
  } finally {
    await recorder.close();
    await database.destroy();
  }
}
