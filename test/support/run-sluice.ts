import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { SLUICE } from './sluice-program.ts';

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in a process of its own, as a person at a terminal that is no TTY does. */
export async function runSluice(
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    /** Run as somebody else. */
    readonly uid?: number;
    /** Given what it has printed on standard error so far; a signal to end it with. */
    readonly interrupt?: (err: string) => boolean;
  } = {},
): Promise<Ran> {
  const { env = {}, cwd, uid, interrupt } = options;
  // Not those of whoever runs the tests.
  const { SLUICE_URL: _url, SLUICE_TOKEN: _token, SLUICE_DECIDING_TOKEN: _deciding, ...own } = process.env;
  const child = spawn(process.execPath, [SLUICE, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...own, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString('utf8');
    if (interrupt?.(said) === true) child.kill('SIGINT');
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, err };
}
