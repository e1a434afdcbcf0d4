import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRelayClient, type RelayClient } from '@sluice/contract';
import fc from 'fast-check';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import type { RelayId } from '../../desktop-approver/src/relays/relay.ts';
import { openLibrary } from '../../desktop-approver/src/replays/library.ts';

import { createReplays, type ReplaysOptions } from '../../desktop-approver/src/replays/replays.ts';
import { spki } from '../../relay/src/recording/index.ts';
import { newSession, newSigner } from '../../relay/src/recording/testing/open-test-record.ts';
import { NO_SMALL_DISK, smallDisk } from '../faults/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { LIBRARY_THREAD } from './start-desktop.ts';
import { testExports } from './support/test-exports.ts';

let day: string;
let log: string;
let key: string;
let small: readonly string[];
let files: ReadonlyMap<string, Buffer>;

beforeAll(async () => {
  ({ day, log, key, small, files } = await testExports());
});

const RELAY = 'acme' as RelayId;

/** What is kept on a computer, and a relay to download from. */
function aComputer(more: Partial<ReplaysOptions> = {}) {
  const folder = temporaryFolder();
  const path = more.path ?? join(folder, 'replays.db');
  const learnt: string[] = [];
  const clock = { now: 1_000 };
  const known = {
    keysOf: async () => [key],
    witnessesOf: async () => [],
    learn: async (_: string, spki: string) => void learnt.push(spki),
    isSeen: async () => true,
  };
  const open = () => {
    const replays = createReplays({
      program: LIBRARY_THREAD,
      path,
      known,
      now: () => (clock.now += 1),
      ...more,
    });
    onTestFinished(() => replays.close());
    return replays;
  };
  const replays = open();
  const relay = (
    chunksOf = (session: string): AsyncIterable<Uint8Array> => inChunks(files.get(session)!),
  ) => ({
    id: RELAY,
    client: {
      sessions: { export: async ({ params }: { params: { id: string } }) => chunksOf(params.id) },
    } as unknown as RelayClient,
  });
  const file = (content: Uint8Array) => {
    const at = join(folder, `${Math.random()}.sluice`);
    writeFileSync(at, content);
    return at;
  };
  return { path, open, replays, relay, file, learnt, clock };
}

async function* inChunks(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997);
}

/** As a page asks, with every answer checked against the contract. */
function clientOf({ fetch }: { fetch(request: Request): Promise<Response> }): RelayClient {
  return createRelayClient({
    url: 'http://local',
    token: 'added-by-the-app',
    retries: 0,
    fetch: (url, init) => fetch(new Request(url, init)),
  });
}

it('keeps a session that was downloaded, and answers for it in the contract’s forms, to the byte', async () => {
  const { replays, relay } = aComputer();
  for (const session of [day, ...small]) await replays.download(relay(), session);
  const client = clientOf(replays);
  expect(await client.about.read()).toMatchObject({ api: { from: 1 } });
  expect((await client.people.self()).may).toEqual({ audit: false, revoke: false });
  const { sessions, whose, next } = await client.sessions.list({ query: { limit: 2 } });
  expect([whose, sessions.map(({ name }) => name)]).toEqual(['all', ['dave', 'carol']]);
  const rest = await client.sessions.list({ query: { limit: 2, cursor: next! } });
  expect(rest.sessions.map(({ session }) => session)).toEqual([small[0], day]);
  expect(rest.next).toBeNull();
  expect(rest.sessions[1]).toMatchObject({ events: 11, isRelay: false, outcomes: { statements: 1 } });
  const named = await client.sessions.list({ query: { name: 'CAR' } });
  expect(named.sessions.map(({ session }) => session)).toEqual([small[1]]);

  const events = await Array.fromAsync(await client.sessions.events({ params: { id: day } }));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index));
  const later = await Array.fromAsync(
    await client.sessions.events({ params: { id: day }, query: { after: 8 } }),
  );
  expect(later).toEqual(events.slice(9));
  const exported = await Array.fromAsync(await client.sessions.export({ params: { id: day } }));
  expect(Buffer.concat(exported).equals(files.get(day)!)).toBe(true);
  const withRows = events.find((event) => 'body' in event && event.body.type === 'result')!;
  const params = { id: day, seq: String(withRows.seq), place: '0' };
  const rows = Buffer.concat(await Array.fromAsync(await client.sessions.payload({ params })));
  expect(files.get(day)!.includes(rows.toString('base64'))).toBe(true);
  await expect(client.sessions.payload({ params: { ...params, place: '9' } })).rejects.toMatchObject({
    code: 'result_unavailable',
  });
  expect(await client.checkpoints.keys({ query: { session: day } })).toMatchObject({ log, keys: [key] });

  const found = await client.sessions.search({ query: { text: 'SSN carol' } });
  expect(found.found.map(({ event }) => event.session)).toEqual([small[1]]);
  expect(found.sessions).toHaveLength(1);
  const { text, matches } = found.found[0]!.excerpt!;
  expect(matches.map(({ start, end }) => text.slice(start, end))).toEqual(['ssn', 'carol']);
});

