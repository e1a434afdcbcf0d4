import type { Command } from 'commander';
import type { Terminal } from '../cli.ts';
import { forgetDemo, rememberDemo } from '../demo-place.ts';

/** As long as a day of trying things. */
const DEMO_TOKEN_SECONDS = 24 * 3_600;

export function serveCommands(program: Command, { print, exit }: Terminal): void {
  program
    .command('serve')
    .description('run the relay')
    .requiredOption('--config <file>', 'its configuration')
    .option('--log-level <level>', 'how much it says on standard error', 'info')
    .action(async ({ config, logLevel }: { config: string; logLevel: string }) => {
      const [{ readConfig }, { startRelay }, { pino }] = await Promise.all([
        import('../../config.ts'),
        import('../../main.ts'),
        import('pino'),
      ]);
      const logger = pino({ level: logLevel }, pino.destination(2));
      const relay = await startRelay(readConfig(config), { logger });
      print(`the relay listens on ${relay.url}`);
      await stopped();
      await relay.close();
    });

  program
    .command('demo')
    .description('run a relay with a made-up shop, a policy and people of its own')
    .option('--port <port>', 'where it listens', Number, 8765)
    .option('--customers <number>', 'how large the shop is', Number, 100_000)
    .option('--data <folder>', 'keep its record there; otherwise it is gone afterwards')
    .action(async (options: { port: number; customers: number; data?: string }) => {
      const { startDemo } = await import('@sluice/demo');
      print(`Filling a shop with ${options.customers.toLocaleString('en')} customers ...`);
      const demo = await startDemo(options);
      const tokens = await Promise.all(
        demo.people.map(async ({ subject }) => {
          const run = await demo.tokenFor(subject, DEMO_TOKEN_SECONDS);
          return [
            subject,
            { run, decide: await demo.decidingTokenFor(subject, DEMO_TOKEN_SECONDS) },
          ] as const;
        }),
      );
      rememberDemo({ url: demo.relay.url, data: demo.data, tokens: Object.fromEntries(tokens) });
      const people = demo.people.map(({ subject, groups }) => `${subject} (${groups.join(', ')})`).join(', ');
      print(`
The relay listens on   ${demo.relay.url}   (drivers, and /api)
Its issuer is          ${demo.issuer}
Who can sign in        ${people}
Its record is in       ${demo.data}

Try, in another terminal:

  npx sluice sql --as ada "SELECT NAME, EMAIL, CARD_NUMBER FROM CUSTOMERS LIMIT 3"

Ctrl-C stops it.`);
      await stopped();
      forgetDemo();
      await demo.close();
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

/** Resolves when the process is asked to stop; a second time, it stops at once. */
async function stopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
