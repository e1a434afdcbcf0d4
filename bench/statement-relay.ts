// A relay whose store is counted, and a bare Node proxy before a server that answers the same: statement.ts
import { readFileSync } from 'node:fs';
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
  const work: StatementWork = { commits, prepares, walCommits: commitsIn(`${database}-wal`) };
  console.log(JSON.stringify(work));
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/**
 * Frames that end a commit: those whose header says how large the database is by then.
 * https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
function commitsIn(path: string): number {
  const log = readFileSync(path);
  const pageSize = log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + 24 <= log.length; at += 24 + pageSize)
    if (log.readUInt32BE(at + 4) !== 0) commits += 1;
  return commits;
}
