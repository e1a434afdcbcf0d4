import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { openClassification } from '../../classification/index.ts';
import { SluiceError } from '../../errors.ts';
import { loadPolicy, policyJsonSchema } from '../../policy/index.ts';
import { formatProblem } from '../../yaml/index.ts';
import { listSessions, replay } from '../../recording/index.ts';
import type { SessionId } from '../../session/index.ts';
import { openToRead } from '../../store/index.ts';
import { analyze } from '@sluice/snowflake-sql';
import { readCatalogFile } from '../catalog-file.ts';
import type { Terminal } from '../cli.ts';
import { checkPolicyCommand, type NamedText, testPolicyCommand } from '../policy.ts';
import { formatChange, simulatePolicy } from '../policy-simulate.ts';
import { recordedStatements } from '../recorded-statements.ts';
import { filesOf, type StoreOptions, withStoreOptions } from './store-options.ts';

export function policyCommands(program: Command, { print, exit }: Terminal): void {
  const policy = program.command('policy').description('policy as code');

  policy
    .command('check')
    .description('is the file well formed?')
    .argument('<file>')
    .action((file: string) => exit(checkPolicyCommand(named(file), print)));

  policy
    .command('test')
    .description('does it say what we mean? runs the cases beside it')
    .argument('<file>')
    .option('--cases <file>', 'the cases; by default POLICY.test.yaml')
    .action((file: string, { cases }: { cases?: string }) => {
      exit(testPolicyCommand(named(file), named(cases ?? casesBeside(file)), analyze, print));
    });

  withStoreOptions(
    policy
      .command('simulate')
      .description('which recorded decisions would change, and how?')
      .argument('<file>'),
  ).action(async (file: string, options: StoreOptions & { catalog: string }) => {
    const loaded = loadPolicy(named(file).text);
    if (loaded.problems !== undefined) {
      throw new SluiceError(
        'policy_invalid',
        loaded.problems.map((problem) => formatProblem(file, problem)).join('\n'),
      );
    }
    const catalog = readCatalogFile(named(options.catalog).text);
    const database = openToRead(filesOf(options).database);
    try {
      const { tags } = await openClassification(database);
      const recorded = allRecorded(database, (session) =>
        recordedStatements(replay(database, session), analyze, catalog, tags),
      );
      const { statements, changed, stricter, looser } = await simulatePolicy(
        loaded.policy,
        recorded,
        (change) => print(formatChange(change)),
      );
      print(
        `${statements} statements, ${changed} would be decided otherwise: ${stricter} stricter, ${looser} looser`,
      );
    } finally {
      await database.destroy();
    }
  });

  policy
    .command('schema')
    .description('the JSON Schema of policy files, for editors')
    .action(() => print(JSON.stringify(policyJsonSchema(), null, 2)));
}

/** The statements of every session, the newest session first. */
async function* allRecorded<Statement>(
  database: ReturnType<typeof openToRead>,
  statementsOf: (session: SessionId) => AsyncIterable<Statement>,
): AsyncGenerator<Statement> {
  for (const { session } of await listSessions(database, { limit: MOST_SESSIONS }))
    yield* statementsOf(session);
}

/** More than a person would look through. */
const MOST_SESSIONS = 100_000;

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
    throw new SluiceError('config_invalid', `there are no cases at \`${beside}\``, {
      advice: 'name them with --cases',
    });
  }
  return beside;
}
