import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLeftStatements } from './left-statements.ts';
import { newSession, opened, openTestRecord, statement } from './recording/testing/open-test-record.ts';
import { joinRelays } from './relays.ts';
import type { LeftOutcome, Warehouse } from './warehouse/index.ts';

let record: Awaited<ReturnType<typeof openTestRecord>>;
const session = newSession();

beforeEach(async () => {
  record = await openTestRecord();
  await record.recorder.append(session, opened('alice'));
});

/** Of a relay that has just started, or of one of this name. */
async function left(
  self: string = randomUUID(),
  lastOf = record.store.events.lastOf,
  held: readonly string[] = [],
  findLeft?: Warehouse['findLeft'],
) {
  const { recorder } = record;
  const store = { ...record.store, events: { ...record.store.events, lastOf } };
  const relays = await joinRelays({ self, store, isAlone: true, newId: randomUUID, now: Date.now });
  const said = { ended: 0, unfounded: 0 };
  const statements = createLeftStatements({
    store: { ...store, transaction: recorder.transaction },
    proof: recorder.proof,
    relays,
    held: async () => held,
    findLeft,
    onEnded: (number) => void (said.ended += number),
    onUnfounded: (number) => void (said.unfounded += number),
    now: Date.now,
  });
  return { ...statements, relays, said };
}

const ends = async () => {
  const rows = await record.db
    .selectFrom('recorded_event')
    .select(['session', 'body'])
    .where('type', 'in', ['cancelled', 'error', 'result', 'blocked'])
    .orderBy('position')
    .execute();
  return rows.map(({ session: of, body }) => [of, (JSON.parse(body!) as { type: string }).type]);
};

/** Somebody writes to the table. */
const claim = async (open: { statement: string; session?: string; relay?: string; executed?: 0 | 1 }) =>
  await record.db
    .insertInto('recorded_open_statement')
    .values({ session, relay: randomUUID(), executed: 0, ...open })
    .onConflict((conflict) =>
      conflict.column('statement').doUpdateSet((row) => ({
        relay: row.ref('excluded.relay'),
        executed: row.ref('excluded.executed'),
        session: row.ref('excluded.session'),
      })),
    )
    .execute();
const claimed = async () =>
  (await record.db.selectFrom('recorded_open_statement').select('statement').execute()).length;

it.each([
  [false, 'cancelled'],
  [true, 'error'],
])('ends what a relay that is gone has left; executed: %s', async (executed, type) => {
  const id = randomUUID();
  await record.recorder.append(session, statement('select 1', id));
  if (executed) await record.recorder.append(session, { type: 'executed', statement: id });
  const { settle, said } = await left();
  await settle();
  await settle();
  expect(await ends()).toEqual([[session, type]]);
  expect(said).toEqual({ ended: 1, unfounded: 0 });
});

it('leaves alone what waits for people: the next relay goes on with it', async () => {
  const [waits, other] = [randomUUID(), randomUUID()];
  await record.recorder.append(session, statement('delete from orders', waits));
  await record.recorder.append(session, statement('select 1', other));
  const { settle, said } = await left(undefined, undefined, [waits]);
  await settle();
  expect(await ends()).toEqual([[session, 'cancelled']]);
  expect(said).toEqual({ ended: 1, unfounded: 0 });
  const open = await record.db.selectFrom('recorded_open_statement').select('statement').execute();
  expect(open).toEqual([{ statement: waits }]);
});

it('ends what it owes', async () => {
  const { settle, owe, relays } = await left('self');
  const id = relays.newStatement();
  await record.recorder.append(session, statement('select 1', id));
  await settle();
  expect(await ends()).toEqual([]);
  owe(id);
  await settle();
  expect(await ends()).toEqual([[session, 'error']]);
});

it('finds the statement in a long session', async () => {
  const id = randomUUID();
  await record.recorder.append(session, statement('select 1', id));
  const more = Array.from({ length: 450 }, () => statement('select 2'));
  await record.recorder.transaction(async (tx) => {
    for (const body of more) await tx.record(session, body);
  });
  for (const body of more)
    await record.db
      .deleteFrom('recorded_open_statement')
      .where('statement', '=', (body as { statement: string }).statement)
      .execute();
  const { settle } = await left();
  await settle();
  expect(await ends()).toEqual([[session, 'cancelled']]);
});

