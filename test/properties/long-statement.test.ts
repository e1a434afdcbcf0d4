import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type GateWorld, startGate } from '../support/in-memory-gate.ts';
import { bind } from '../../snowflake-sql/src/bind/index.ts';
import { flowOf } from '../../snowflake-sql/src/flow/index.ts';
import { tokenize } from '../../snowflake-sql/src/tokenizer.ts';
import { createRendering } from '../../relay/src/warehouse/embedded/render/rendering.ts';

// As they are, and counted. Threads have modules of their own: what is counted is done on the relay's own thread.
vi.mock('../../snowflake-sql/src/tokenizer.ts', { spy: true });
vi.mock('../../snowflake-sql/src/bind/index.ts', { spy: true });
vi.mock('../../snowflake-sql/src/flow/index.ts', { spy: true });
vi.mock('../../relay/src/warehouse/embedded/render/rendering.ts', { spy: true });

let world: GateWorld;
beforeEach(async () => {
  world = await startGate();
  vi.clearAllMocks();
});
afterEach(() => world.close());

const LONG = 20_000;
const numbers = Array.from({ length: LONG / 4 }, (_, index) => index).join(', ');

function workDone(): { longestRead: number; bound: number; followed: number; rendered: number } {
  const read = vi.mocked(tokenize).mock.calls.map(([text]) => text.length);
  return {
    longestRead: Math.max(0, ...read),
    bound: vi.mocked(bind).mock.calls.length,
    followed: vi.mocked(flowOf).mock.calls.length,
    rendered: vi.mocked(createRendering).mock.calls.length,
  };
}

/** One row of the one column that it selects. */
function answer(sql: string): void {
  const [, column] = /^SELECT (\w+) /.exec(sql) ?? [];
  if (column !== undefined) world.warehouse.answers.set(sql, { columns: [column], batches: [[['1']]] });
}

const NOTHING = { bound: 0, followed: 0, rendered: 0 };

it.each([
  ['that runs', `SELECT ID FROM CUSTOMERS WHERE ID IN (${numbers})`, 'done'],
  ['that is masked', `SELECT EMAIL FROM CUSTOMERS WHERE ID IN (${numbers})`, 'done'],
  ['that people are asked about', `UPDATE ORDERS SET STATUS = 'x' WHERE ID IN (${numbers})`, 'done'],
  ['that is refused', `SELECT ID FROM CUSTOMERS WHERE SSN IN (${numbers})`, 'blocked'],
  ['that is not understood', `SELECT NOTHING FROM CUSTOMERS WHERE ID IN (${numbers})`, 'column_unknown'],
  ['that does not parse', `SELECT FROM WHERE ${numbers}`, 'statement_syntax'],
])('nothing is read, bound, followed or rendered of a long statement %s', async (_, sql, end) => {
  answer(sql);
  const ended = await world.run(world.request(sql)).then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
  expect(ended).toBe(end);
  expect(world.journal.includes('RUN')).toBe(end === 'done');
  expect(workDone()).toMatchObject(NOTHING);
  // The first words, to tell of what kind it may be.
  expect(workDone().longestRead).toBeLessThan(LONG);
});

it('counts the same work of a short one', async () => {
  const sql = 'SELECT EMAIL FROM CUSTOMERS WHERE ID = 1';
  answer(sql);
  await world.run(world.request(sql));
  expect(workDone()).toMatchObject({ bound: 1, followed: 1, rendered: 1 });
});
