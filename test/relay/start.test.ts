import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { DEMO_POLICY, openShop } from '@sluice/demo';
import { filesIn } from '../../relay/src/composition/files.ts';
import { relayConfig } from '@sluice/relay/config';
import { type Relay, type RelayOptions, startRelay } from '@sluice/relay';
import { listening, spawnNode } from '../support/relay-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
const folder = temporaryFolder();
const other = createServer();
let taken: number;

beforeAll(async () => {
  await once(other.listen(0, '127.0.0.1'), 'listening');
  taken = (other.address() as AddressInfo).port;
});
afterAll(async () => {
  await once(other.close(), 'close');
});

it('a relay whose port is taken says so, and leaves nothing open', async () => {
  const data = join(folder, 'taken');
  const warehouse = await closingWarehouse();
  await expect(start(data, { port: taken }, { warehouse })).rejects.toMatchObject({
    code: 'config_invalid',
    message: `port ${taken} of 127.0.0.1 is taken by another program`,
    advice: 'end that one, or name another port; 0 is any free one',
  });
  expect(warehouse.closed).toBe(true);
  // SQLite removes it when the last connection is closed.
  expect(existsSync(`${filesIn(data).database}-wal`)).toBe(false);

  const relay = await start(data, { port: 0 });
  expect(new URL(relay.url).port).not.toBe(String(taken));
});

it('`sluice serve` ends by itself when its port is taken, and not as if all were well', async () => {
  const config = writeConfig('taken.yaml', join(folder, 'taken-too'), taken);
  const args = [PROGRAM, 'serve', '--config', config, '--log-level', 'silent'];
  await expect(promisify(execFile)(process.execPath, args)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`port ${taken} of 127.0.0.1 is taken`),
  });
});

it('a data folder has one relay at a time, and the second one touches nothing', async () => {
  const data = join(folder, 'shared');
  const first = await start(data, { port: 0 });
  const spooled = join(filesIn(data).spool, 'result');
  writeFileSync(spooled, 'rows');
  await expect(start(data, { port: 0 })).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('another relay has the lock'),
  });
  expect(existsSync(spooled)).toBe(true);
  await first.close();
  await start(data, { port: 0 });
});

it('a relay that was killed leaves no lock behind', async () => {
  const data = join(folder, 'killed');
  const relay = spawnNode([PROGRAM, 'serve', '--config', writeConfig('killed.yaml', data, 0)]);
  await listening(relay);
  await expect(start(data, { port: 0 })).rejects.toThrow('another relay has the lock');
  const exit = once(relay, 'exit');
  relay.kill('SIGKILL');
  await exit;
  await start(data, { port: 0 });
});

it('a relay that is asked to stop ends in order, with nothing to complain of', async () => {
  const data = join(folder, 'stopped');
  const relay = spawnNode([PROGRAM, 'serve', '--config', writeConfig('stopped.yaml', data, 0)]);
  await listening(relay);
  const exit = once(relay, 'exit');
  relay.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
  expect(existsSync(`${filesIn(data).database}-wal`)).toBe(false);
  expect(existsSync(filesIn(data).spool)).toBe(false);
});

it('a relay that is asked to stop before it listens stops', async () => {
  const data = join(folder, 'stopped-early');
  const config = writeConfig('stopped-early.yaml', data, 0);
  const settings = JSON.parse(readFileSync(config, 'utf8')) as object;
  // Long enough to be asked in the middle of it.
  writeFileSync(config, JSON.stringify({ ...settings, warehouse: { type: 'embedded', customers: 300_000 } }));
  const relay = spawnNode([PROGRAM, 'serve', '--config', config, '--log-level', 'silent']);
  const exit = once(relay, 'exit');
  await expect.poll(() => existsSync(`${filesIn(data).database}-wal`), { timeout: 60_000 }).toBe(true);
  relay.kill('SIGTERM');
  expect(await exit).toEqual([130, null]);
  expect(existsSync(`${filesIn(data).database}-wal`)).toBe(false);
});

it('a data folder that is a file is told of', async () => {
  const data = join(folder, 'file');
  writeFileSync(data, 'not a folder');
  await expect(start(data, { port: 0 })).rejects.toMatchObject({
    code: 'record_unavailable',
    message: expect.stringContaining(`the data folder \`${data}\` cannot be used`),
  });
});

it('a start that is interrupted closes what it had started', async () => {
  const data = join(folder, 'interrupted');
  const stop = new AbortController();
  const warehouse = await closingWarehouse();
  const logger = pino({ level: 'silent' });
  const starting = startRelay(settings(data, 0), { logger, warehouse, signal: stop.signal });
  stop.abort(new Error('asked to stop'));
  await expect(starting).rejects.toThrow('asked to stop');
  expect(existsSync(`${filesIn(data).database}-wal`)).toBe(false);
});

async function start(
  data: string,
  { port }: { readonly port: number },
  options: Partial<RelayOptions> = {},
): Promise<Relay> {
  const relay = await startRelay(settings(data, port), { logger: pino({ level: 'silent' }), ...options });
  const closed = relay.close;
  onTestFinished(async () => await closed());
  return relay;
}

function settings(data: string, port: number) {
  return relayConfig.parse(configOf(data, port));
}

function writeConfig(name: string, data: string, port: number): string {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, JSON.stringify(configOf(data, port))); // JSON is YAML
  return path;
}

function configOf(data: string, port: number) {
  return {
    listen: { port },
    data,
    policy: DEMO_POLICY,
    identity: { issuers: [{ issuer: 'https://issuer.example', audience: 'sluice' }] },
    warehouse: { type: 'embedded' },
  } as const;
}

/** One that tells whether it was closed. */
async function closingWarehouse() {
  const shop = await openShop({ customers: 1 });
  const warehouse = {
    ...shop,
    closed: false,
    async close() {
      warehouse.closed = true;
      await shop.close();
    },
  };
  return warehouse;
}
