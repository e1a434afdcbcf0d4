// A relay whose store is counted, and a bare Node proxy before a server that answers the same: statement.ts
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { filesIn } from '../relay/src/composition/files.ts';
import { openSqliteWithin } from '../relay/src/store/sqlite/open-sqlite.ts';
import { relayPlace } from '../test/support/relay-place.ts';

export interface StatementRelayStarted {
  readonly url: string;
  readonly proxyUrl: string;
  readonly token: string;
}

/** Since it started. */
export interface StatementWork {
  /** As the store counts them. */
  readonly commits: number;
  /** As they stand in the write-ahead log. */
  readonly walCommits: number;
  readonly prepares: number;
}

const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
const { database } = filesIn(folder);
const { store, connection } = await openSqliteWithin(database, { now: Date.now, onError: console.error });
// The log is started over now and then; what is counted must stay in it.
connection.exec('PRAGMA wal_autocheckpoint = 0');
const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
const place = await relayPlace(folder, issuer);
await place.start(() => {}, { store });

const walCommits = commitsIn(`${database}-wal`);

let answer = '';
const target = createServer((incoming, response) => {
  incoming.resume().on('end', () => response.setHeader('content-type', 'application/json').end(answer));
});
const targetUrl = await listen(target);
const proxy = createServer((incoming, response) => {
  const onward = request(targetUrl, { method: incoming.method, headers: incoming.headers }, (back) => {
    response.writeHead(back.statusCode ?? 502, back.headers);
    back.pipe(response);
  });
  incoming.pipe(onward);
});
const started: StatementRelayStarted = {
  url: place.url,
  proxyUrl: await listen(proxy),
  token: await issuer.tokenFor('ada'),
};
console.log(JSON.stringify(started));

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line) as 'work' | { readonly answer: string };
  if (order !== 'work') ({ answer } = order);
  const { commits, prepares } = connection.meter;
  const work: StatementWork = { commits, prepares, walCommits: walCommits() };
  console.log(JSON.stringify(work));
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/**
 * Frames that end a commit, so far: those whose header says how large the database is by then. Only what was added since
 * it was asked last is read, so that counting does not slow what is measured.
 * https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
function commitsIn(path: string): () => number {
  const log = openSync(path, 'r');
  process.once('exit', () => closeSync(log));
  const header = Buffer.alloc(24);
  let commits = 0;
  let at = 32;
  return () => {
    readSync(log, header, 0, header.length, 0);
    const frame = 24 + header.readUInt32BE(8);
    for (const { size } = fstatSync(log); at + frame <= size; at += frame) {
      readSync(log, header, 0, header.length, at);
      if (header.readUInt32BE(4) !== 0) commits += 1;
    }
    return commits;
  };
}
