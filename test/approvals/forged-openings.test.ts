import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import { compareLeave, type Opening } from '../../relay/src/approval/index.ts';
import { ada, person } from '../../relay/src/approval/testing.ts';
import { type Forger, startForger } from '../support/forger.ts';
import { type Postgres, postgresPrograms, startPostgres } from '../support/postgres.ts';

/** Somebody who writes to the database, and has no key of the relays: into the table of opened break-glass statements. */
const programs = postgresPrograms();
let postgres: Postgres;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

const eve = person('eve', ['analysts']);
const opens = { sql: 'DELETE FROM orders', database: 'SHOP', schema: 'PUBLIC' };

describe.each(['SQLite', 'PostgreSQL'])('an opened break-glass statement, on %s,', (kind) => {
  let at: Forger;
  beforeEach(async ({ skip }) => {
    if (kind === 'PostgreSQL' && programs === null) skip('PostgreSQL is not installed here');
    at = await startForger(kind === 'PostgreSQL' ? postgres : null);
  });

  const openOne = () => at.desk().openings.open(ada, { ...opens, reason: 'outage', minutes: 5 });
  const use = (by = ada) =>
    at
      .desk()
      .store.transaction((tx) =>
        at.desk().openings.use(tx, at.desk().openings.find(by, opens)!, 'statement'),
      );
  const outcome = async (by = ada) => {
    const found = await at.isFound('break_glass_opening');
    await at.restart();
    const code = await use(by).then(() => 'ran', codeOf);
    // What is sent next is decided without it.
    const next = at.desk().openings.find(by, opens);
    return { found, code, next, told: at.refused.includes('break_glass_refused') };
  };
  const REFUSED = { found: true, code: 'approval_void', next: null, told: true };

  it('is used as it was opened, once, also after a restart', async () => {
    await openOne();
    await at.restart();
    expect(await compareLeave(at.desk().store, at.clock.now)).toEqual([]);
    await use();
    expect(at.desk().openings.find(ada, opens)).toBeNull();
    expect(at.refused).toEqual([]);
  });

  it('that nobody opened', async () => {
    const { id } = await openOne();
    const row = await at.rowOf('break_glass_opening', id);
    const forged = { ...row.content, id: randomUUID(), by: eve };
    await at.add('break_glass_opening', { ...row, id: forged.id, content: forged });
    expect(await outcome(eve)).toEqual(REFUSED);
  });

  it.each([
    ['text', { sql: 'DELETE FROM orders', reason: 'none' }],
    ['place on the record', { seq: 0 }],
    ['end', { until: 4_000_000_000_000 }],
  ])('with another %s', async (_, content) => {
    const { id } = await openOne();
    await at.change('break_glass_opening', id, {}, content);
    expect(await outcome()).toEqual(REFUSED);
  });

  it('that was used', async () => {
    const { id } = await openOne();
    const row = await at.rowOf('break_glass_opening', id);
    await use();
    await at.add('break_glass_opening', row);
    expect(await outcome()).toEqual(REFUSED);
  });

  it('that was used, with the event that says so gone', async () => {
    const { id } = await openOne();
    const row = await at.rowOf('break_glass_opening', id);
    await use();
    await at.removeEvent(await at.newestPosition());
    await at.add('break_glass_opening', row);
    const opening = { ...row.content, id } as unknown as Opening;
    const again = at.desk().store.transaction((tx) => at.desk().openings.use(tx, opening, 'statement'));
    await expect(again).rejects.toMatchObject({ code: 'approval_void' });
  });
});

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
