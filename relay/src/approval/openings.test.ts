import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Opening, OpeningOrder } from './opening.ts';
import { ada, person, testApprovals } from './testing.ts';

const order: OpeningOrder = {
  reason: 'payments are down',
  sql: 'DELETE FROM orders',
  database: 'SHOP',
  schema: 'PUBLIC',
  minutes: 15,
};
const MINUTE = 60_000;

let desk: Awaited<ReturnType<typeof testApprovals>>;
beforeEach(async () => {
  desk = await testApprovals();
});
const find = (change: Partial<OpeningOrder> = {}, by = ada) =>
  desk.openings.find(by, { ...order, ...change });
const use = (opening: Opening, statement = 'statement-1') =>
  desk.store.transaction((tx) => desk.openings.use(tx, opening, statement));

describe('break-glass that is opened', () => {
  it('is found by its person for exactly this, until it is over', async () => {
    const opening = await desk.openings.open(ada, order);
    expect(opening).toEqual({
      id: expect.any(String) as string,
      by: ada,
      reason: 'payments are down',
      sql: 'DELETE FROM orders',
      database: 'SHOP',
      schema: 'PUBLIC',
      until: desk.clock.now + 15 * MINUTE,
      seq: 0,
    });
    desk.clock.now += 15 * MINUTE - 1;
    expect(find()).toEqual(opening);
    desk.clock.now += 1;
    expect(find()).toBeNull();
  });

  it.each<[string, Partial<OpeningOrder>, typeof ada]>([
    ['another text', { sql: 'DELETE FROM orders ' }, ada],
    ['another database', { database: 'BANK' }, ada],
    ['no database', { database: null }, ada],
    ['another schema', { schema: 'HR' }, ada],
    ['another person', {}, person('eve')],
    ['another account, whose subject is written alike', {}, { ...ada, subject: 'ADA' }],
    ['their account of another issuer', {}, { ...ada, issuer: 'https://other.example' }],
  ])('is none for %s', async (_, change, by) => {
    await desk.openings.open(ada, order);
    expect(find(change, by)).toBeNull();
  });

  it('is on the record before anybody finds it, with the text’s hash', async () => {
    const { id } = await desk.openings.open(ada, { ...order, database: null, schema: null });
    expect(desk.recorder.bodies).toEqual([
      {
        type: 'notice',
        what: 'break_glass_opened',
        detail: {
          opening: id,
          by: ada.id,
          reason: 'payments are down',
          sql: createHash('sha256').update('DELETE FROM orders').digest('hex'),
          database: '',
          schema: '',
          until: '2026-11-20T09:15:00.000Z',
          digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        },
      },
    ]);
    desk.recorder.break();
    await expect(desk.openings.open(ada, { ...order, sql: 'SELECT 1' })).rejects.toThrow('disk full');
    expect(find({ sql: 'SELECT 1' })).toBeNull();
  });

  it('is for one run, and its use is on the record with it', async () => {
    const opening = await desk.openings.open(ada, order);
    await use(opening);
    expect(desk.recorder.bodies.at(-1)).toEqual({
      type: 'notice',
      what: 'break_glass_opening_used',
      detail: { opening: opening.id, statement: 'statement-1' },
    });
    expect(find()).toBeNull();
    await expect(use(opening)).rejects.toMatchObject({ code: 'approval_void' });
  });

  it('is for one of two at once', async () => {
    const opening = await desk.openings.open(ada, order);
    const both = await Promise.allSettled([use(opening, 'one'), use(opening, 'two')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is not used up when its use cannot be recorded', async () => {
    const opening = await desk.openings.open(ada, order);
    desk.recorder.break();
    await expect(use(opening)).rejects.toThrow('disk full');
    desk.recorder.break(false);
    expect(find()).toEqual(opening);
    await use(opening);
  });

  it('cannot be used any more when it is over', async () => {
    const opening = await desk.openings.open(ada, order);
    desk.clock.now += 15 * MINUTE;
    await expect(use(opening)).rejects.toMatchObject({ code: 'approval_void' });
  });

  it('is not for pipelines', async () => {
    const ci = person('ci', [], { kind: 'workload' });
    await expect(desk.openings.open(ci, order)).rejects.toMatchObject({ code: 'approver_not_allowed' });
    expect(desk.recorder.bodies).toEqual([]);
  });

  it('is open so often at once, for each person', async () => {
    for (let count = 0; count < 20; count += 1) await desk.openings.open(ada, order);
    await expect(desk.openings.open(ada, order)).rejects.toMatchObject({ code: 'too_many_held' });
    await desk.openings.open(person('eve'), order);
    await use(find()!);
    await desk.openings.open(ada, order);
    await expect(desk.openings.open(ada, order)).rejects.toMatchObject({ code: 'too_many_held' });
    // Those that are over do not count.
    desk.clock.now += 15 * MINUTE;
    await desk.openings.open(ada, order);
  });

  it('is there after a restart', async () => {
    const opening = await desk.openings.open(ada, order);
    const again = await testApprovals({ store: desk.opened, clock: desk.clock, recorder: desk.recorder });
    expect(again.openings.find(ada, order)).toEqual(opening);
  });
});
