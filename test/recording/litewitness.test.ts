import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { logKeyText } from '../../relay/src/cli/log-key.ts';
import { originOf } from '../../relay/src/recording/index.ts';
import { connectDriver } from '../support/driver.ts';
import { freePort } from '../support/free-port.ts';
import { relayPlace } from '../support/relay-place.ts';
import { runSluice } from '../support/run-sluice.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/**
 * A witness of another maker: litewitness, of https://github.com/FiloSottile/torchwood, as `test/drivers/install` builds it.
 */
const LITEWITNESS = fileURLToPath(new URL('../../.drivers/litewitness/litewitness', import.meta.url));

const folder = temporaryFolder();
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
});
afterAll(() => issuer.close());

const isThere = (program: string) => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** It follows one log, and signs by way of an agent that has its key. */
async function startLitewitness(data: string, origin: string, logKey: string) {
  const [key, socket, database] = ['key', 'agent', 'witness.db'].map((name) => join(data, name)) as [
    string,
    string,
    string,
  ];
  if (!existsSync(key)) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  onTestFinished(() => void agent.kill());
  await expect.poll(() => existsSync(socket), { timeout: 20_000 }).toBe(true);
  execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
  const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-l', '-f', `${key}.pub`], {
    encoding: 'utf8',
  }).split(' ');
  const db = new DatabaseSync(database);
  db.exec(`CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL);
    CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin))`);
  // The root of no events, as its own tool to add a log writes it.
  const empty = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
  db.prepare('INSERT INTO log VALUES (?, 0, ?)').run(origin, empty);
  db.prepare('INSERT INTO key VALUES (?, ?)').run(origin, logKey);
  db.close();
  const port = await freePort();
  const witness = spawn(
    LITEWITNESS,
    // prettier-ignore
    ['-db', database, '-name', 'witness.example/lite', '-ssh-agent', socket, '-key', fingerprint, '-listen', `127.0.0.1:${port}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  onTestFinished(async () => {
    witness.kill('SIGKILL');
    if (witness.exitCode === null && witness.signalCode === null) await once(witness, 'exit');
  });
  let said = '';
  witness.stderr.on('data', (bytes: Buffer) => (said += bytes.toString('utf8')));
  const verifierKey = () => /vkey=(\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)/.exec(said)?.[1];
  await expect.poll(verifierKey, { timeout: 20_000 }).toBeDefined();
  return { url: `http://127.0.0.1:${port}`, key: verifierKey()! };
}

async function exported(relay: Relay): Promise<string> {
  const [listed] = await relay.store.index.sessions({ limit: 1 });
  const output = new PassThrough();
  const [file] = await Promise.all([text(output), relay.exportSession(listed!.session, output)]);
  return file;
}

async function aQuery(url: string, sql: string): Promise<void> {
  const ada = await connectDriver(url, await issuer.tokenFor('ada'));
  await ada.run(sql);
  await ada.close();
}

it('a witness of another maker cosigns what the relay signs, and stops one that shows it another history', async ({
  skip,
}) => {
  if (!existsSync(LITEWITNESS)) skip('litewitness is not installed: run `test/drivers/install`, with Go');
  if (!isThere('ssh-agent')) skip('no `ssh-agent` on this machine');
  const data = join(folder, 'relay');
  mkdirSync(data);
  const bare = await relayPlace(data, issuer);
  const first = await bare.start(() => {});
  const log = (await first.store.events.log())!.relaySession;
  await first.close();
  const publicKey = join(data, 'signing-key.pem.pub');
  const witnessFolder = join(folder, 'witness');
  mkdirSync(witnessFolder);
  const { url, key } = await startLitewitness(witnessFolder, originOf(log), logKeyText(log, publicKey));
  const place = await relayPlace(data, issuer, undefined, {
    witnesses: [{ kind: 'tlog-witness', name: 'lite', url, key }],
  });

  const relay = await place.start(() => {});
  const file = join(folder, 'session.ndjson');
  const verify = async () => {
    await aQuery(place.url, 'SELECT 1');
    writeFileSync(file, await exported(relay));
    return (await runSluice(['verify', file, '--key', publicKey, '--witness', key])).code;
  };
  // The first time without a proof, and then with one that the log goes on from what it has seen.
  await expect.poll(verify, { timeout: 60_000 }).toBe(0);
  await expect.poll(verify, { timeout: 60_000 }).toBe(0);
  await relay.close();

  const own = ['sluice.db', 'signed-head.json', 'high-water'];
  for (const name of own) copyFileSync(join(data, name), join(data, `${name}.copy`));
  const later = await place.start(() => {});
  await aQuery(place.url, "SELECT 'regretted'");
  await exported(later);
  await later.close();
  for (const name of own) copyFileSync(join(data, `${name}.copy`), join(data, name));
  const fooled = await place.start(() => {});
  const lacks = async () =>
    ((await (await fetch(`${place.url}/readyz`)).json()) as { lacks?: readonly string[] }).lacks;
  await expect.poll(lacks, { timeout: 60_000 }).toEqual(['record']);
  await fooled.close();
});
