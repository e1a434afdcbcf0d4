import type { Command } from 'commander';
import type { Terminal } from '../terminal.ts';

/** The exit code that shells report after Ctrl-C. */
const INTERRUPTED = 130;

export function serveCommands(program: Command, { print, paint, exit }: Terminal): void {
  program
    .command('serve')
    .description('run the relay')
    .requiredOption('--config <file>', 'the configuration')
    .option('--log-level <level>', 'level of the log on standard error', 'info')
    .action(async ({ config, logLevel }: { config: string; logLevel: string }) => {
      const [{ readConfig }, { startRelay }, { pino }, { logDestination }, { onStop, stopped }] =
        await Promise.all([
          import('../../config.ts'),
          import('../../main.ts'),
          import('pino'),
          import('../log-destination.ts'),
          import('../stopping.ts'),
        ]);
      const logger = pino({ level: logLevel }, logDestination(2));
      // Registered before the start, because the relay may be asked to stop as soon as it listens.
      const stopping = onStop(() => {});
      try {
        const relay = await startRelay(readConfig(config), { logger, signal: stopping.signal });
        print(`the relay listens on ${relay.url}`);
        await stopped(stopping);
        await relay.close();
      } catch (error) {
        if (error !== stopping.signal.reason) throw error;
        exit(INTERRUPTED);
      } finally {
        stopping.done();
      }
    });

  program
    .command('doctor')
    .description('check a configuration and what it depends on')
    .requiredOption('--config <file>', 'the configuration')
    .option('--upstream', 'try on the Snowflake account all that the relay does there; it takes a minute')
    .option('--json', 'one object a line')
    .action(async ({ config, json, upstream }: { config: string; json?: true; upstream?: true }) => {
      const { doctorCommand } = await import('../doctor.ts');
      const options = { config, json: json === true, upstream: upstream === true };
      exit(await doctorCommand(options, print, paint.printed));
    });
}