it('says of everything else that it takes the relay', async () => {
  const client = clientOf(aComputer().replays);
  const away = {
    code: 'request_unsupported',
    message: expect.stringContaining('without the relay') as string,
  };
  await expect(client.approvals.list()).rejects.toMatchObject(away);
  await expect(client.checkpoints.newest()).rejects.toMatchObject(away);
  await expect(client.policy.read()).rejects.toMatchObject(away);
  await expect(client.sessions.events({ params: { id: newSession() } })).rejects.toMatchObject({
    code: 'session_unknown',
  });
  await expect(client.sessions.events({ params: { id: '../x' } })).rejects.toMatchObject({
    code: 'session_unknown',
  });
});

it('keeps no export that is not intact to the bit, and lists nothing of it', async () => {
  const { replays, relay } = aComputer();
  const whole = files.get(day)!;
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
      fc.pre(whole[at] !== byte);
      const changed = Buffer.from(whole);
      changed[at] = byte;
      await expect(
        replays.download(
          relay(() => inChunks(changed)),
          day,
        ),
      ).rejects.toMatchObject({ code: 'replay_broken' });
      expect(await replays.list()).toEqual([]);
    }),
    { numRuns: 60 },
  );
  // Nor one that breaks off, or of another session than was asked for.
  for (const given of [
    whole.subarray(0, whole.lastIndexOf('\n', whole.length - 2) + 1),
    files.get(small[0]!)!,
  ]) {
    await expect(
      replays.download(
        relay(() => inChunks(given)),
        day,
      ),
    ).rejects.toMatchObject({ code: 'replay_broken' });
  }
  expect([await replays.list(), await replays.interrupted()]).toEqual([[], []]);
});

it('takes a file by a key that is known of its log, or that somebody gives, and by no other', async () => {
  const stranger = spki(newSigner().publicKey).toString('base64');
  const known = {
    keysOf: async () => [] as string[],
    witnessesOf: async () => [],
    learn: async () => {},
    isSeen: async () => false,
  };
  const nothing = aComputer({ known });
  const path = nothing.file(files.get(day)!);
  await expect(nothing.replays.importFile(path)).rejects.toMatchObject({ code: 'key_unknown' });
  await expect(nothing.replays.importFile(path, stranger)).rejects.toMatchObject({
    code: 'replay_broken',
    message: expect.stringContaining('not signed by a key that is trusted') as string,
  });
  const pem = `-----BEGIN PUBLIC KEY-----\n${key}\n-----END PUBLIC KEY-----\n`;
  expect(await nothing.replays.importFile(path, pem)).toMatchObject({
    session: day,
    relay: null,
    key,
    isAttested: true,
  });

  const computer = aComputer();
  expect(await computer.replays.importFile(computer.file(files.get(day)!))).toMatchObject({ session: day });
  await expect(computer.replays.importFile(computer.file(Buffer.from('{}\n')))).rejects.toMatchObject({
    code: 'replay_broken',
  });
});

it('keeps within its limit: what was used longest ago goes first, and what is pinned stays', async () => {
  const size = files.get(small[0]!)!.length;
  const { replays, relay, path } = aComputer({ limit: Math.floor(2.5 * size) });
  const [one, two, three] = small as [string, string, string];
  await replays.download(relay(), one);
  await replays.download(relay(), two);
  // Somebody looks at it.
  await clientOf(replays).sessions.events({ params: { id: one } });
  await replays.download(relay(), three);
  const kept = async () => new Set((await replays.list()).map(({ session }) => session));
  expect(await kept()).toEqual(new Set([one, three]));
  await replays.pin(one, true);
  await clientOf(replays).sessions.events({ params: { id: three } });
  await replays.download(relay(), two);
  expect(await kept()).toEqual(new Set([one, two]));
  await replays.pin(two, true);
  await expect(replays.download(relay(), three)).rejects.toMatchObject({ code: 'replay_too_large' });
  await expect(replays.download(relay(), day)).rejects.toMatchObject({ code: 'replay_too_large' });
  expect(await kept()).toEqual(new Set([one, two]));
  expect(readFileSync(path).length).toBeLessThan(20 * size);
});

