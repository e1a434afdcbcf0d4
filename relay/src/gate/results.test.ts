import { afterEach, describe, expect, it } from 'vitest';
import { type GateWorld, POLICY, startGate } from '../../../test/support/in-memory-gate.ts';
import type { SluiceError } from '../errors.ts';
import type { Store } from '../store/index.ts';
import { openTestStore } from '../store/testing/open-test-store.ts';

let world: GateWorld;
afterEach(() => world.close());

const PLAIN = 'SELECT ID FROM CUSTOMERS';
const rows = (count: number) => Array.from({ length: count }, (_, index) => [String(index + 1)]);

async function start(
  more: string,
  batches: readonly (readonly (readonly (string | null)[])[])[],
  store?: Store,
) {
  world = await startGate(more, store && { store });
  world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches });
}

const lastOf = (type: string) => world.events.findLast((event) => event.type === type);
const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'rows',
    (error: SluiceError) => `${error.code} ${error.rule}`,
  );

describe('limits on one result', () => {
  const limit = (what: string) => `limits: [{ name: few, per: statement, on_excess: stop, ${what} }]`;
  it.each([
    ['as many rows as the limit', 'rows: 4', [rows(2), rows(2)], 'rows', 4],
    ['a row more', 'rows: 4', [rows(2), rows(3)], 'blocked few', 2],
    // As they are sent: `["é"],[null]`, and then `["abc"]`.
    ['as many bytes as the limit', 'bytes: 20B', [[['é'], [null]], [['abc']]], 'rows', 3],
    ['a byte more', 'bytes: 20B', [[['é'], [null]], [['abcd']]], 'blocked few', 2],
  ])('lets through %s: %s', async (_, what, batches, end, returned) => {
    await start(limit(what), batches);
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe(end);
    expect(lastOf('result')).toMatchObject({ rows: returned, complete: end === 'rows' });
    expect(world.events.some(({ type }) => type === 'blocked')).toBe(end !== 'rows');
  });

  it('says what the limit is', async () => {
    await start('limits: [{ name: few, per: statement, rows: 1, bytes: 9KB, on_excess: stop }]', [rows(2)]);
    await expect(world.run(world.request(PLAIN))).rejects.toThrow(
      'limit `few` allows now: 1 row or 9000 bytes, as sent and before compression',
    );
  });

  it('asks about the same text the next time, where the limit says so', async () => {
    await start('limits: [{ name: few, per: statement, rows: 1, on_excess: ask, approvers: owners }]', [
      rows(2),
    ]);
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe('blocked few');
    expect(lastOf('decision')).toMatchObject({ effect: 'allow' });
    expect((await world.run(world.request(PLAIN))).rows).toHaveLength(2);
    expect(lastOf('approval_ended')).toMatchObject({ how: 'approved' });
  });
});

describe('limits on what was returned before', () => {
  it('counts the rows and bytes of the session', async () => {
    await start('limits: [{ name: some, per: session, rows: 3, on_excess: stop }]', [rows(2)]);
    const ends = [];
    for (let time = 0; time < 3; time += 1) ends.push(await codeOf(world.run(world.request(PLAIN))));
    // Two of three, then more than the one that is left; nothing of that batch came out.
    expect(ends).toEqual(['rows', 'blocked some', 'blocked some']);
    const fresh = { ...world.session, id: crypto.randomUUID() as typeof world.session.id };
    expect(await codeOf(world.run(world.request(PLAIN, { session: fresh })))).toBe('rows');
  });

  it('counts the person’s day, in whichever session', async () => {
    await start('limits: [{ name: daily, per: day, bytes: 12B, on_excess: stop }]', [[['ab']], [['cd']]]);
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe('rows');
    const session = { ...world.session, id: crypto.randomUUID() as typeof world.session.id };
    expect(await codeOf(world.run(world.request(PLAIN, { session })))).toBe('blocked daily');
    world.clock.now += 24 * 3_600_000;
    const tomorrow = { ...session, expiresAt: world.clock.now + 1_000 };
    expect(await codeOf(world.run(world.request(PLAIN, { session: tomorrow })))).toBe('rows');
  });

  it('counts what was returned of a result that was left in the middle', async () => {
    await start('limits: [{ name: daily, per: day, rows: 2, on_excess: stop }]', [rows(2), rows(2)]);
    const signal = new AbortController().signal;
    const progress = { held: () => {}, running: () => {} };
    const { chunks } = await world.gate.run(world.request(PLAIN), progress, signal);
    for await (const chunk of chunks) {
      expect(chunk.rowCount).toBe(2);
      break;
    }
    expect(lastOf('result')).toMatchObject({ complete: false });
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe('blocked daily');
  });
});

