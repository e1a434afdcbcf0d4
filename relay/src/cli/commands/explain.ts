import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { SluiceError } from '../../errors.ts';
import type { Terminal } from '../terminal.ts';
import { jsonLine } from '../terminal-text.ts';

interface ExplainOptions {
  readonly sql: string;
  readonly policy: string;
  readonly catalog: string;
  readonly as: string;
  readonly json?: true;
}

export function explainCommands(program: Command, { print, paint, exit }: Terminal): void {
  program
    .command('explain')
    .description('show what SQL means and what would be decided, without running it')
    .requiredOption('--sql <file>', 'one or more statements')
    .requiredOption('--policy <file>', 'the policy')
    .requiredOption('--catalog <file>', 'tables and views, as JSON (docs/cli.md)')
    .requiredOption('--as <file>', 'who asks, as JSON (docs/cli.md)')
    .option('--json', 'everything, as JSON')
    .action(async ({ sql, policy, catalog, as, json }: ExplainOptions) => {
      const { explain, explainLines } = await import('../explain.ts');
      const report = explain({ sql: text(sql), policy: text(policy), catalog: text(catalog), as: text(as) });
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

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new SluiceError('config_invalid', `\`${file}\` cannot be read`, { cause });
  }
}
