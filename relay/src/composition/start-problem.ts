import { SluiceError } from '../errors.ts';
import type { RelayConfig } from '../config.ts';

/** What kept a relay from starting, where it is for whoever runs it to mend; null for any other error. */
export function startProblem(error: unknown, { data, listen }: RelayConfig): SluiceError | null {
  if (!(error instanceof Error)) return null;
  const { code, path, errcode } = error as SystemError;
  const problem = (of: 'config_invalid' | 'record_unavailable', text: string, advice: string) =>
    new SluiceError(of, text, { advice, cause: error });

  const listening = listenProblem(error, listen);
  if (listening !== null) return listening;
  if (code === 'ENOSPC' || code === 'EDQUOT' || primary(errcode) === SQLITE_FULL) {
    return problem(
      'record_unavailable',
      `there is no room for the record in \`${data}\``,
      'make room on that disk, or name a folder on another one in `data`',
    );
  }
  if (primary(errcode) !== null || path?.startsWith(data)) {
    return problem(
      'record_unavailable',
      `the data folder \`${data}\` cannot be used: ${error.message}`,
      'give it to the user that the relay runs as, or name another one in `data`',
    );
  }
  if (path === undefined) return null;
  return problem('config_invalid', `\`${path}\` cannot be read`, 'correct its path in the configuration');
}

/** What is wrong with where something was to listen; null for any other error. */
export function listenProblem(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
): SluiceError | null {
  if (!(error instanceof Error)) return null;
  const { code, syscall } = error as SystemError;
  if (syscall !== 'listen' && syscall !== 'getaddrinfo') return null;
  const problem = (text: string, advice: string) =>
    new SluiceError('config_invalid', text, { advice, cause: error });
  switch (code) {
    case 'EADDRINUSE':
      return problem(
        `port ${port} of ${host} is taken by another program`,
        'end that one, or name another port; 0 is any free one',
      );
    case 'EACCES':
      return problem(`port ${port} is not for this user`, 'name one above 1023');
    default:
      return problem(`nothing can listen on ${host}`, 'name an address of this machine, such as 127.0.0.1');
  }
}

/** What Node adds to the errors of the system, and node:sqlite to those of SQLite. */
interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly errcode?: number;
}

/** https://sqlite.org/rescode.html#full */
const SQLITE_FULL = 13;

/** SQLite's extended codes hold the primary one in their lowest byte. */
function primary(errcode: number | undefined): number | null {
  return errcode === undefined ? null : errcode & 0xff;
}
