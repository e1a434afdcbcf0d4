import type { AccessOrder } from '@sluice/contract';
import { type Command, InvalidArgumentError } from 'commander';
import type { Terminal } from '../terminal.ts';
import { clientOf, type RelayOptions, withRelayOptions } from './relay-options.ts';

interface AskFlags extends RelayOptions {
  readonly purpose: string;
  readonly hours: number;
  readonly from?: string;
  readonly rows: number;
  readonly rowsInAll?: number;
  readonly program?: string;
  readonly agent?: string;
  readonly client?: string;
  readonly role?: string;
  readonly warehouse?: string;
  readonly database?: string;
  readonly schema?: string;
  readonly json?: true;
}

export function accessCommands(program: Command, terminal: Terminal): void {
  const access = program
    .command('access')
    .description('access asked for before it is needed: ask, list, cancel, revoke');

  withRelayOptions(
    access
      .command('ask')
      .description('ask people to let statements like this one run unasked for a while; nothing is run')
      .argument('<statement>', 'an example, with any values')
      .requiredOption('--purpose <text>', 'what it is for; approvers read it')
      .requiredOption('--rows <n>', 'rows that each statement changes or returns at most', wholeNumber)
      .option('--rows-in-all <n>', 'rows of all of them; ten times as many', wholeNumber)
      .option('--hours <n>', 'for how long', hours, 1)
      .option('--from <time>', 'when it begins, as 2026-03-01T14:00:00Z; otherwise when it is approved')
      .option('--program <name>', 'for a driver, as it names itself (JavaScript, PythonConnector, JDBC)')
      .option('--agent <name>', 'for the agent of this name; otherwise for `sluice sql`')
      .option('--client <id>', 'for tokens of this client of the issuer’s; otherwise of this token’s')
      .option('--role <name>', 'that the statements will run under, as Snowflake stores it')
      .option('--warehouse <name>', 'likewise')
      .option('--database <name>', 'of the sessions that they will run in')
      .option('--schema <name>', 'likewise')
      .option('--json', 'the request, or the decision when nobody has to be asked'),
  ).action(async (sql: string, options: AskFlags) => {
    const { askForAccess } = await import('../access.ts');
    const relay = await clientOf(options, 'run');
    const json = options.json === true;
    await askForAccess(relay, { order: orderOf(sql, options), json, now: Date.now() }, terminal);
  });

  withRelayOptions(
    access
      .command('list')
      .description('what you have asked for, and the grants that you have')
      .option('--json', 'one object a line'),
  ).action(async (options: RelayOptions & { json?: true }) => {
    const { listAccess } = await import('../access.ts');
    const relay = await clientOf(options, 'run');
    await listAccess(relay, { json: options.json === true, now: Date.now() }, terminal);
  });

  withRelayOptions(
    access
      .command('cancel')
      .description('take a request of your own back')
      .argument('<id>', 'as `sluice access list` shows it')
      .option('--json', 'prints the request as it is then'),
  ).action(async (id: string, options: RelayOptions & { json?: true }) => {
    const { cancelAccess } = await import('../access.ts');
    await cancelAccess(await clientOf(options, 'run'), { id, json: options.json === true }, terminal.print);
  });

  withRelayOptions(
    access
      .command('revoke')
      .description('take a grant back: one that you have, or may give')
      .argument('<id>', 'as `sluice access list` shows it')
      .option('--json', 'prints the grant’s id'),
  ).action(async (id: string, options: RelayOptions & { json?: true }) => {
    const { revokeAccess } = await import('../access.ts');
    await revokeAccess(
      await clientOf(options, 'decide'),
      { id, json: options.json === true },
      terminal.print,
    );
  });
}

function orderOf(sql: string, flags: AskFlags): AccessOrder {
  const { purpose, hours, from, rows, program, client, role, warehouse, database, schema } = flags;
  // A driver reports no agent unless it is configured to; over the API, `sluice sql` reports one.
  const agent = flags.agent ?? (program === undefined ? AGENT : null);
  return {
    version: 1,
    sql,
    purpose,
    seconds: Math.round(hours * 3600),
    from: from === undefined ? null : momentOf(from),
    rows,
    rowsInAll: flags.rowsInAll ?? rows * 10,
    agent: AGENT,
    program: {
      application: program ?? 'api',
      protocol: program === undefined ? 'api' : 'snowflake',
      agent,
      ...(client === undefined ? {} : { tokenClient: client }),
    },
    ...(role === undefined ? {} : { role }),
    ...(warehouse === undefined ? {} : { warehouse }),
    ...(database === undefined ? {} : { database }),
    ...(schema === undefined ? {} : { schema }),
  };
}

const AGENT = 'sluice sql';

function momentOf(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('`--from` is a time, as 2026-03-01T14:00:00Z.');
  return new Date(at).toISOString();
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,11}$/.test(text)) throw new InvalidArgumentError('it is a whole number of at least 1.');
  return Number(text);
}

function hours(text: string): number {
  if (!/^\d{1,3}(?:\.\d{1,4})?$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError('it is a number of hours, such as 4 or 0.5.');
  return Number(text);
}
