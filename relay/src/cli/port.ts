import { once } from 'node:events';
import { createServer } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { SluiceError } from '../errors.ts';

/** `--port`: throws what the command line says of a bad option. */
export function portOption(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('a port is a whole number from 0 (any free one) to 65535.');
}

/**
 * Whether somebody listens there already, before much is done in vain.
 *
 * @throws SluiceError `config_invalid`
 */
export async function requireFreePort(host: string, port: number): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw listenProblem(error, host, port) ?? error;
  } finally {
    server.close();
  }
}

/** What is wrong with where something was to listen, for people; null for any other error. */
export function listenProblem(error: unknown, host: string, port: number): SluiceError | null {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const problem = (text: string, advice: string) =>
    new SluiceError('config_invalid', text, { advice, cause: error });
  switch (code) {
    case 'EADDRINUSE':
      return problem(
        `port ${port} of ${host} is taken by another program`,
        'name another port, or 0 for any free one',
      );
    case 'EACCES':
      return problem(`port ${port} is not for everybody to listen on`, 'name one above 1023');
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return problem(`\`${host}\` is no address of this machine`, 'name one that is, such as 127.0.0.1');
    default:
      return null;
  }
}
