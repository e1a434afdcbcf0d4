import type { Command } from 'commander';
import type { Terminal } from '../cli.ts';

export function serveCommands(program: Command, { print, exit }: Terminal): void {
  program
    .command('serve')
    .description('run the relay')
    .requiredOption('--config <file>', 'its configuration')
    .option('--log-level <level>', 'how much it says on standard error', 'info')
    .action(async ({ config, logLevel }: { config: string; logLevel: string }) => {
      const [{ readConfig }, { startRelay }, { pino }, { listenProblem }, { onStop, stopped }] =
        await Promise.all([
          import('../../config.ts'),
          import('../../main.ts'),
          import('pino'),
          import('../port.ts'),
          import('../stopping.ts'),
        ]);
      const logger = pino({ level: logLevel }, pino.destination(2));
      const settings = readConfig(config);
      const stopping = onStop(() => {});
      const { host, port } = settings.listen;
      const relay = await startRelay(settings, { logger }).catch((error: unknown) => {
        throw listenProblem(error, host, port) ?? error;
      });
      print(`the relay listens on ${relay.url}`);
      await stopped(stopping);
      await relay.close();
      stopping.done();
    });

  program
    .command('doctor')
    .description('look over a configuration and what it needs')
    .requiredOption('--config <file>', 'the configuration')
    .action(async ({ config }: { config: string }) => {
      const { doctor } = await import('../doctor.ts');
      exit(await doctor(config, print));
    });
}
