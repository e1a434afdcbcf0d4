import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** `sluice serve` as a process of its own. It does not outlive its test. */
export interface ServedRelay {
  readonly process: ChildProcess;
  /** What it has logged so far. */
  readonly log: readonly LogLine[];
  /** Everything that it said on standard error that is no line of the log. */
  readonly complaints: readonly string[];
  /** Resolves once it listens; rejects when it ends before, with what it said. */
  readonly listening: Promise<void>;
  /** How it ended. */
  readonly exit: Promise<Exit>;
  /** How busy its event loop was since this was asked before: from 0 to 1. Only with `probed`. */
  loopUse(): Promise<number>;
  /** Asks it to end, or ends it, and resolves when it has ended. */
  end(signal: 'SIGKILL' | 'SIGTERM' | 'SIGINT'): Promise<Exit>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

export interface ServeOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A program that starts it, with its arguments: `prlimit --nofile=100`. */
  readonly by?: readonly string[];
  /** Whether it can be asked how busy its event loop is. */
  readonly probed?: boolean;
  /** In place of a pipe that this reads: a file's descriptor. */
  readonly stderr?: number;
}

const PROBE = fileURLToPath(new URL('loop-probe.ts', import.meta.url));
const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));

export function serve(config: string, options: ServeOptions = {}): ServedRelay {
  const { env = {}, by = [], probed = false, stderr = 'pipe' } = options;
  const probe = probed ? ['--import', PROBE] : [];
  const node = [process.execPath, ...probe, PROGRAM, 'serve', '--config', config] as const;
  const command = by[0] ?? node[0];
  const args = by.length === 0 ? node.slice(1) : [...by.slice(1), ...node];
  const stdio: StdioOptions = ['ignore', 'pipe', stderr];
  const child = spawn(command, args, { stdio, env: { ...process.env, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const log: LogLine[] = [];
  const complaints: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const parsed = logLine(line);
      if (parsed === null) complaints.push(line);
      else log.push(parsed);
    });
  }
  const exit = once(child, 'close').then(([code, signal]): Exit => ({ code, signal }));
  const printed = createInterface({ input: child.stdout! });
  const listening = new Promise<void>((resolve, reject) => {
    printed.on('line', (line) => {
      if (line.includes('listens on')) resolve();
    });
    void exit.then(({ code, signal }) =>
      reject(new Error(`the relay ended (${code ?? signal}) before it listened: ${complaints.join('\n')}`)),
    );
  });
  listening.catch(() => {});
  return {
    process: child,
    log,
    complaints,
    listening,
    exit,
    async loopUse() {
      const line = once(printed, 'line') as Promise<[string]>;
      child.kill('SIGUSR2');
      const [said] = await line;
      return Number(/^event loop (.+)$/.exec(said)?.[1]);
    },
    async end(signal) {
      child.kill(signal);
      return await exit;
    },
  };
}

function logLine(line: string): LogLine | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null && 'msg' in parsed ? (parsed as LogLine) : null;
  } catch {
    return null;
  }
}
