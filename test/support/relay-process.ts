import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** A child of this Node, with what it prints to be read and its errors shown. It does not outlive the test. */
export function spawnNode(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Resolves once the relay says that it listens. Rejects when it ends before. */
export async function listening(relay: ChildProcess): Promise<void> {
  for await (const line of createInterface({ input: relay.stdout! })) {
    if (line.includes('listens on')) return;
  }
  throw new Error('the relay ended before it listened');
}

/** Ends it the way asked for, and resolves when it has ended. */
export async function ended(relay: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  const exit = once(relay, 'exit');
  if (!relay.kill(signal)) throw new Error('the relay ended by itself');
  await exit;
}