it('lists no half of a session, whatever ended it, and begins it again', async () => {
  const { replays, relay, path, open } = aComputer();
  await replays.download(relay(), small[0]!);
  let arrived = () => {};
  const middle = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const stalls = async function* (session: string) {
    yield files.get(session)!.subarray(0, 3_000);
    arrived();
    await new Promise(() => {});
  };
  const lost = replays.download(relay(stalls), day).catch(() => {});
  void lost;
  await middle;
  // As if the app had been killed: another one opens what is on disk.
  const killed = openLibrary(path, 1_000_000);
  const place = killed.begin(RELAY);
  killed.add(place, [{ kind: 'event', seq: 0, address: null, position: 0, text: '{"half":1}' }]);
  const again = open();
  expect((await again.list()).map(({ session }) => session)).toEqual([small[0]]);
  expect(await again.interrupted()).toEqual([{ session: day, relay: RELAY }]);
  expect(await clientOf(again).sessions.search({ query: { text: 'half' } })).toMatchObject({ found: [] });
  await again.download(relay(), day);
  expect(await again.interrupted()).toEqual([]);
  expect(await again.list()).toHaveLength(2);
  while (killed.tidy());
  expect(killed.events(Number.MAX_SAFE_INTEGER, 1_000)).toHaveLength(13);
  killed.close();
});

it('ends a download that is called off, and keeps nothing of it', async () => {
  const { replays, relay } = aComputer();
  const slowly = async function* (session: string) {
    for await (const chunk of inChunks(files.get(session)!)) {
      yield chunk;
      // What came before was taken.
      replays.cancel(session);
    }
  };
  await expect(replays.download(relay(slowly), day)).rejects.toMatchObject({ code: 'replay_called_off' });
  expect([await replays.list(), replays.coming(), await replays.interrupted()]).toEqual([[], [], []]);
  await replays.download(relay(), day);
});

it('says so when the disk is full, loses nothing, and goes on when there is room', async ({ skip }) => {
  const disk = smallDisk(temporaryFolder(), 4) ?? skip(NO_SMALL_DISK);
  const { replays, relay } = aComputer({ path: join(disk.path, 'replays.db') });
  await replays.download(relay(), small[0]!);
  disk.fill();
  await expect(replays.download(relay(), day)).rejects.toMatchObject({ code: 'disk_full' });
  expect((await replays.list()).map(({ session }) => session)).toEqual([small[0]]);
  const events = await Array.fromAsync(
    await clientOf(replays).sessions.events({ params: { id: small[0]! } }),
  );
  expect(events).toHaveLength(2);
  disk.makeRoom();
  await replays.download(relay(), day);
  expect(await replays.list()).toHaveLength(2);
});

it('says so when its file is damaged, and begins a new one beside it', async () => {
  const { replays, relay, path, open } = aComputer();
  await replays.download(relay(), day);
  await replays.close();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xab, 0, 2_000));
  const again = open();
  await expect(again.list()).rejects.toMatchObject({ code: 'replays_damaged' });
  await expect(clientOf(again).sessions.list()).rejects.toMatchObject({
    message: expect.stringContaining('damaged') as string,
  });
  const away = await again.beginAnew();
  expect(readFileSync(away).equals(bytes)).toBe(true);
  await again.download(relay(), day);
  expect(await again.list()).toHaveLength(1);
});

it('shows no line as proven that was changed in its file: pages check it again', async () => {
  const { replays, relay, path } = aComputer();
  await replays.download(relay(), day);
  const { DatabaseSync } = await import('node:sqlite');
  const db = new DatabaseSync(path);
  const change = `UPDATE line SET text = replace(text, '"rows":', '"rows":1') WHERE text LIKE '%"rows":%'`;
  expect(db.prepare(change).run().changes).toBeGreaterThan(0);
  db.close();
  const text = Buffer.concat(
    await Array.fromAsync(await clientOf(replays).sessions.export({ params: { id: day } })),
  );
  const computer = aComputer();
  await expect(computer.replays.importFile(computer.file(text))).rejects.toMatchObject({
    code: 'replay_broken',
  });
});
