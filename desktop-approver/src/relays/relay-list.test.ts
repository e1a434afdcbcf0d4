import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { RelayId } from './relay.ts';
import { openRelayList } from './relay-list.ts';

const place = mkdtempSync(join(tmpdir(), 'sluice-relays-'));
afterAll(() => rmSync(place, { recursive: true }));
let files = 0;
const newPath = () => join(place, `${(files += 1)}.json`);

const ONE = { id: 'r1' as RelayId, url: 'https://one.example.com', name: null, issuer: null };
const TWO = {
  id: 'r2' as RelayId,
  url: 'http://127.0.0.1:8765/sluice',
  name: 'Here',
  issuer: 'https://id.example.com',
};

it('is the same after a restart', async () => {
  const path = newPath();
  const list = await openRelayList(path);
  expect([list.all(), list.laidAside]).toEqual([[], null]);
  await Promise.all([list.add(ONE), list.add(TWO), list.change(ONE.id, { name: 'First' })]);
  expect((await openRelayList(path)).all()).toEqual([{ ...ONE, name: 'First' }, TWO]);
  await list.remove(ONE.id);
  expect((await openRelayList(path)).all()).toEqual([TWO]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it.each([
  ['no JSON', '{'],
  ['another version', JSON.stringify({ version: 2, relays: [] })],
  [
    'an address that no token is sent to',
    JSON.stringify({ version: 1, relays: [{ ...ONE, url: 'http://one.example.com' }] }),
  ],
  [
    'an address in another spelling',
    JSON.stringify({ version: 1, relays: [{ ...ONE, url: 'https://one.example.com/' }] }),
  ],
  ['an id that is no host', JSON.stringify({ version: 1, relays: [{ ...ONE, id: '../x' }] })],
  ['the app’s own origin', JSON.stringify({ version: 1, relays: [{ ...ONE, id: 'local' }] })],
  ['one id twice', JSON.stringify({ version: 1, relays: [ONE, ONE] })],
])('lays aside what cannot be read: %s', async (_, text) => {
  const path = newPath();
  writeFileSync(path, text);
  const list = await openRelayList(path);
  expect(list.all()).toEqual([]);
  expect(readFileSync(list.laidAside!, 'utf8')).toBe(text);
  await list.add(ONE);
  expect((await openRelayList(path)).all()).toEqual([ONE]);
});

it('holds nothing that is not on disk', async () => {
  const list = await openRelayList(newPath());
  await expect(list.add({ ...ONE, url: 'http://one.example.com' })).rejects.toMatchObject({
    name: 'ZodError',
  });
  expect(list.all()).toEqual([]);
  await list.add(ONE);
  expect(list.all()).toEqual([ONE]);
});
