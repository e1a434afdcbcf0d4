import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as hookSetup from '@sluice/agent-hook/setup';
import { type Command, Option } from 'commander';
import { SluiceError } from '../../errors.ts';
import type { Terminal } from '../terminal.ts';

interface Where {
  readonly user?: true;
  readonly workspace?: true;
  readonly harness: readonly hookSetup.HarnessFile[];
  readonly dryRun?: true;
}

export function hookCommands(program: Command, { print, note, exit }: Terminal): void {
  const hook = program
    .command('hook')
    .description(
      'judge what an agent is about to do, as its harness tells it on standard input: past the relay, it is denied',
    )
    .action(async () => {
      const { runHook } = await import('@sluice/agent-hook/run');
      const code = await runHook({
        stdin: process.stdin,
        env: process.env,
        folder: process.cwd(),
        program: thisProgram(),
      });
      exit(code);
    });

  withPlaces(
    hook
      .command('install')
      .description('have agents ask it before each tool: in this workspace, or wherever you work')
      .option('--command <command>', 'what harnesses run, if not `sluice hook`')
      .option('--url <url>', 'the relay, for the hook’s settings (or SLUICE_URL where harnesses run)')
      .option('--token-file <file>', 'where the token is that reports attempts, for the same'),
  ).action(async (options: Where & { command?: string; url?: string; tokenFile?: string }) => {
    const { command, url, tokenFile } = options;
    const whole = options.user === true ? thisProgram().map(quoted).join(' ') : 'sluice';
    const order = { ...placesOf(options), command: command ?? `${whole} hook`, url, tokenFile };
    for (const line of await settingUp(({ installHook }) => installHook(order))) print(line);
  });

  withPlaces(hook.command('uninstall').description('take it out again, and nothing else')).action(
    async (options: Where) => {
      const order = placesOf(options);
      for (const line of await settingUp(({ uninstallHook }) => uninstallHook(order))) print(line);
    },
  );

  hook
    .command('plugin')
    .description('write the agent plugin for a relay: its MCP server, a skill, and the hook')
    .argument('<folder>', 'a new one')
    .requiredOption('--url <url>', 'the relay')
    .action(async (folder: string, { url }: { readonly url: string }) => {
      const source = dirname(fileURLToPath(import.meta.resolve('@sluice/agent-hook/plugin/plugin.json')));
      for (const line of await settingUp(({ writePlugin }) => writePlugin(source, folder, url))) print(line);
    });

  hook
    .command('send')
    .description('send the attempts that are kept on this machine to the relay')
    .option('--quiet', 'print nothing, and do not fail')
    .action(async ({ quiet }: { readonly quiet?: true }) => {
      const { openSpool, sendAttempts, readSettings, spoolFolder } =
        await import('@sluice/agent-hook/sending');
      const spool = openSpool(spoolFolder(process.env), Date.now);
      const { sent, refused, waiting, why } = await sendAttempts(spool, readSettings(process.env));
      if (quiet === true) return;
      print(`${sent} sent, ${waiting} waiting${refused === 0 ? '' : `, ${refused} not taken by the relay`}`);
      if (why !== null) note(why);
      exit(waiting === 0 ? 0 : 1);
    });
}

type Setup = typeof hookSetup;

/** @throws SluiceError `config_invalid` for what is not as it could be set up. */
async function settingUp<Done>(work: (setup: Setup) => Done): Promise<Done> {
  const setup = await import('@sluice/agent-hook/setup');
  try {
    return work(setup);
  } catch (error) {
    if (!(error instanceof setup.SetupProblem)) throw error;
    throw new SluiceError('config_invalid', error.message, { advice: error.advice });
  }
}

function withPlaces(command: Command): Command {
  return command
    .addOption(
      new Option('--workspace', 'in this folder, for everybody who works in it (as is usual)').conflicts(
        'user',
      ),
    )
    .option('--user', 'for you, in every folder')
    .addOption(
      new Option('--harness <names...>', 'copilot (VS Code, Copilot CLI and its app), claude')
        .choices(['copilot', 'claude'])
        .default(['copilot']),
    )
    .option('--dry-run', 'say what would be written, and write nothing');
}

function placesOf({ user, harness, dryRun }: Where) {
  return {
    folder: process.cwd(),
    env: process.env,
    isUsers: user === true,
    harnesses: harness,
    isTrial: dryRun === true,
  };
}

/** This Node and this program, so that neither has to be on a path. */
function thisProgram(): readonly string[] {
  const program = process.argv[1];
  if (program === undefined) throw new SluiceError('config_invalid', 'the program’s own place is not known');
  return [process.execPath, program.replace(/sluice\.[jt]s$/, 'sluice.cjs')];
}

function quoted(word: string): string {
  return /^[\w./:\\-]+$/.test(word) ? word : `"${word}"`;
}
