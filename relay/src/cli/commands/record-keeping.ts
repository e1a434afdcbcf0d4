import { type Command, InvalidArgumentError } from 'commander';
import type { HoldOrder } from '@sluice/contract';
import { SluiceError } from '../../errors.ts';
import type { Terminal } from '../terminal.ts';
import { clientOf, type RelayOptions, withRelayOptions } from './relay-options.ts';

/** Commands for those who look after the record. They ask a running relay, as whoever signs in. */
export function recordKeepingCommands(program: Command, terminal: Terminal): void {
  retentionCommands(program, terminal);
  holdCommands(program, terminal);
  checkpointCommands(program, terminal);
  deviceCommands(program, terminal);
}

type Json = RelayOptions & { readonly json?: true };

function retentionCommands(program: Command, terminal: Terminal): void {
  const retention = program.command('retention').description('remove what the rules no longer keep');

  withRelayOptions(
    retention
      .command('run')
      .description('apply the rules now, and follow it to its end')
      .option('--dry-run', 'say what would be removed, and remove nothing')
      .option('--reason <text>', 'why now; it stands on the record')
      .option(
        '--clock-is-right',
        'you have looked: the relay was off for so long, and nobody set the clock forward',
      )
      .option('--json', 'the run; with --dry-run, a line for each rule'),
  ).action(async (options: Json & { dryRun?: true; reason?: string; clockIsRight?: true }) => {
    const { reason, clockIsRight = false, dryRun } = options;
    const json = options.json === true;
    const { previewRetentionCommand, runRetentionCommand } = await import('../retention.ts');
    const relay = await clientOf(options, 'decide');
    if (dryRun === true) return await previewRetentionCommand(relay, { json }, terminal);
    if (reason === undefined)
      program.error('why now? give --reason, or --dry-run to see what would be removed');
    await runRetentionCommand(relay, { reason, clockIsRight, json }, terminal);
  });

  withRelayOptions(
    retention.command('status').description('the rules, and the newest run').option('--json', 'one object'),
  ).action(async (options: Json) => {
    const { retentionStatusCommand } = await import('../retention.ts');
    await retentionStatusCommand(
      await clientOf(options, 'decide'),
      { json: options.json === true },
      terminal.print,
    );
  });
}

interface HoldFlags extends RelayOptions {
  readonly person?: string;
  readonly since?: string;
  readonly before?: string;
  readonly reason: string;
  readonly dryRun?: true;
  readonly json?: true;
}

function holdCommands(program: Command, terminal: Terminal): void {
  const hold = program.command('hold').description('keep sessions from retention (legal hold)');
  const changes = [
    { name: 'set', held: true, description: 'place sessions under legal hold: those on the record now' },
    { name: 'release', held: false, description: 'release sessions from legal hold' },
  ];
  for (const { name, held, description } of changes) {
    withRelayOptions(
      hold
        .command(name)
        .description(description)
        .argument('[session...]', 'whole ids; or use --person, or --since and --before')
        .option('--person <id>', 'all that this person opened: `issuer|subject`')
        .option('--since <time>', 'opened then or later', momentOf)
        .option('--before <time>', 'opened earlier than that', momentOf)
        .requiredOption('--reason <text>', 'it stands on the record')
        .option('--dry-run', 'say how many sessions it would be, and change nothing')
        .option('--json', 'one object'),
    ).action(async (sessions: string[], flags: HoldFlags) => {
      const { changeHoldsCommand } = await import('../holds.ts');
      const order = {
        of: sessionsMeant(sessions, flags),
        reason: flags.reason,
        dryRun: flags.dryRun === true,
      };
      await changeHoldsCommand(
        await clientOf(flags, 'decide'),
        { order, held, json: flags.json === true },
        terminal.print,
      );
    });
  }

  withRelayOptions(
    hold
      .command('list')
      .description('list the sessions under legal hold')
      .option('--json', 'one object a line'),
  ).action(async (options: Json) => {
    const { listHoldsCommand } = await import('../holds.ts');
    await listHoldsCommand(
      await clientOf(options, 'decide'),
      { json: options.json === true },
      terminal.print,
    );
  });
}

function sessionsMeant(sessions: readonly string[], { person, since, before }: HoldFlags): HoldOrder['of'] {
  const opened = { ...(since === undefined ? {} : { since }), ...(before === undefined ? {} : { before }) };
  if (sessions.length > 0 && person === undefined && since === undefined && before === undefined) {
    return { sessions: [...sessions] };
  }
  if (sessions.length === 0 && person !== undefined) return { person, ...opened };
  if (sessions.length === 0 && since !== undefined && before !== undefined) return { since, before };
  throw new SluiceError('config_invalid', 'which sessions are meant?', {
    advice: 'name sessions, or a person with or without --since and --before, or both of these alone',
  });
}

function checkpointCommands(program: Command, terminal: Terminal): void {
  const checkpoint = program.command('checkpoint').description('what the relay has signed of its record');

  withRelayOptions(
    checkpoint
      .command('take')
      .description('sign everything on the record so far, and print the note to keep elsewhere')
      .option('--json', 'one object'),
  ).action(async (options: Json) => {
    const { takeCheckpointCommand } = await import('../checkpoints.ts');
    await takeCheckpointCommand(
      await clientOf(options, 'decide'),
      { json: options.json === true },
      terminal.print,
    );
  });

  withRelayOptions(
    checkpoint
      .command('show')
      .description('print a checkpoint: the newest, or the one over so many events')
      .argument('[size]', 'how many events', wholeNumber)
      .option('--json', 'one object'),
  ).action(async (size: number | undefined, options: Json) => {
    const { showCheckpointCommand } = await import('../checkpoints.ts');
    await showCheckpointCommand(
      await clientOf(options, 'run'),
      { size: size ?? null, json: options.json === true },
      terminal.print,
    );
  });

  withRelayOptions(
    checkpoint
      .command('list')
      .description('list checkpoints, newest first')
      .option('--limit <number>', 'the most to list', wholeNumber, 50)
      .option('--below <size>', 'only those over fewer events', wholeNumber)
      .option('--json', 'one object a line'),
  ).action(async (options: Json & { limit: number; below?: number }) => {
    const { listCheckpointsCommand } = await import('../checkpoints.ts');
    const { limit, below = null, json } = options;
    await listCheckpointsCommand(
      await clientOf(options, 'run'),
      { limit, below, json: json === true },
      terminal,
    );
  });
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('it is a whole number of at least 1.');
  return Number(text);
}

export function momentOf(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('it is a time, as 2026-03-01T14:00:00Z.');
  return new Date(at).toISOString();
}

function deviceCommands(program: Command, { print }: Terminal): void {
  const devices = program.command('devices').description('the devices that decisions are signed on');

  withRelayOptions(
    devices
      .command('repair')
      .description('declare on the record that enrolments which an earlier fault let in do not count')
      .requiredOption('--reason <text>', 'it stands on the record')
      .option('--dry-run', 'say which enrolments they are, and declare nothing')
      .option('--json', 'one object'),
  ).action(async (options: Json & { reason: string; dryRun?: true }) => {
    const { repairEnrolmentsCommand } = await import('../repair-enrolments.ts');
    const { reason, dryRun, json } = options;
    const order = { reason, dryRun: dryRun === true, json: json === true };
    await repairEnrolmentsCommand(await clientOf(options, 'decide'), order, print);
  });
}