describe('the record of a result', () => {
  it('takes one transaction with its outcome, however many payloads it has', async () => {
    const { store } = await openTestStore();
    let transactions = 0;
    const counting: typeof store.transaction = (work) => {
      transactions += 1;
      return store.transaction(work);
    };
    await start('', [rows(1), rows(1), rows(1)], { ...store, transaction: counting });
    await world.run(world.request(PLAIN));
    const result = lastOf('result');
    expect(result?.type === 'result' && result.payloads).toHaveLength(3);
    expect(transactions, 'its intent, and its outcome').toBe(2);
  });

  it('keeps the first rows as returned, in payloads of a few, and counts the rest', async () => {
    await start('', [rows(1), rows(4)]);
    await world.run(world.request(PLAIN));
    const result = lastOf('result');
    expect(result).toMatchObject({ encoding: 'json', rows: 5, bytes: 28, complete: true, recordedRows: 3 });
    const payloads = result?.type === 'result' ? result.payloads : [];
    expect(payloads.map((address) => world.payloads.get(address))).toEqual(['["1"]', '["1"],["2"]']);
  });

  it('holds what the client was given, masked, and says which columns were', async () => {
    world = await startGate();
    const sql = 'SELECT ID, EMAIL FROM CUSTOMERS';
    world.warehouse.answers.set(sql, { columns: ['ID', 'EMAIL'], batches: [[['1', 'ada@example.com']]] });
    const { rows } = await world.run(world.request(sql));
    const kept = [...world.payloads.values()].join('');
    expect(kept).toBe(JSON.stringify(rows[0]));
    expect(kept).not.toContain('ada@');
    expect(lastOf('result')).toMatchObject({
      columns: [
        { name: 'ID', type: 'text', masked: false },
        { name: 'EMAIL', type: 'text', masked: true },
      ],
    });
  });

  it('says nothing of what broke it but that it did', async () => {
    await start('', [rows(1)]);
    world.warehouse.answers.set(PLAIN, {
      columns: ['ID'],
      batches: [rows(1)],
      breaks: new Error('ada@example.com'),
    });
    const failed = await world.run(world.request(PLAIN)).then(
      () => null,
      (error: SluiceError) => error,
    );
    expect(failed).toMatchObject({ code: 'internal', advice: expect.stringContaining('query id') });
    expect(lastOf('result')).toMatchObject({ rows: 1, complete: false });
    expect(JSON.stringify([world.events, failed?.message])).not.toContain('ada@');
  });

  it('says who stopped it', async () => {
    await start('', [rows(1)]);
    const gone = new DOMException('ada@example.com', 'AbortError');
    world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [rows(1)], breaks: gone });
    await expect(world.run(world.request(PLAIN))).rejects.toMatchObject({ code: 'statement_cancelled' });
    expect(lastOf('cancelled')).toMatchObject({ by: 'the client cancelled the statement' });
  });
});

describe('the outcome of a change', () => {
  const DELETE = 'DELETE FROM ORDERS WHERE ID = 5';
  const changed = { inserted: 4, updated: 2, deleted: 1 };
  const progress = { held: () => {}, running: () => {} };
  const grant = { mostRows: 8, grantSeconds: 600, grantRows: 20 };
  const left = async () => (await world.grants.list(world.session.identity)).map(({ rowsLeft }) => rowsLeft);

  it('says what was changed, and counts that against a grant', async () => {
    world = await startGate();
    world.warehouse.answers.set(DELETE, { columns: ['n'], batches: [[['1']]], changed });
    await world.run(world.request(DELETE), (id) => world.decide(id, 'approve', grant));
    const [before] = await left();
    const outcome = await world.gate.run(world.request(DELETE), progress, new AbortController().signal);
    expect(outcome.changed).toEqual(changed);
    for await (const _ of outcome.chunks);
    expect(await left()).toEqual([before! - 7]);
  });

  it('says nothing of changes where there are none', async () => {
    await start('', [rows(1)]);
    const outcome = await world.gate.run(world.request(PLAIN), progress, new AbortController().signal);
    for await (const _ of outcome.chunks);
    expect(Object.keys(outcome)).not.toContain('changed');
    expect(Object.keys(lastOf('result')!)).not.toContain('kept');
    const [column] = (lastOf('result') as { readonly columns?: readonly object[] }).columns ?? [];
    expect(Object.keys(column!)).toEqual(['name', 'type', 'masked']);
  });

  it('says of columns what they were computed on', async () => {
    const tokens = POLICY.replace(
      'pii.email: { method: token }',
      'pii.email: { method: token, uses: token }',
    );
    world = await startGate('', { policy: tokens });
    const sql = 'SELECT COUNT(DISTINCT EMAIL) AS N FROM CUSTOMERS';
    world.warehouse.answers.set(sql, { columns: ['N'], types: ['fixed'], batches: [[['2']]] });
    await world.run(world.request(sql));
    expect(lastOf('result')).toMatchObject({ columns: [{ name: 'N', computedOn: { on: 'tokens' } }] });
  });
});

