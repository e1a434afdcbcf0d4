import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { filesIn } from '../../relay/src/composition/files.ts';
import { sqliteMigrations } from '../../relay/src/store/sqlite/migrations.ts';
import { faultWorld } from './fault-place.ts';
import { type ServedRelay, serve } from './served-relay.ts';

const world = faultWorld();
const EARLIER = join(import.meta.dirname, '../../relay/src/store/testing/earlier/store-of-0.1.db.gz');

const stepsIn = ({ log }: ServedRelay) =>
  log.filter(({ msg }) => msg === 'bringing the database to the newest schema');

it('says on standard error which step it takes with the database of an earlier version', async () => {
  const { config, data } = await world.newPlace();
  const { database } = filesIn(data);
  writeFileSync(database, gunzipSync(readFileSync(EARLIER)));
  const earlier = new DatabaseSync(database);
  const done = earlier.prepare('SELECT count(*) AS n FROM kysely_migration').get()!['n'];
  earlier.close();
  const relay = serve(config);
  // Whether it takes the record for its own is another matter: it has none of the keys.
  await Promise.race([relay.listening.catch(() => {}), relay.exit]);
  await relay.end('SIGTERM');
  const due = sqliteMigrations.slice(Number(done));
  expect(stepsIn(relay).map(({ name, number, of }) => ({ name, number, of }))).toEqual(
    due.map(({ name }, index) => ({ name, number: index + 1, of: due.length })),
  );
});

it('says on standard error how much of the record is in the search index while it is made anew', async () => {
  const { config, data } = await world.newPlace();
  const first = serve(config);
  await first.listening;
  await first.end('SIGTERM');
  expect(stepsIn(first)).toEqual([]);
  const database = new DatabaseSync(filesIn(data).database);
  const { n: events } = database.prepare('SELECT size AS n FROM recorded_log').get()!;
  database.exec('DELETE FROM recorded_recent');
  database.close();

  const relay = serve(config);
  await relay.listening;
  await expect
    .poll(() => relay.log.find(({ msg }) => msg === 'the search index is made'), { timeout: 60_000 })
    .toMatchObject({ indexed: expect.any(Number) });
  const { indexed, of } = relay.log.find(({ msg }) => msg === 'the search index is made')!;
  expect(indexed).toBe(of);
  expect(of).toBeGreaterThanOrEqual(Number(events));
  await relay.end('SIGTERM');
});