describe('what the table says, and the record does not, is written nowhere', () => {
  it.each([
    ['a statement that nobody sent', {}],
    ['one in the relay’s own session', { session: 'relay' }],
    ['one in a session that nobody opened', { session: randomUUID() }],
  ])('%s', async (_, open) => {
    const of =
      'session' in open && open.session === 'relay' ? { session: record.recorder.relaySession } : open;
    await claim({ statement: randomUUID(), ...of });
    const { settle, said } = await left();
    await settle();
    expect(await ends()).toEqual([]);
    expect(said).toEqual({ ended: 0, unfounded: 1 });
    expect(await claimed()).toBe(0);
  });

  it('one that has ended', async () => {
    const id = randomUUID();
    await record.recorder.append(session, statement('select 1', id));
    await record.recorder.append(session, { type: 'cancelled', statement: id, by: 'the client' });
    await claim({ statement: id, executed: 1 });
    const { settle, said } = await left();
    await settle();
    expect(await ends()).toEqual([[session, 'cancelled']]);
    expect(said.unfounded).toBe(1);
  });

  it.each([
    ['did', 1, false, 'cancelled'],
    ['did not', 0, true, 'error'],
  ] as const)('that one %s reach the warehouse', async (_, executed, has, type) => {
    const id = randomUUID();
    await record.recorder.append(session, statement('select 1', id));
    if (has) await record.recorder.append(session, { type: 'executed', statement: id });
    await claim({ statement: id, executed });
    const { settle } = await left();
    await settle();
    expect(await ends()).toEqual([[session, type]]);
  });

  it('that one which runs here was left by another', async () => {
    const { settle, relays, said } = await left('self');
    const id = relays.newStatement();
    await record.recorder.append(session, statement('select 1', id));
    await claim({ statement: id, relay: randomUUID() });
    await settle();
    expect(await ends()).toEqual([]);
    expect(said).toEqual({ ended: 0, unfounded: 0 });
  });

  it('by an event that no relay wrote', async () => {
    const id = randomUUID();
    await record.recorder.append(session, statement('select 1', id));
    await record.recorder.append(session, { type: 'prompt', text: 'x', source: 'mcp' });
    // A prompt is made an end: its hash is no longer its own.
    await record.db
      .updateTable('recorded_event')
      .set({ type: 'cancelled', body: JSON.stringify({ by: 'x', statement: id, type: 'cancelled' }) })
      .where('type', '=', 'prompt')
      .execute();
    const { settle } = await left();
    await settle();
    expect((await ends()).map(([, type]) => type)).toEqual(['cancelled', 'cancelled']);
  });
});

it('is asked twice at once, and ends it once', async () => {
  await record.recorder.append(session, statement('select 1'));
  const { settle } = await left();
  await Promise.all([settle(), settle()]);
  expect(await ends()).toHaveLength(1);
});

it.each([false, true])(
  'ends nothing that another relay has ended meanwhile; the table keeps it: %s',
  async (keeps) => {
    const id = randomUUID();
    await record.recorder.append(session, statement('select 1', id));
    if (keeps)
      record.beneath.connection.exec(
        'CREATE TRIGGER kept BEFORE DELETE ON recorded_open_statement BEGIN SELECT RAISE(IGNORE); END',
      );
    const { lastOf } = record.store.events;
    const { settle } = await left(undefined, async (of) => {
      const last = await lastOf(of);
      await record.recorder.append(session, { type: 'cancelled', statement: id, by: 'another relay' });
      return last;
    });
    await settle();
    expect(await ends()).toHaveLength(1);
  },
);

describe('what had been sent to a warehouse that outlives its relays', () => {
  const sent = async () => {
    const id = randomUUID();
    await record.recorder.append(session, statement('update t', id));
    await record.recorder.append(session, { type: 'executed', statement: id });
    return id;
  };
  const all = async () => {
    const rows = await record.db
      .selectFrom('recorded_event')
      .select('body')
      .where('session', '=', session)
      .orderBy('position')
      .execute();
    return rows.map(({ body }) => JSON.parse(body!) as { readonly type: string }).slice(3);
  };
  const warehouseQueryId = '01b2-7';

  it.each<[string, LeftOutcome, object]>([
    ['finished', { became: 'finished', warehouseQueryId }, { type: 'error', code: 'result_unavailable' }],
    [
      'failed',
      { became: 'failed', warehouseQueryId, code: '100132' },
      { type: 'error', code: 'statement_failed' },
    ],
    [
      'was never committed',
      { became: 'undone', warehouseQueryId },
      { type: 'error', code: 'statement_failed' },
    ],
    ['was cancelled', { became: 'cancelled', warehouseQueryId }, { type: 'cancelled' }],
    ['was not found', { became: 'not_found' }, { type: 'error', code: 'statement_outcome_unknown' }],
  ])('ends as it did there: it %s', async (_title, outcome, end) => {
    const id = await sent();
    const asked: unknown[] = [];
    const { settle } = await left(undefined, undefined, [], async (statements) => {
      asked.push(...statements.map((one) => [one.session, one.statement]));
      return new Map([[id, outcome]]);
    });
    await settle();
    expect(asked).toEqual([[session, id]]);
    const [notice, ended] = await all();
    expect(notice).toMatchObject({
      type: 'notice',
      what: 'left_statement_found',
      detail: { statement: id, ...outcome },
    });
    expect(ended).toMatchObject({ ...end, statement: id });
    const named = 'warehouseQueryId' in outcome;
    expect(JSON.stringify(ended).includes('01b2-7')).toBe(named);
  });

  it('is not asked about what had not been sent', async () => {
    await record.recorder.append(session, statement('select 1'));
    const { settle } = await left(undefined, undefined, [], () => Promise.reject(new Error('asked')));
    await settle();
    expect(await ends()).toEqual([[session, 'cancelled']]);
  });

  it.each(['it does not answer', 'it still runs'])(
    'has no end while %s, until nobody can know',
    async (why) => {
      await sent();
      const { settle, said } = await left(undefined, undefined, [], async () => {
        if (why === 'it does not answer') throw new Error(why);
        return new Map();
      });
      for (let times = 1; times < 10; times += 1) await settle();
      expect(await ends()).toEqual([]);
      await settle();
      expect(await all()).toMatchObject([{ type: 'error', code: 'statement_outcome_unknown' }]);
      expect(said.ended).toBe(1);
    },
  );
});
