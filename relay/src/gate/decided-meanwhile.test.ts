import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GateWorld, startGate } from '../../../test/support/in-memory-gate.ts';

const COLUMN = { object: { database: 'SHOP', schema: 'PUBLIC', name: 'CUSTOMERS' }, column: 'NAME' };
const TAGGED = [{ column: COLUMN, tag: { tag: 'pii.email' } }];
const NAMES = 'SELECT NAME FROM CUSTOMERS';

const decisions = ({ events }: GateWorld) =>
  events.flatMap((event) => (event.type === 'decision' ? [event.effect] : []));

let world: GateWorld;
beforeEach(async () => {
  world = await startGate();
  world.warehouse.table('SHOP.PUBLIC.CUSTOMERS', ['ID', 'NAME']);
  world.warehouse.answers.set(NAMES, { columns: ['NAME'], batches: [[['ada@shop.example']]] });
});
afterEach(() => world.close());

it('a tag that is written in the same commit, after the decision, is in time', async () => {
  let tagging: Promise<void> = Promise.resolve();
  world.between.decided = () => {
    tagging = world.addTags(TAGGED);
  };
  const { rows } = await world.run(world.request(NAMES));
  await tagging;
  expect(rows[0]?.[0]).not.toContain('shop.example');
  expect(decisions(world)).toEqual(['mask']);
});

it('a statement for which the decision is the same goes on', async () => {
  const tagging: Promise<void>[] = [];
  world.between.decided = () => {
    const column = { ...COLUMN, column: 'OTHER' };
    tagging.push(world.addTags([{ column, tag: { tag: 'pii.email' } }]));
  };
  expect((await world.run(world.request(NAMES))).rows).toEqual([['ada@shop.example']]);
  await Promise.all(tagging);
  expect(world.journal.filter((step) => step === 'RUN')).toHaveLength(1);
  expect(decisions(world)).toEqual(['allow']);
});
