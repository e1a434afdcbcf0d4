import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ProcessStarted } from '../test/upstream/process.ts';
import type { ProxyStarted } from './account-proxy.ts';
import { startInstalledRelay } from './installed-relay.ts';

export interface Program<Told> {
  readonly process: ChildProcess;
  readonly told: Told;
}

/** A program of ours in a process of its own, which says in one line of JSON how it is reached. */
export async function startProgram<Told>(file: string, order: object): Promise<Program<Told>> {
  const child = spawn(process.execPath, [new URL(file, import.meta.url).pathname, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { process: child, told: JSON.parse(line) as Told };
}

/** What a statement can go through to a scripted account: straight, by a bare proxy, by a relay as it is installed. Each has a process. */
export async function startAccount(rows: number) {
  const account = await startProgram<ProcessStarted>('../test/upstream/process.ts', { rows });
  const proxy = await startProgram<ProxyStarted>('account-proxy.ts', {
    account: account.told.url,
    storage: account.told.storageUrl,
  });
  const relay = await startInstalledRelay(account.told.url);
  return {
    relay: relay.process,
    proxy: proxy.process,
    ways: {
      direct: { url: account.told.url, token: 'ada-token' },
      proxy: { url: proxy.told.url, token: 'ada-token' },
      relay: relay.way,
    },
    async stop(): Promise<void> {
      await relay.stop();
      for (const { process } of [proxy, account]) process.kill();
    },
  };
}

export interface Way {
  readonly url: string;
  readonly token: string;
}

/** Processor time of a process so far, all of its threads together: what others do on the machine is not in it. Linux tells, in ticks of 10 ms. */
export function processorMs({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Resident memory of a process, now or at its highest. MB; Linux tells. */
export function memoryOf({ pid }: ChildProcess, what: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024);
}
