import { type Command, InvalidArgumentError } from 'commander';
import type { Terminal } from '../terminal.ts';
import { clientOf, type RelayOptions, withRelayOptions } from './relay-options.ts';

export function approvalCommands(program: Command, terminal: Terminal): void {
  const { print, paint } = terminal;
  withRelayOptions(
    program
      .command('pending')
      .description('list the requests that wait for a decision; with an id, show one in full')
      .argument('[id]', 'as shown in the list, or in full')
      .option('--json', 'one object a line'),
  ).action(async (id: string | undefined, options: RelayOptions & { json?: true }) => {
    const { pendingCommand, showPendingCommand } = await import('../pending.ts');
    const relay = await clientOf(options, 'decide');
    const json = options.json === true;
    if (id === undefined) await pendingCommand(relay, { json, now: Date.now() }, terminal);
    else await showPendingCommand(relay, { id, json }, print);
  });

  withRelayOptions(
    program
      .command('approve')
      .description('approve a held statement: it may run once')
      .argument('<id>', 'as `sluice pending` shows it')
      .option('--comment <text>', 'for the record', '')
      .option('--rows <n>', 'the most rows that it may change or return', wholeNumber)
      .option(
        '--grant <minutes>',
        'also approve similar statements of the same person for this long; prints what that covers',
        wholeNumber,
      )
      .option('--grant-rows <n>', 'the most rows that all of them together may change or return', wholeNumber)
      .option('--json', 'prints the request as it is then'),
  ).action(async (id: string, options: RelayOptions & ApproveFlags) => {
    const { comment, rows = null, grant: grantMinutes = null, grantRows = null } = options;
    const { approveCommand } = await import('../approve.ts');
    const relay = await clientOf(options, 'decide');
    const json = options.json === true;
    await approveCommand(relay, { id, comment, rows, grantMinutes, grantRows, json }, print, paint.printed);
  });

  withRelayOptions(
    program
      .command('deny')
      .description('deny a held statement')
      .argument('<id>', 'as `sluice pending` shows it')
      .requiredOption('--reason <text>', 'the agent reads it')
      .option('--propose <sql>', 'a narrower statement to propose instead')
      .option('--json', 'prints the request as it is then'),
  ).action(async (id: string, options: RelayOptions & { reason: string; propose?: string; json?: true }) => {
    const { reason, propose, json } = options;
    const { denyCommand } = await import('../deny.ts');
    await denyCommand(
      await clientOf(options, 'decide'),
      { id, reason, propose: propose ?? null, json: json === true },
      print,
      paint.printed,
    );
  });

  withRelayOptions(
    program
      .command('break-glass')
      .description(
        'open break-glass for one statement, which you may then send once, unchanged, from any client',
      )
      .argument('<statement>')
      .requiredOption('--reason <text>', 'why it cannot wait; others review it')
      .option('--minutes <minutes>', 'how long it stays open', wholeNumber, 10)
      .option('--database <name>', 'of the session that will send it, if not the default')
      .option('--schema <name>', 'of the session that will send it, if not the default')
      .option('--json', 'the answer as JSON'),
  ).action(async (sql: string, options: RelayOptions & BreakGlassFlags) => {
    const { reason, minutes, database, schema } = options;
    const where = { ...(database && { database }), ...(schema && { schema }) };
    const { breakGlassCommand } = await import('../break-glass.ts');
    await breakGlassCommand(
      await clientOf(options, 'decide'),
      { order: { sql, reason, minutes, ...where }, json: options.json === true },
      print,
    );
  });
}

interface BreakGlassFlags {
  readonly reason: string;
  readonly minutes: number;
  readonly database?: string;
  readonly schema?: string;
  readonly json?: true;
}

interface ApproveFlags {
  readonly comment: string;
  readonly rows?: number;
  readonly grant?: number;
  readonly grantRows?: number;
  readonly json?: true;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('it is a whole number.');
  return Number(text);
}
