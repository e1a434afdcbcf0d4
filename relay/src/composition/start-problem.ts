import { SluiceError } from '../errors.ts';
import type { RelayConfig } from '../config.ts';
import { listenProblem } from '../listen-problem.ts';
import { StoreError } from '../store/index.ts';

/** What kept a relay from starting, where it is for whoever runs it to mend; null for any other error. */
export function startProblem(error: unknown, { data, listen }: RelayConfig): SluiceError | null {
  if (!(error instanceof Error)) return null;
  const { code, path, errcode } = error as SystemError;
  const problem = (of: 'config_invalid' | 'record_unavailable', text: string, advice: string) =>
    new SluiceError(of, text, { advice, cause: error });

  const listening = listenProblem(error, listen);
  if (listening !== null) return listening;
  const isFull =
    error instanceof StoreError ? error.problem === 'full' : code === 'ENOSPC' || code === 'EDQUOT';
  if (isFull) {
    return problem(
      'record_unavailable',
      `there is no room for the record in \`${data}\``,
      'make room on that disk, or name a folder on another one in `data`',
    );
  }
  if (error instanceof StoreError) {
    return problem(
      'record_unavailable',
      `the store cannot be used: ${error.message}`,
      'see that it is there, and for the relay to write: `data`, or `store`',
    );
  }
  // The lock is of SQLite, too.
  if (errcode !== undefined || path?.startsWith(data)) {
    return problem(
      'record_unavailable',
      `the data folder \`${data}\` cannot be used: ${error.message}`,
      'give it to the user that the relay runs as, or name another one in `data`',
    );
  }
  if (path === undefined) return null;
  return problem('config_invalid', `\`${path}\` cannot be read`, 'correct its path in the configuration');
}

/** What Node adds to the errors of the system, and node:sqlite to those of SQLite. */
interface SystemError extends Error {
  readonly code?: string;
  readonly path?: string;
  readonly errcode?: number;
}
