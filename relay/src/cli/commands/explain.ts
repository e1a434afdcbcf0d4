import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { SluiceError } from '../../errors.ts';
import type { Terminal } from '../terminal.ts';
import { jsonLine } from '../terminal-text.ts';
import { clientOf, type RelayOptions } from './relay-options.ts';

interface ExplainOptions extends RelayOptions {
  readonly sql?: string;
  readonly policy?: string;
  readonly catalog?: string;
  readonly json?: true;
}

export function explainCommands(program: Command, terminal: Terminal): void {
  const { print, paint, exit } = terminal;
  program
    .command('explain')
    .description(
      'show what SQL means and what would be decided, without running it: from a running relay, or from files',
    )
    .argument('[statement]', 'asks a running relay, as yourself')
    .option(
      '--as <who>',
      'one of a running demo’s people; with --sql, a file that says who asks (docs/cli.md)',
    )
    .option('--url <url>', 'where the relay listens (or SLUICE_URL)')
    .option('--token <token>', 'a token that runs SQL (or SLUICE_TOKEN)')
    .option('--sql <file>', 'without a relay: one or more statements')
    .option('--policy <file>', 'with --sql: the policy')
    .option('--catalog <file>', 'with --sql: tables and views, as JSON (docs/cli.md)')
    .option('--json', 'everything, as JSON')
    .action(async (statement: string | undefined, options: ExplainOptions) => {
      const { sql, policy, catalog, as, json } = options;
      const files = { sql, policy, catalog };
      if (statement !== undefined) {
        refuse(files, 'is for files, and the statement is for a running relay');
        const { explainRunning } = await import('../explain-running.ts');
        const relay = await clientOf(options, 'run');
        return await explainRunning(relay, { sql: statement, json: json === true }, terminal);
      }
      refuse({ url: options.url, token: options.token }, 'is for a statement that a running relay explains');
      const { explain, explainLines } = await import('../explain.ts');
      const report = explain({
        sql: text('sql', sql),
        policy: text('policy', policy),
        catalog: text('catalog', catalog),
        as: text('as', as),
      });
      if (json === true) print(jsonLine(report));
      else for (const line of explainLines(report, paint.printed)) print(line);
    });

  program
    .command('corpus')
    .description(
      'measure how much of a file of statements is understood (one JSON object with `id` and `sql` per line)',
    )
    .argument('<file>')
    .option('--failures', 'also list each refused statement with its reason')
    .option('--json', 'the report as JSON')
    .action(async (path: string, { failures, json }: { failures?: true; json?: true }) => {
      const { corpusCommand } = await import('../corpus.ts');
      exit(corpusCommand({ path, failures: failures === true, json: json === true }, print));
    });
}

/** Throws if any of these options was given. */
function refuse(options: Readonly<Record<string, string | undefined>>, why: string): void {
  const [given] = Object.entries(options).find(([, value]) => value !== undefined) ?? [];
  if (given === undefined) return;
  throw new SluiceError('config_invalid', `\`--${given}\` ${why}`, {
    advice: 'give a statement and which relay, or --sql, --policy, --catalog and --as',
  });
}

function text(option: string, file: string | undefined): string {
  if (file === undefined) {
    throw new SluiceError('config_invalid', `\`--${option}\` is missing`, {
      advice: 'give a statement and which relay, or --sql, --policy, --catalog and --as',
    });
  }
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SluiceError('config_invalid', `\`${file}\` cannot be read`, { cause });
  }
}
