import { expect, it } from 'vitest';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const data = temporaryFolder();

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
