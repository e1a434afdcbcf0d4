import { pino } from 'pino';
import { expect, it } from 'vitest';
import { relayConfig } from '@sluice/relay/config.ts';
import { DEMO_POLICY } from '@sluice/relay/demo/demo.ts';
import { demoPeople, startLocalIssuer } from '@sluice/relay/identity/index.ts';
import { startRelay } from '@sluice/relay/main.ts';
import { apiClient, nextPending } from '../support/api.ts';
import { connectDriver } from '../support/driver.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const data = temporaryFolder();

it("a held statement outlives the relay: the driver's poll picks up again, and it runs once", async () => {
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  const start = async (port: number) =>
    await startRelay(
      relayConfig.parse({
        listen: { port },
        data,
        policy: DEMO_POLICY,
        identity: { issuers: [{ issuer: issuer.issuer, audience: issuer.audience }] },
        warehouse: { type: 'embedded', customers: 50 },
      }),
      { logger: pino({ level: 'silent' }), holdMs: 2_000 },
    );
  const first = await start(0);
  const ada = await connectDriver(first.url, await issuer.tokenFor('ada'));
  const call = ada.run("UPDATE ORDERS SET STATUS = 'again' WHERE ID = 7");
  const token = await issuer.tokenFor('grace');
  const asked = await nextPending(apiClient(first.url, token));

  await first.close();
  const second = await start(Number(new URL(first.url).port));
  const grace = apiClient(second.url, token);
  const still = await nextPending(grace);
  expect(still.id).toBe(asked.id);
  await grace.decide(still, 'approve', 'after the restart');

  const { statement } = await call;
  expect(statement.getNumUpdatedRows()).toBe(1);
  await ada.close();
  await second.close();
  await issuer.close();
});
