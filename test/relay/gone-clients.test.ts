import { readdirSync, readlinkSync } from 'node:fs';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { filesIn } from '../../relay/src/composition/files.ts';
import type { Relay } from '@sluice/relay';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { signIn, type Wire } from '../support/wire.ts';

const data = temporaryFolder();
const { spool } = filesIn(data);
/** Some 20 MB in a few chunks, each more than sockets hold. */
const large = `SELECT O.ID, P.ID, C.ID, SHA2(O.ID || '/' || P.ID || '/' || C.ID)
  FROM ORDERS O, ORDERS P, CUSTOMERS C WHERE C.ID <= 25`;
let issuer: LocalIssuer;
let place: RelayPlace;
let relay: Relay;
let grace: Wire;
/** Milliseconds that the relay's clock is off. */
let off: number;

beforeEach(async () => {
  off = 0;
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  place = await relayPlace(data, issuer);
  relay = await place.start(() => {}, { now: () => Date.now() + off });
  grace = await signIn(place.url, await issuer.tokenFor('grace'));
});
afterEach(async () => {
  await relay.close();
  await issuer.close();
});

it('a client that goes away in the middle of a result leaves no open file, and the result to be fetched again', async () => {
  const chunk = await largeResult();
  for (let times = 0; times < 5; times += 1) (await begun(chunk)).destroy();
  await expect.poll(openSpoolFiles).toEqual([]);
  let bytes = 0;
  for await (const piece of await begun(chunk)) bytes += (piece as Buffer).length;
  expect(bytes).toBe(chunk.compressedSize);
});

it.each([
  ['says so', async () => void (await grace.post('/session?delete=true', {}))],
  ['just disappears', async () => void (off = 3_700_000)],
])('of a client that leaves and %s, nothing stays', async (_, leave) => {
  await largeResult();
  expect(readdirSync(spool)).not.toEqual([]);
  await leave();
  await expect.poll(() => readdirSync(spool)).toEqual([]);
});

it('a client that reads nothing holds up neither others nor the end of the relay', async () => {
  const chunk = await largeResult();
  const stuck = askAndNotRead(chunk, 20);
  onTestFinished(() => void stuck.destroy());
  await expect.poll(openSpoolFiles).not.toEqual([]);
  expect((await grace.query('SELECT 1')).success).toBe(true);
  expect(openSpoolFiles(), 'more than the sockets take').not.toEqual([]);
  // Otherwise it waits for the client, for longer than the test does.
  await relay.close();
  relay = await place.start(() => {});
});

interface ChunkLink {
  readonly url: string;
  readonly compressedSize: number;
  readonly headers: Readonly<Record<string, string>>;
}

async function largeResult(): Promise<ChunkLink> {
  const { data: result, message } = await grace.query(large);
  if (result === null || !('chunks' in result)) throw new Error(`no large result: ${message}`);
  const [chunk] = result['chunks'] as ChunkLink[];
  return { ...chunk!, headers: result['chunkHeaders'] as Record<string, string> };
}

/** A response whose first bytes are there. */
async function begun({ url, headers }: ChunkLink): Promise<IncomingMessage> {
  const [response] = (await once(get(url, { headers, agent: false }), 'response')) as [IncomingMessage];
  await once(response, 'readable');
  return response;
}

/** Asks for the same chunk so many times on one connection. */
function askAndNotRead({ url, headers }: ChunkLink, times: number): Socket {
  const { hostname, port, pathname } = new URL(url);
  const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const socket = connect(Number(port), hostname).pause();
  socket.on('error', () => {});
  socket.write(`GET ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`.repeat(times));
  return socket;
}

/** This process is the relay's too. */
function openSpoolFiles(): readonly string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', descriptor));
      return path.startsWith(spool) ? [path] : [];
    } catch {
      return []; // closed meanwhile
    }
  });
}
