import { once } from 'node:events';
import { createServer } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { listenProblem } from '../listen-problem.ts';

/** Parses `--port`. Throws commander's error for an invalid option. */
export function portOption(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('a port is a whole number from 0 (any free one) to 65535.');
}

/**
 * Checks that the port is free, before work is done that would be in vain.
 *
 * @throws SluiceError `config_invalid` if it is in use.
 */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw listenProblem(error, { host, port }) ?? error;
  } finally {
    server.close();
  }
}