describe('the shape of a result', () => {
  it.each([
    ['a name in another case', 'SELECT ID FROM CUSTOMERS', ['id'], 'internal'],
    ['one that the text gives', 'SELECT ID AS N FROM CUSTOMERS', ['N'], 'rows'],
    ['a column too few', 'SELECT ID, NAME FROM CUSTOMERS', ['ID'], 'internal'],
    ['two columns in each other’s place', 'SELECT NAME, EMAIL FROM CUSTOMERS', ['EMAIL', 'NAME'], 'internal'],
    ['a status of two columns where one was expected', 'SET X = 1', ['a', 'b'], 'internal'],
    ['a list of names', 'SHOW TABLES', ['name', 'kind', 'rows'], 'rows'],
    ['a description', 'DESCRIBE TABLE CUSTOMERS', ['name', 'type'], 'rows'],
    ['no column at all', 'SET X = 1', [], 'rows'],
    ['a name that the warehouse gives', "SELECT ID || 'x' FROM CUSTOMERS", ["ID || 'X'"], 'rows'],
  ])('%s', async (_, sql, columns, end) => {
    world = await startGate();
    world.warehouse.answers.set(sql, { columns, batches: [] });
    expect((await codeOf(world.run(world.request(sql)))).split(' ')[0]).toBe(end);
    // The session goes on: nothing waits for a result that nobody will read.
    expect(world.warehouse.counts.freed).toBe(end === 'rows' ? 0 : 1);
  });
});

describe('one client session', () => {
  it('is one session of the warehouse, until it ends', async () => {
    await start('', [rows(1)]);
    await world.run(world.request(PLAIN));
    await world.run(world.request(PLAIN));
    expect(world.warehouse.counts).toMatchObject({ opened: 1, closed: 0 });
    await world.gate.endSession(world.session.id);
    expect(world.warehouse.counts).toMatchObject({ opened: 1, closed: 1 });
    await world.gate.endSession(world.session.id);
    await world.run(world.request(PLAIN));
    expect(world.warehouse.counts).toMatchObject({ opened: 2, closed: 1 });
  });

  it('is opened again after it could not be', async () => {
    await start('', [rows(1)]);
    world.warehouse.faults.open = new Error('down');
    expect(await codeOf(world.run(world.request(PLAIN)))).toMatch('internal');
    await world.gate.endSession(world.session.id);
    delete world.warehouse.faults.open;
    expect(await codeOf(world.run(world.request(PLAIN)))).toBe('rows');
  });

  it('remembers variables and earlier results, as long as it lasts', async () => {
    await start('', [rows(1)]);
    const byVariable = 'SELECT ID FROM IDENTIFIER($T)';
    await world.run(world.request("SET T = 'CUSTOMERS'"));
    world.warehouse.answers.set(byVariable, { columns: ['ID'], batches: [rows(1)] });
    expect(await codeOf(world.run(world.request(byVariable)))).toBe('rows');
    expect(lastOf('understanding')).toMatchObject({ objects: [{ name: 'SHOP.PUBLIC.CUSTOMERS' }] });

    const first = world.request('SELECT EMAIL FROM CUSTOMERS');
    world.warehouse.answers.set(first.sql, { columns: ['EMAIL'], batches: [[['ada@example.com']]] });
    await world.run(first);
    const again = `SELECT * FROM TABLE(RESULT_SCAN('${first.queryId}'))`;
    world.warehouse.answers.set(again, { columns: ['EMAIL'], batches: [[['a token']]] });
    expect(await codeOf(world.run(world.request(again)))).toBe('rows');
    expect(lastOf('decision')).toMatchObject({ masks: [{ output: 0, method: 'token' }] });

    await world.run(world.request('UNSET T'));
    expect(await codeOf(world.run(world.request(byVariable)))).not.toBe('rows');
  });
});
