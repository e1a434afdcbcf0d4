import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createRelayClient } from '@sluice/contract';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { expect, it, onTestFinished } from 'vitest';
import { createReplays } from '../../desktop-approver/src/replays/replays.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeSessions } from '../support/written-record.ts';
import { LIBRARY_THREAD } from './start-desktop.ts';

const [folder, data] = [temporaryFolder(), temporaryFolder()];

/** An export of 100,002 events, as a relay makes it, and the key by which it is checked. */
async function largeExport(data: string) {
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const [session] = await writeSessions(data, [{ name: 'ada', statements: 20_000 }]);
  const place = await relayPlace(data, issuer, undefined, { groups: { auditors: ['security'] } });
  const relay = await place.start(() => {});
  const client = createRelayClient({ url: place.url, token: await issuer.decidingTokenFor('alan') });
  const { keys } = await client.checkpoints.keys();
  const path = join(folder, 'large.sluice');
  await pipeline(
    Readable.from(await client.sessions.export({ params: { id: session! } })),
    createWriteStream(path),
  );
  await relay.close();
  await issuer.close();
  return { path, keys };
}

it('checks a session of 100,000 events without holding up the main process', async () => {
  const { path, keys } = await largeExport(data);
  const replays = createReplays({
    program: LIBRARY_THREAD,
    path: join(folder, 'replays.db'),
    known: {
      keysOf: async () => keys,
      witnessesOf: async () => [],
      learn: async () => {},
      isSeen: async () => false,
    },
    now: Date.now,
  });
  onTestFinished(() => replays.close());
  await replays.list();
  const over = new AbortController();
  let longest = 0;
  // A window asks for something at every turn, as it were. What counts is processor time: not what else the machine does.
  const watched = (async () => {
    while (!over.signal.aborted) {
      const before = process.threadCpuUsage();
      await nextTurn();
      const { user, system } = process.threadCpuUsage(before);
      longest = Math.max(longest, (user + system) / 1_000);
    }
  })();
  const begun = performance.now();
  const importing = replays.importFile(path).finally(() => over.abort());
  // Meanwhile it answers what pages ask.
  expect(await replays.list()).toEqual([]);
  const kept = await importing;
  await watched;
  const seconds = (performance.now() - begun) / 1_000;
  console.log(
    `100,002 events checked and kept in ${seconds.toFixed(1)} s; main process held for ${longest.toFixed(1)} ms at most`,
  );
  expect(kept).toMatchObject({ summary: { events: 100_002, outcomes: { statements: 20_000 } } });
  expect(longest).toBeLessThan(25);
});
