import { DatabaseSync } from 'node:sqlite';
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Demo, openShop, startDemo } from '@sluice/demo';
import { SluiceError } from '../../relay/src/errors.ts';
import { filesIn } from '../../relay/src/composition/files.ts';
import { verifyStore } from '../../relay/src/recording/index.ts';
import { openTestStore, type TestStore } from '../../relay/src/store/testing/open-test-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { connectDriver, type DriverSession, errorOf } from '../support/driver.ts';
import { type Watch, watchedWarehouse } from '../support/watched-warehouse.ts';

let demo: Demo;
let beneath: TestStore;
let ada: DriverSession;
/** Statements that reached the warehouse. */
let reached: string[];
let watch: Watch;

beforeEach(async () => {
  reached = [];
  watch = () => {};
  const warehouse = watchedWarehouse(await openShop({ customers: 50 }), async (statement) => {
    reached.push(statement.sql);
    await watch(statement);
  });
  const data = temporaryFolder();
  beneath = await openTestStore(filesIn(data).database);
  demo = await startDemo({ data, store: beneath.store, warehouse, logLevel: 'silent' });
  ada = await connectDriver(demo.relay.url, await demo.tokenFor('ada'));
});
afterEach(() => demo.close());

describe('promise 1: nothing runs unrecorded', () => {
  it('the intent is on disk, for another process to read, before the warehouse sees the statement', async () => {
    const onDisk: string[][] = [];
    watch = ({ queryId }) => {
      const other = new DatabaseSync(filesIn(demo.data).database, { readOnly: true });
      const rows = other
        .prepare(
          "SELECT type FROM recorded_event WHERE json_extract(body, '$.statement') = ? ORDER BY position",
        )
        .all(queryId);
      onDisk.push(rows.map(({ type }) => String(type)));
      other.close();
    };
    await ada.run('SELECT COUNT(*) FROM ORDERS');
    expect(onDisk).toEqual([['statement', 'understanding', 'decision', 'executed']]);
  });

  it('on a full disk nothing runs, the client is told, and it goes on when there is room', async () => {
    await ada.run('SELECT 1');
    const { rows } = await beneath.connection.query('PRAGMA page_count', []);
    const [{ page_count: pages }] = rows as [{ page_count: number }];
    beneath.connection.exec(`PRAGMA max_page_count = ${pages}`);
    const before = reached.length;
    const long = 'x'.repeat(200_000);
    const error = await errorOf(ada.run(`SELECT '${long}'`));
    expect(error?.message).toContain('the record cannot be written');
    expect(reached.length).toBe(before);
    beneath.connection.exec('PRAGMA max_page_count = 1073741823');
    expect((await ada.run('SELECT 3 AS N')).rows).toEqual([{ N: 3 }]);
  });
});

describe('when something fails', () => {
  it('a warehouse that is down is said to be that, and the session goes on afterwards', async () => {
    watch = () => {
      throw new SluiceError('warehouse_unavailable', 'the warehouse does not answer');
    };
    const error = await errorOf(ada.run('SELECT COUNT(*) FROM ORDERS'));
    expect(error?.message).toContain('the warehouse does not answer');
    watch = () => {};
    expect((await ada.run('SELECT COUNT(*) AS N FROM ORDERS')).rows).toEqual([{ N: 100 }]);
  });

  it('an error that nobody foresaw shows nothing of itself', async () => {
    watch = () => {
      throw new Error('secret value 4111111111111111');
    };
    const error = await errorOf(ada.run('SELECT COUNT(*) FROM ORDERS'));
    expect(error?.message).toContain('the relay failed');
    expect(error?.message).not.toContain('4111');
  });

  it.each([
    ['a megabyte of SQL', `SELECT ${'1 + '.repeat(260_000)}1 AS N`],
    ['half a surrogate pair', "SELECT '\ud800' AS N"],
    ['a NUL', "SELECT 'a\0b' AS N"],
    ['nothing', ''],
    ['a comment', '-- nothing'],
  ])('%s is answered, and the relay goes on', async (_, text) => {
    await ada.run(text).catch(() => {});
    expect((await ada.run('SELECT 1 AS N')).rows).toEqual([{ N: 1 }]);
  });

  it('the record still proves itself', async () => {
    await errorOf(ada.run('DROP TABLE CUSTOMERS'));
    await errorOf(ada.run('SELEC'));
    await errorOf(ada.run("SELECT '\ud800'"));
    await ada.run('SELECT 1');
    await ada.close();
    const files = filesIn(demo.data);
    const [summary] = await demo.relay.store.index.sessions({ limit: 1 });
    await demo.relay.exportSession(
      summary!.session,
      new (await import('node:stream')).PassThrough().resume(),
    );
    const report = await verifyStore(
      demo.relay.store,
      [createPublicKey(readFileSync(`${files.signingKey}.pub`))],
      [],
    );
    expect(report.problems).toEqual([]);
  });
});

describe('a masked value that comes back', () => {
  it.each([
    (token: string) => ada.run(`UPDATE CUSTOMERS SET EMAIL = '${token}' WHERE ID = 1`),
    (token: string) => ada.run('UPDATE CUSTOMERS SET EMAIL = ? WHERE ID = 1', [token]),
  ])('is refused, in the text and as a bind', async (write) => {
    const { rows } = await ada.run('SELECT EMAIL FROM CUSTOMERS WHERE ID = 1');
    const error = await errorOf(write(String(rows[0]?.['EMAIL'])));
    expect(error?.message).toContain('written-back');
    expect(reached.filter((text) => text.startsWith('UPDATE'))).toEqual([]);
  });
});
