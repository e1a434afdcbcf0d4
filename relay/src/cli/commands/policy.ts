import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { SluiceError } from '../../errors.ts';
import type { Terminal } from '../terminal.ts';
import type { NamedText } from '../policy.ts';
import { placeOf, type StoreOptions, withStoreOptions } from './store-options.ts';

export function policyCommands(program: Command, { print, paint, exit }: Terminal): void {
  const policy = program.command('policy').description('policy as code');

  policy
    .command('check')
    .description('check that a policy file is valid')
    .argument('<file>')
    .option('--json', 'the report as JSON')
    .action(async (file: string, { json }: { json?: true }) => {
      const { checkPolicyCommand } = await import('../policy.ts');
      exit(checkPolicyCommand({ ...named(file), json: json === true }, print, paint.printed));
    });

  policy
    .command('test')
    .description('run the test cases of a policy')
    .argument('<file>')
    .option('--cases <file>', 'the cases; by default POLICY.test.yaml')
    .option('--json', 'the report as JSON')
    .action(async (file: string, { cases, json }: { cases?: string; json?: true }) => {
      const { testPolicyCommand } = await import('../policy.ts');
      const { analyze } = await import('@sluice/snowflake-sql');
      const read = { policy: named(file), cases: named(cases ?? casesBeside(file)), json: json === true };
      exit(testPolicyCommand(read, analyze, print, paint.printed));
    });

  withStoreOptions(
    policy
      .command('simulate')
      .description('show which recorded decisions another policy would change')
      .argument('<file>')
      .requiredOption('--catalog <file>', 'tables and views, as JSON (docs/cli.md)'),
  ).action(async (file: string, options: StoreOptions & { catalog: string }) => {
    const { simulatePolicyCommand } = await import('../simulate-recorded.ts');
    const place = await placeOf(options);
    const catalog = named(options.catalog).text;
    await simulatePolicyCommand({ policy: named(file), catalog, place }, print);
  });

  policy
    .command('schema')
    .description('print the JSON Schema of policy files, for editors')
    .action(async () => {
      const { policyJsonSchema } = await import('../../policy/index.ts');
      print(JSON.stringify(policyJsonSchema(), null, 2));
    });
}

function named(file: string): NamedText {
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (cause) {
    throw new SluiceError('config_invalid', `\`${file}\` cannot be read`, { cause });
  }
}

function casesBeside(file: string): string {
  const beside = file.replace(/\.ya?ml$/, '.test.yaml');
  if (!existsSync(beside)) {
    throw new SluiceError('config_invalid', `there are no test cases at \`${beside}\``, {
      advice: 'name them with --cases',
    });
  }
  return beside;
}
