import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { demoPeople, type LocalIssuer, startLocalIssuer } from '@sluice/demo';
import { filesIn } from '../../relay/src/composition/files.ts';
import { apiClient } from '../support/api.ts';
import { connectDriver, errorOf } from '../support/driver.ts';
import { type RelayPlace, relayPlace } from '../support/relay-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { provesItself } from './record.ts';
import { serve } from './served-relay.ts';

const data = temporaryFolder();
const count = 'SELECT COUNT(*) AS N FROM ORDERS';
let issuer: LocalIssuer;
let place: RelayPlace;

beforeAll(async () => {
  issuer = await startLocalIssuer({ people: demoPeople, port: 0 });
  place = await relayPlace(data, issuer);
});
afterAll(() => issuer.close());

it('waits for another process that holds the database, for a bounded time, with its event loop free', async () => {
  const relay = serve(place.config, { probed: true });
  await relay.listening;
  const token = await issuer.tokenFor('ada');
  const ada = await connectDriver(place.url, token);
  const api = apiClient(place.url, token);
  const grace = apiClient(place.url, await issuer.decidingTokenFor('grace'));
  // From now on, neither has to be written down as somebody new.
  await ada.run(count);
  await grace.pending();
  await api.pending();

  const free = lock();
  await relay.loopUse();
  const order: string[] = [];
  const refusals = [
    errorOf(ada.run(count)).finally(() => order.push('refused')),
    errorOf(api.post('/api/statements', { sql: count, wait: 30 })).finally(() => order.push('refused')),
  ];
  await grace.pending();
  order.push('read');
  const [atDriver, atApi] = await Promise.all(refusals);
  // SQLite waits on the event loop's own thread: then this is above 0.8.
  expect(await relay.loopUse()).toBeLessThan(0.5);
  expect(order).toEqual(['read', 'refused', 'refused']);
  expect(atDriver).toMatchObject({
    code: '370001',
    message: expect.stringContaining('cannot be written: another process holds the database') as string,
  });
  expect(atApi?.message).toMatch(/^503: .*"code":"record_unavailable"/);
  expect(relay.log).toContainEqual(
    expect.objectContaining({
      msg: 'the record is not available',
      failure: 'record_unavailable',
      causes: ['store: busy', 'SQLite 5: database is locked'],
    }),
  );
  free();

  expect((await ada.run(count)).rows).toEqual([{ N: 100 }]);
  const freeSoon = lock();
  const waits = ada.run(count);
  await grace.pending();
  freeSoon();
  expect((await waits).rows).toEqual([{ N: 100 }]);
  expect(await relay.end('SIGTERM')).toEqual({ code: 0, signal: null });
  await provesItself(data);
});

/** As `sqlite3 sluice.db 'BEGIN IMMEDIATE'` holds it. Returns how to let go. */
function lock(): () => void {
  const other = new DatabaseSync(filesIn(data).database);
  onTestFinished(() => {
    if (other.isOpen) other.close();
  });
  other.exec('BEGIN IMMEDIATE');
  return () => other.close();
}
