import { type Command, Option } from 'commander';
import type { Terminal } from '../terminal.ts';
import { clientOf, relayOf, type RelayOptions, sameRelay, withRelayOptions } from './relay-options.ts';

interface SqlFlags extends RelayOptions {
  readonly records?: true;
  readonly json?: true;
}

export function sqlCommands(program: Command, terminal: Terminal): void {
  withRelayOptions(
    program
      .command('sql')
      .description('run a statement, waiting for approval if it is held')
      .argument('<statement>')
      .option('--records', 'print each row as a block, as is done when a table is wider than the terminal')
      .addOption(new Option('--json', 'print all rows as JSON, one object per line').conflicts('records')),
  ).action(async (sql: string, options: SqlFlags) => {
    const [{ runSql }, { heldLines }] = await Promise.all([
      import('../run-sql.ts'),
      import('../held-lines.ts'),
    ]);
    const client = await clientOf(options, 'run');
    const { demo = null } = relayOf(options, 'run');
    const onHeld = async ({ id }: { readonly id: string }) => {
      const { summary } = await client.approvals.read({ params: { id } });
      const lines = heldLines(summary, {
        now: Date.now(),
        program: terminal.program,
        demo,
        options: (person) => sameRelay(options, person),
        paint: terminal.paint.noted,
      });
      for (const line of lines) terminal.note(line);
    };
    const as = options.json === true ? 'json' : options.records === true ? 'records' : 'table';
    terminal.exit(await runSql(client, { sql, as, onHeld }, terminal));
  });
}
