import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_POLICY } from '@sluice/relay/demo/demo.ts';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/relay/identity/index.ts';
import { filesIn } from '@sluice/relay/main.ts';
import { runCli } from '@sluice/relay/cli/cli.ts';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver } from '../support/driver.ts';
import { freePort } from '../support/free-port.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
let issuer: LocalIssuer;
let data: string;
let url: string;
let config: string;

beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  data = await mkdtemp(join(tmpdir(), 'sluice-killed-'));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  config = join(data, 'sluice.yaml');
  // JSON is YAML.
  const settings = {
    listen: { port },
    data,
    policy: DEMO_POLICY,
    identity: { issuers: [{ issuer: issuer.issuer, audience: issuer.audience }] },
    warehouse: { type: 'embedded', customers: 50 },
  };
  await writeFile(config, JSON.stringify(settings));
});
afterAll(() => issuer.close());

it('a relay that is killed takes no held statement with it, and its record proves itself', async () => {
  const first = await serve();
  const ada = await connectDriver(url, await issuer.tokenFor('ada'));
  await ada.run('SELECT COUNT(*) FROM ORDERS');
  const call = ada.run("UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7");
  const token = await issuer.tokenFor('grace');
  const asked = await nextPending(apiClient(url, token));

  first.kill('SIGKILL');
  await once(first, 'exit');
  const second = await serve();
  const grace = apiClient(url, token);
  const still = await nextPending(grace);
  expect(still.id).toBe(asked.id);
  await grace.decide(still, 'approve', 'after the kill');
  expect((await call).statement.getNumUpdatedRows()).toBe(1);

  await ada.close();
  second.kill('SIGTERM');
  await once(second, 'exit');
  const { database, signingKey } = filesIn(data);
  expect(await runCli(['verify', database, '--key', `${signingKey}.pub`])).toBe(0);
});

/** A relay as a process of its own, once it listens. */
async function serve(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--config', config, '--log-level', 'silent'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('listens on')) break;
  return child;
}
