import { Command, CommanderError } from 'commander';
import { isSluiceError } from '../errors.ts';
import { revealedLines } from '../text/index.ts';
import { accessCommands } from './commands/access.ts';
import { approvalCommands } from './commands/approvals.ts';
import { catalogCommands } from './commands/catalog.ts';
import { demoCommands } from './commands/demo.ts';
import { explainCommands } from './commands/explain.ts';
import { hookCommands } from './commands/hook.ts';
import { keyCommands } from './commands/keys.ts';
import { openApiCommands } from './commands/openapi.ts';
import { policyCommands } from './commands/policy.ts';
import { recordKeepingCommands } from './commands/record-keeping.ts';
import { recordCommands } from './commands/record.ts';
import { witnessCommands } from './commands/witness.ts';
import { serveCommands } from './commands/serve.ts';
import { signInCommands } from './commands/sign-in.ts';
import { sqlCommands } from './commands/sql.ts';
import { tagCommands } from './commands/tags.ts';
import { paintFor } from './paint.ts';
import type { Terminal } from './terminal.ts';

const USAGE = 2;
const FAILURE = 1;

/** Runs one command line and returns the exit code: 0, 1 if it failed, 2 if the command line is invalid. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let code = 0;
  const terminal: Terminal = {
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    paint: { printed: paintFor(process.stdout), noted: paintFor(process.stderr) },
    width: process.stdout.isTTY ? process.stdout.columns : null,
    program: process.env['npm_command'] === 'exec' ? 'npx sluice' : 'sluice',
    exit: (wanted) => (code = wanted),
  };
  const program = new Command('sluice')
    .description('An access relay between AI coding agents and Snowflake.')
    .exitOverride()
    .showHelpAfterError('(use --help for usage)');
  for (const add of [
    serveCommands,
    demoCommands,
    signInCommands,
    sqlCommands,
    catalogCommands,
    explainCommands,
    policyCommands,
    tagCommands,
    recordCommands,
    recordKeepingCommands,
    keyCommands,
    witnessCommands,
    approvalCommands,
    accessCommands,
    hookCommands,
    openApiCommands,
  ]) {
    add(program, terminal);
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    const [what = '', ...rest] = describe(error).split('\n');
    terminal.note([terminal.paint.noted('bad', what), ...rest].join('\n'));
    return isSluiceError(error) && error.code === 'config_invalid' ? USAGE : FAILURE;
  }
}

/**
 * What went wrong and what to do about it, without a stack trace. Errors of the relay and of its client both have
 * `advice`; they are handled alike, because distinguishing them would load the contract for every command.
 */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  const advice = 'advice' in error && typeof error.advice === 'string' ? error.advice : '';
  return [error.message, advice]
    .filter((text) => text !== '')
    .map(revealedLines)
    .join('\n');
}
