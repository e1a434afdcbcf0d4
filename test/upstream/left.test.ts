import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPeople, startLocalIssuer } from '@sluice/demo';
import { expect, it, onTestFinished } from 'vitest';
import { fateOf, provesItself, recordIn } from '../faults/record.ts';
import { serve } from '../faults/served-relay.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { relayPlace } from '../support/relay-place.ts';
import { changed, firstOf } from './answers.ts';
import { accountConfig, POLICY } from './relay.ts';
import { shopTables } from './shop.ts';
import { tablesScript } from './tables.ts';
import { startUpstream } from './upstream.ts';

const INSERT = "INSERT INTO SHOP.SCRATCH.NOTES (ID, TEXT) VALUES (1, 'x')";

/** A relay as a process, before an account in which an INSERT takes as long as the test lets it. */
async function started() {
  const letGo = Promise.withResolvers<void>();
  const upstream = await startUpstream({
    script: firstOf(tablesScript(shopTables(10)), async ({ sql }) => {
      if (!/^\s*insert/i.test(sql)) return undefined;
      await letGo.promise;
      return changed('insert', 1);
    }),
    holdMs: 500,
  });
  const data = await mkdtemp(join(tmpdir(), 'sluice-left-'));
  const issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  onTestFinished(async () => {
    await issuer.close();
    await upstream.close();
    await rm(data, { recursive: true, force: true });
  });
  const place = await relayPlace(data, issuer, POLICY, {
    warehouse: { ...accountConfig(upstream.url), warm: 0 },
  });
  const relay = serve(place.config);
  await relay.listening;
  const ada = await connectDriver(place.url, await issuer.tokenFor('ada'));
  const running = errorOf(ada.run(INSERT));
  const sent = () => [...upstream.statements.values()].find(({ asked }) => asked.sql === INSERT);
  await expect.poll(sent).toBeDefined();
  await relay.end('SIGKILL');
  return { data, config: place.config, running, upstream, letGo, queryId: sent()!.queryId };
}

it.each([
  ['still runs is cancelled there', false, 'cancelled', 'cancelled'],
  ['has finished there is told to have', true, 'error result_unavailable', 'finished'],
] as const)('what runs in an account when its relay dies, and %s', async (_title, finishes, end, became) => {
  const { data, config, upstream, letGo, queryId } = await started();
  if (finishes) letGo.resolve();
  const isThere = () => upstream.statements.get(queryId)?.answer !== null;
  await expect.poll(isThere).toBe(finishes);
  const next = serve(config);
  await next.listening;
  await expect.poll(() => fateOf(data, INSERT).at(-1)).toBe(end);
  const found = recordIn(data).filter(
    (event) => event.type === 'notice' && event.what === 'left_statement_found',
  );
  expect(found).toMatchObject([{ detail: { became, warehouseQueryId: queryId } }]);
  expect(upstream.statements.get(queryId)?.answer).not.toBeNull();
  expect(upstream.executions.filter(({ sql }) => sql === INSERT)).toHaveLength(1);
  await next.end('SIGTERM');
  await provesItself(data);
});
