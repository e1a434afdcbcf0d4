import { type Command, InvalidArgumentError } from 'commander';
import type { Terminal } from '../terminal.ts';

export function witnessCommands(program: Command, { print }: Terminal): void {
  program
    .command('witness')
    .description('cosign the checkpoints of relays on other machines')
    .requiredOption('--name <name>', 'what its cosignatures are known by, such as witness.example.com/sluice')
    .requiredOption('--data <folder>', 'a folder of its own: its key, and what it has cosigned')
    .requiredOption('--log <key...>', 'the logs that it follows, as `sluice log-key` prints them')
    .option('--host <address>', 'where it listens', '127.0.0.1')
    .option('--port <number>', 'and on which port', port, 8766)
    .option('--tls-key <file>', 'PEM; with --tls-cert')
    .option('--tls-cert <file>', 'PEM')
    .action(async (options: WitnessOptions) => {
      const [{ startWitness }, { onStop, stopped }] = await Promise.all([
        import('../witness.ts'),
        import('../stopping.ts'),
      ]);
      const { name, data, log, host, port, tlsKey, tlsCert } = options;
      if ((tlsKey === undefined) !== (tlsCert === undefined)) program.error('--tls-key goes with --tls-cert');
      const tls = tlsKey === undefined || tlsCert === undefined ? null : { key: tlsKey, cert: tlsCert };
      const stopping = onStop(() => {});
      try {
        const started = await startWitness({ name, data, logs: log, host, port, tls });
        print(`the witness listens on ${host}:${started.port}`);
        print(`its key: ${started.verifierKey}`);
        await stopped(stopping);
        await started.close();
      } finally {
        stopping.done();
      }
    });
  program
    .command('log-key')
    .description('print the key of a relay’s log, for a witness that is to follow it')
    .argument('<log>', 'the log’s UUID, as `sluice verify --json` prints it')
    .argument('<key>', 'the relay’s public key (PEM)')
    .action(async (log: string, key: string) => {
      const { logKeyText } = await import('../log-key.ts');
      print(logKeyText(log, key));
    });
}

interface WitnessOptions {
  readonly name: string;
  readonly data: string;
  readonly log: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly tlsKey?: string;
  readonly tlsCert?: string;
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d{1,5}$/.test(text) || number > 65_535) throw new InvalidArgumentError('it is a port number.');
  return number;
}
