import { afterEach, describe, expect, it } from 'vitest';
import { type GateWorld, POLICY, startGate } from '../../../test/support/in-memory-gate.ts';
import type { SluiceError } from '../errors.ts';

let world: GateWorld;
afterEach(() => world.close());

const lastOf = (type: string) => world.events.findLast((event) => event.type === type);
const codeOf = (run: Promise<unknown>) =>
  run.then(
    () => 'rows',
    (error: SluiceError) => error.code,
  );

describe('a large result', () => {
  const sql = 'SELECT ID, EMAIL FROM CUSTOMERS';
  const people = Array.from({ length: 500 }, (_, id) => [String(id), `person${id}@example.com`]);
  const answer = { columns: ['ID', 'EMAIL'], batches: [people.slice(0, 300), people.slice(300)] };

  it('is masked on threads, and comes in order', async () => {
    world = await startGate('', { masker: { threads: 2, smallCells: 0 } });
    world.warehouse.answers.set(sql, answer);
    const { rows } = await world.run(world.request(sql));
    expect(rows.map(([id]) => id)).toEqual(people.map(([id]) => id));
    expect(new Set(rows.map(([, email]) => email))).toHaveLength(500);
    expect(rows.every(([, email]) => /^tok_[a-z2-7]{20}$/.test(email ?? ''))).toBe(true);
  });

  it('that a thread dies of is not shown, and nothing of it is on the record', async () => {
    const policy = POLICY.replace('{ method: token }', '{ method: detect, detectors: [email] }');
    world = await startGate('', { policy, masker: { threads: 1, memoryMb: 32 } });
    // More is found in it than fits into the thread's heap.
    const huge = 'ada@example.com '.repeat(1_000_000);
    world.warehouse.answers.set(sql, { ...answer, batches: [[['1', huge]]] });
    expect(await codeOf(world.run(world.request(sql)))).toMatch('internal');
    expect(lastOf('result')).toMatchObject({ rows: 0, complete: false, payloads: [] });
    expect(JSON.stringify([world.events, [...world.payloads]])).not.toContain('@example');
  });
});
