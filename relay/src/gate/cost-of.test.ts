import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GateWorld, startGate } from '../../../test/support/in-memory-gate.ts';
import { deleteRequest } from '../approval/testing.ts';

const COST = { partitions: 3, partitionsTotal: 120, bytes: 1_204 };
const DELETE = "DELETE FROM ORDERS WHERE ID = '5'";

let world: GateWorld;
let asked: unknown[];
beforeEach(async () => {
  world = await startGate();
  asked = [];
  world.warehouse.cost = async (statement) => {
    asked.push(statement);
    return COST;
  };
});
afterEach(() => world.close());

const costOf = (sql: string, signal = new AbortController().signal, binds = {}) =>
  world.gate.costOf(
    { ...deleteRequest(world.session.identity), session: world.session, sql, binds, queryId: 'held' },
    signal,
  );

it('asks the warehouse what the held text would read, once that is on the record', async () => {
  world.warehouse.cost = async (statement) => {
    asked.push(statement);
    expect(world.events.map(({ type }) => type)).toEqual(['notice']);
    return COST;
  };
  const binds = { 1: { type: 'TEXT', value: '5' } };
  expect(await costOf('DELETE FROM ORDERS WHERE ID = ?', undefined, binds)).toEqual(COST);
  const [statement] = asked;
  expect(statement).toMatchObject({ plan: { kind: 'change' }, queryId: 'held', session: world.session.id });
  expect(statement).toMatchObject({ binds });
  expect(world.events).toEqual([
    { type: 'notice', what: 'explained_in_warehouse', detail: { statement: 'held' } },
  ]);
  expect(world.journal).not.toContain('RUN');
});

it('is null, and nothing is on the record, where the warehouse tells no such thing', async () => {
  world.warehouse.cost = null;
  expect(await costOf(DELETE)).toBeNull();
  expect(world.events).toEqual([]);
});

it.each(['DROP TABLE CUSTOMERS', 'DELETE FROM NOWHERE', 'DELETE FROM'])(
  'is null, and nobody is asked, of what may not run: %s',
  async (sql) => {
    expect(await costOf(sql)).toBeNull();
    expect([asked, world.events]).toEqual([[], []]);
  },
);

it('asks nobody where that cannot be on the record, or who asks has gone', async () => {
  const gone = new AbortController();
  gone.abort(new Error('gone'));
  await expect(costOf(DELETE, gone.signal)).rejects.toThrow('gone');
  world.faults.record = 'notice';
  await expect(costOf(DELETE)).rejects.toMatchObject({ code: 'record_unavailable' });
  expect(asked).toEqual([]);
});
