import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below where systems take the ports from that they hand out themselves: Linux from 32,768 on, others from 49,152 on. */
const FROM = 10_000;
const PORTS_OF_A_WORKER = 1_000;
const WORKERS = 20;

const given = new Set<number>();

/**
 * For a program that must know its address before it listens, and finds it free again when it is started anew. It is none
 * that the system gives to a connection or to another program, and none of those that another worker of the tests takes.
 */
export async function freePort(): Promise<number> {
  const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % WORKERS;
  const first = FROM + worker * PORTS_OF_A_WORKER;
  for (;;) {
    const port = first + Math.floor(Math.random() * PORTS_OF_A_WORKER);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
