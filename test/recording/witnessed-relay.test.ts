import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import type { Relay } from '@sluice/relay';
import { startWitness } from '../../relay/src/cli/witness.ts';
import { logKeyText } from '../../relay/src/cli/log-key.ts';
import { isCosignedBy, parseCheckpoint, parseWitnessKey } from '../../relay/src/recording/index.ts';
import { connectDriver } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { witnessedPlace } from '../support/witnessed-place.ts';

const folder = temporaryFolder();
let issuer: LocalIssuer;
beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
});
afterAll(() => issuer.close());

async function exported(relay: Relay): Promise<string> {
  const [listed] = await relay.store.index.sessions({ limit: 1 });
  const output = new PassThrough();
  const [file] = await Promise.all([text(output), relay.exportSession(listed!.session, output)]);
  return file;
}
const noteIn = (file: string) =>
  file
    .split('\n')
    .filter((line) => line.includes('"kind":"checkpoint"'))
    .map((line) => (JSON.parse(line) as { note: string }).note)[0]!;

const aWitnessedPlace = (name: string) => witnessedPlace(folder, issuer, name);

async function aQuery(url: string, sql: string): Promise<void> {
  const ada = await connectDriver(url, await issuer.tokenFor('ada'));
  await ada.run(sql);
  await ada.close();
}

it('has what it signs cosigned and kept, and exports say so', async () => {
  const { place, witness, key, seen, log } = await aWitnessedPlace('cosigned');
  const relay = await place.start(() => {});
  await aQuery(place.url, 'SELECT 1');
  const note = noteIn(await exported(relay));
  expect(isCosignedBy(note, parseWitnessKey(key)!)).toBe(true);
  await aQuery(place.url, 'SELECT 2');
  expect(isCosignedBy(noteIn(await exported(relay)), parseWitnessKey(key)!)).toBe(true);
  await relay.close();
  const files = readdirSync(join(seen, log));
  expect(files.length).toBeGreaterThan(1);
  const kept = files.map((file) => parseCheckpoint(readFileSync(join(seen, log, file), 'utf8')));
  expect(kept.every((each) => each?.log === log)).toBe(true);
  expect(statSync(join(seen, log, files[0]!)).mode & 0o222).toBe(0);
  await witness.close();
});

it('goes on while a witness is down, and catches up', async () => {
  const { place, witness, start, key } = await aWitnessedPlace('down');
  await witness.close();
  const relay = await place.start(() => {});
  await aQuery(place.url, 'SELECT 1');
  expect(isCosignedBy(noteIn(await exported(relay)), parseWitnessKey(key)!)).toBe(false);
  const again = await start(witness.port);
  await expect
    .poll(async () => isCosignedBy(noteIn(await exported(relay)), parseWitnessKey(key)!), { timeout: 30_000 })
    .toBe(true);
  await relay.close();
  await again.close();
});

it('stops when a witness has seen more than a copy of the whole data folder holds', async () => {
  const { data, place, witness, seen } = await aWitnessedPlace('copied');
  const relay = await place.start(() => {});
  await aQuery(place.url, 'SELECT 1');
  await exported(relay);
  await relay.close();
  const own = ['sluice.db', 'signed-head.json', 'high-water'];
  for (const file of own) copyFileSync(join(data, file), join(data, `${file}.copy`));
  const later = await place.start(() => {});
  await aQuery(place.url, "SELECT 'regretted'");
  await exported(later);
  await later.close();
  // With its head and its mark: the relay alone cannot know.
  for (const file of own) copyFileSync(join(data, `${file}.copy`), join(data, file));
  rmSync(seen, { recursive: true });
  const fooled = await place.start(() => {});
  await expect.poll(async () => await lacks(place.url), { timeout: 20_000 }).toEqual(['record']);
  await fooled.close();
  await witness.close();
});

it('is not fooled by a witness that lies, and says so of one that claims another history', async () => {
  const data = join(folder, 'lied-to');
  mkdirSync(data);
  let answer = { status: 200, body: 'fine\n' };
  const server = createServer((_, response) => {
    response.writeHead(answer.status, { location: 'http://127.0.0.1:1/' }).end(answer.body);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { verifierKey: key } = await keyOfNobody(data);
  const place = await relayPlace(data, issuer, undefined, {
    witnesses: [{ kind: 'tlog-witness', name: 'liar', url, key }],
  });
  const relay = await place.start(() => {});
  const status = () =>
    JSON.parse(readFileSync(join(data, 'witnesses.json'), 'utf8')) as { problem: string }[];
  const problem = () => {
    try {
      return status()[0]!.problem;
    } catch {
      return null;
    }
  };
  await aQuery(place.url, 'SELECT 1');
  expect(
    noteIn(await exported(relay))
      .split('\n\n')[1]!
      .trimEnd()
      .split('\n'),
  ).toHaveLength(1);
  await expect.poll(problem, { timeout: 20_000 }).toContain('not its cosignature');
  answer = { status: 307, body: '' };
  await expect.poll(problem, { timeout: 60_000 }).not.toContain('not its cosignature');
  expect(await lacks(place.url)).toEqual([]);
  answer = { status: 409, body: '1000000\n' };
  await expect.poll(async () => await lacks(place.url), { timeout: 90_000 }).toEqual(['record']);
  await expect.poll(problem, { timeout: 20_000 }).toContain('it has cosigned 1000000 events');
  await relay.close();
}, 200_000);

async function keyOfNobody(data: string) {
  const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
  const path = join(data, 'some.pub');
  writeFileSync(path, pem);
  const logs = [logKeyText('00000000-0000-4000-8000-000000000000', path)];
  const witness = await startWitness({
    name: 'liar',
    data: join(data, 'nobody'),
    logs,
    host: '127.0.0.1',
    port: 0,
    tls: null,
  });
  await witness.close();
  return witness;
}

async function lacks(url: string): Promise<readonly string[]> {
  const response = await fetch(`${url}/readyz`);
  return ((await response.json()) as { lacks: string[] }).lacks;
}
