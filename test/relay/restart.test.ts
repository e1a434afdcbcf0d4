import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { filesIn } from '../../relay/src/composition/files.ts';
import { openStoreToRead } from '@sluice/relay/store';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const data = temporaryFolder();

it('a statement that runs when the relay is stopped has its end on the record', async () => {
  const folder = join(data, 'stopped');
  mkdirSync(folder);
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const place = await relayPlace(folder, issuer);
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const relay = await place.start(() => reach());
  const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
  // It takes as long as it is let.
  const call = errorOf(ada.run('SELECT COUNT(*) FROM ORDERS A, ORDERS B, ORDERS C, ORDERS D, ORDERS E'));
  await reached;
  await relay.close();
  const store = await openStoreToRead({ kind: 'sqlite' }, filesIn(folder));
  const [latest] = await store.index.sessions({ limit: 1 });
  const events = await store.events.page({ from: null, skip: 0, limit: 1_000 });
  await store.close();
  expect(latest).toBeDefined();
  const types = events.map(({ type }) => type);
  const after = types.slice(types.lastIndexOf('executed') + 1);
  expect(after.filter((type) => ['cancelled', 'error', 'result'].includes(type))).not.toEqual([]);
  await issuer.close();
  await ada.close().catch(() => {});
  void call;
});

it("a held statement outlives the relay: the driver's poll picks up again, and it runs once", async () => {
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const place = await relayPlace(data, issuer);
  const reached: string[] = [];
  const start = async () => await place.start(({ sql }) => void reached.push(sql), { longPollMs: 2_000 });
  const first = await start();
  const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
  const update = "UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7";
  const call = ada.run(update);
  const token = await issuer.decidingTokenFor('grace');
  const grace = apiClient(place.url, token);
  const asked = await nextPending(grace);

  await first.close();
  const second = await start();
  const still = await nextPending(grace);
  expect(still.id).toBe(asked.id);
  await grace.decide(still, 'approve', 'after the restart');

  const { statement } = await call;
  expect(statement.getNumUpdatedRows()).toBe(1);
  expect(reached.filter((sql) => sql === update)).toHaveLength(1);
  await ada.close();
  await second.close();
  await issuer.close();
});
