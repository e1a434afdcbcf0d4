import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DEMO_POLICY } from '@sluice/relay/demo/demo.ts';
import type { LocalIssuer } from '@sluice/relay/identity/index.ts';

/** A relay that runs as a process of its own, again and again, on one data folder and one port. */
export interface RelayPlace {
  readonly url: string;
  /** Its configuration file. */
  readonly config: string;
}

export async function relayPlace(data: string, issuer: LocalIssuer): Promise<RelayPlace> {
  const port = await freePort();
  const config = join(data, 'sluice.yaml');
  const settings = {
    listen: { port },
    data,
    policy: DEMO_POLICY,
    identity: { issuers: [{ issuer: issuer.issuer, audience: issuer.audience }] },
    warehouse: { type: 'embedded', customers: 50 },
  };
  await writeFile(config, JSON.stringify(settings)); // JSON is YAML
  return { url: `http://127.0.0.1:${port}`, config };
}

/** A child of this Node, with what it prints to be read and its errors shown. */
export function spawnNode(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
