import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { userInfo } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { connect, disconnect, execute } from '../drivers/node-driver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = fileURLToPath(new URL('../../relay/bin/sluice.ts', import.meta.url));
/** Where temporary files are, for the programs that are run here. */
const folder = temporaryFolder();
const env = { ...process.env, TMPDIR: folder };
const root = join(folder, `sluice-demos-${userInfo().username}`);

const running: ChildProcess[] = [];
afterEach(async () => {
  for (const demo of running.splice(0)) {
    if (demo.exitCode !== null || demo.signalCode !== null) continue;
    const exit = once(demo, 'exit');
    demo.kill('SIGKILL');
    await exit;
  }
});

function sluice(...args: readonly string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...args], { encoding: 'utf8', env });
}

/** A demo on a free port, as a process of its own. */
async function startDemo() {
  const demo = spawn(process.execPath, [PROGRAM, 'demo', '--port', '0', '--customers', '5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  running.push(demo);
  let url = '';
  for await (const line of createInterface({ input: demo.stdout })) {
    url = /^The relay listens on +(\S+)/.exec(line)?.[1] ?? url;
    if (line.startsWith('Ctrl-C')) break;
  }
  return { demo, url };
}

async function end(demo: ChildProcess, signal: NodeJS.Signals) {
  const exit = once(demo, 'exit');
  demo.kill(signal);
  return await exit;
}

it('two demos get on side by side; `--as` asks which, and a driver gets a token of the one that is meant', async () => {
  const [one, other] = [await startDemo(), await startDemo()];
  const which = sluice('sql', '--as', 'ada', 'SELECT 1');
  expect(which).toMatchObject({ status: 2, stdout: '' });
  expect(which.stderr).toMatch(/^2 demos are running: which one is meant\?\nsay --url http/);
  expect(which.stderr).toContain(one.url);
  expect(which.stderr).toContain(other.url);
  expect(sluice('sql', '--as', 'ada', '--url', other.url, 'SELECT 1 AS N', '--json')).toMatchObject({
    status: 0,
    stdout: '{"N":1}\n',
  });

  const token = sluice('demo', 'token', 'ada', '--url', one.url).stdout.trim();
  const connection = await connect(Number(new URL(one.url).port), { token });
  expect((await execute(connection, 'SELECT COUNT(*) AS N FROM CUSTOMERS')).rows).toEqual([{ N: 5 }]);
  await disconnect(connection);

  // The end of one leaves the other's place as it was; one that was killed is found out.
  await end(one.demo, 'SIGKILL');
  expect(sluice('sql', '--as', 'ada', 'SELECT 1 AS N', '--json').stdout).toBe('{"N":1}\n');
  expect(readdirSync(root)).toHaveLength(1);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('leaves nothing behind after %s', async (signal) => {
  const { demo } = await startDemo();
  expect(existsSync(join(root, readdirSync(root)[0]!, 'data', 'sluice.db'))).toBe(true);
  expect(await end(demo, signal)).toEqual([0, null]);
  expect(readdirSync(root)).toEqual([]);
});

it('says what to do about a port that is taken, or is none, and ends', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const taken = sluice('demo', '--port', String(port));
  server.close();
  expect(taken).toMatchObject({
    status: 2,
    stdout: '',
    stderr: `port ${port} of 127.0.0.1 is taken by another program\nend that one, or name another port; 0 is any free one\n`,
  });
  const { url } = await startDemo();
  expect(sluice('demo', '--port', new URL(url).port)).toMatchObject({
    status: 2,
    stderr: `a demo is running at \`${url}\` already\nuse that one, or start another with \`npx sluice demo --port 0\`\n`,
  });
  for (const bad of ['abc', '-1', '70000', '', '1.5']) {
    const { status, stderr } = sluice('demo', `--port=${bad}`);
    expect(status).toBe(2);
    expect(stderr.split('\n')[0]).toBe(
      `error: option '--port <port>' argument '${bad}' is invalid. a port is a whole number from 0 (any free one) to 65535.`,
    );
  }
});

it('says who there is when a person is not', async () => {
  await startDemo();
  expect(sluice('demo', 'token', 'bob')).toMatchObject({
    status: 2,
    stderr: 'nobody in the demo is called `bob`\nthere are ada, grace, alan, mallory\n',
  });
});
