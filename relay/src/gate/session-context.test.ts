import { describe, expect, it } from 'vitest';
import { inMemoryWarehouse } from '../../../test/support/in-memory-warehouse.ts';
import { ada, sessionOf } from '../approval/testing.ts';
import type { SluiceError } from '../errors.ts';
import type { KeptContext, SessionPartTransaction } from '../session/index.ts';
import type { Change } from '../unit-of-work.ts';
import { createSessionContexts, inFreshContext } from './session-context.ts';

const ORIGIN = { sources: [], setBy: 'q', literal: "'7'" };
const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: 'ANALYST' };
const moved = { ...state, schema: 'SCRATCH' };

type Stored = KeptContext & { readonly version: number };

const stored = (change: Partial<Stored> = {}): Stored => ({
  state,
  variables: [],
  parameters: {},
  stays: [],
  relay: 'other',
  version: 3,
  ...change,
});

/** Contexts at the relay `this`, of sessions that the store keeps as `found` says. */
function start(found: Stored | null = stored()) {
  const session = sessionOf(ada);
  const memory = inMemoryWarehouse(() => {});
  const opened: { readonly state: unknown; readonly texts: readonly unknown[] }[] = [];
  const said: unknown[] = [];
  const closed: number[] = [];
  const there = new Set<string>();
  const faults: { open?: Error; close?: Error } = {};
  /** What the warehouse says of the newest session. */
  const now = { isInTransaction: false, variables: new Set<string>(), temporary: new Set<string>(), state };
  let follow: (change: Change | null) => unknown = () => {};
  let kept = found;
  const contexts = createSessionContexts({
    warehouse: {
      ...memory.warehouse,
      async openSession(opening, texts, _parameters, answers, owner) {
        if (faults.open !== undefined) throw faults.open;
        const number = opened.push({ state: opening, texts: [...(texts ?? [])] });
        said.push({ answers, owner });
        const made = await memory.warehouse.openSession(opening, texts);
        Object.assign(now, { state: opening });
        return {
          catalog: made.catalog,
          execute: made.execute,
          get state() {
            return now.state;
          },
          get variables() {
            return now.variables;
          },
          parameters: made.parameters,
          get isInTransaction() {
            return now.isInTransaction;
          },
          get surroundings() {
            const { temporary, variables } = now;
            return {
              planner: 'embedded' as const,
              state: now.state,
              answers: { temporary, variables, session: {}, parameters: {}, queryIds: [] },
            };
          },
          async close() {
            closed.push(number);
            if (faults.close !== undefined) throw faults.close;
          },
        };
      },
    },
    sessions: { context: async () => kept },
    changes: {
      follow(_topic, listener) {
        follow = listener;
        return () => {};
      },
    },
    relays: { self: 'this', isThere: async (relay) => there.has(relay) },
  });
  const context = contexts.of(session);

  /** Keeps it in a transaction that ends as `durable` says. */
  async function keep(durable = true, isNewest = true) {
    const seen = { written: [] as unknown[], told: [] as unknown[], recorded: [] as unknown[] };
    const ends: ((durable: boolean) => void)[] = [];
    await context.keep({
      sessions: {
        async keepContext(id: string, version: number, what: KeptContext) {
          seen.written.push({ id, version, ...what });
          return isNewest;
        },
      },
      tell: (change: { topic: string; key: string }) =>
        seen.told.push({ topic: change.topic, ...JSON.parse(change.key) }),
      onEnd: (listener: (durable: boolean) => void) => ends.push(listener),
      record: async (id: string, body: object) => void seen.recorded.push({ id, ...body }),
    } as unknown as SessionPartTransaction);
    for (const end of ends) end(durable);
    return seen;
  }

  return {
    session,
    contexts,
    context,
    opened,
    said,
    closed,
    there,
    faults,
    now,
    keep,
    store: (what: Stored | null) => (kept = what),
    /** Another relay has left the session, or another one, as this version. */
    told: (version: number, relay = 'other', id: string = session.id) =>
      follow({ number: 1, at: 0, topic: 'context', key: JSON.stringify({ session: id, relay, version }) }),
    lost: () => follow(null),
  };
}

it('says of itself who it is, as Snowflake’s functions name it', async () => {
  const { context, said, session } = start();
  await context.warehouse();
  const { application, version, address } = session.client;
  expect(said).toEqual([
    {
      answers: {
        CURRENT_USER: session.identity.name.toUpperCase(),
        CURRENT_SESSION: String(session.number),
        CURRENT_CLIENT: `${application} ${version}`,
        CURRENT_IP_ADDRESS: address,
      },
      owner: session.identity.id,
    },
  ]);
});

describe('a session that is kept', () => {
  it('goes on as the last relay has left it, once', async () => {
    const { context, opened, session } = start(stored({ state: moved, variables: [['N', ORIGIN]] }));
    const both = await Promise.all([context.warehouse(), context.warehouse()]);
    expect(both[0]).toBe(both[1]);
    expect(opened).toEqual([{ state: moved, texts: [['N', "'7'"]] }]);
    expect(session.state).toBe(moved);
    expect([...context.variables]).toEqual([['N', ORIGIN]]);
    expect(context.generation()).toBe(0);
  });

  it('is opened by the next statement when it could not be', async () => {
    const { context, faults, opened } = start();
    faults.open = new Error('down');
    await expect(context.warehouse()).rejects.toThrow('down');
    delete faults.open;
    await context.warehouse();
    expect(opened).toHaveLength(1);
  });

  it('begins as it was asked for when it is not kept', async () => {
    const { context, opened, session } = start(null);
    await context.warehouse();
    expect(opened).toEqual([{ state: session.state, texts: [] }]);
  });

  const things = ['the temporary table A', 'an open transaction'];
  it.each<[string, Partial<Stored>, readonly string[], string]>([
    [
      'one thing, which cannot be moved',
      { stays: ['an open transaction'] },
      ['other'],
      'an open transaction at',
    ],
    ['several', { stays: things }, ['other'], 'the temporary table A and 1 more at'],
    ['nothing that cannot be moved', { stays: [] }, ['other'], ''],
    ['something, at a relay that is gone', { stays: things }, [], ''],
    ['something, at this relay', { stays: things, relay: 'this' }, ['this'], ''],
    ['something, at no relay', { stays: things, relay: null }, ['other'], ''],
  ])('has left elsewhere %s', async (_, change, there, said) => {
    const world = start(stored(change));
    for (const relay of there) world.there.add(relay);
    const opening = world.context.warehouse().then(
      () => 'opened',
      ({ code, message, retryAfterSeconds }: SluiceError) => `${code} ${retryAfterSeconds}: ${message}`,
    );
    const refused = `session_elsewhere 1: the session has ${said} another relay`;
    expect(await opening).toBe(said === '' ? 'opened' : refused);
  });
});

describe('what another relay has changed', () => {
  it('is gone on from: under another generation, with nothing of before', async () => {
    const { context, opened, closed, told, store, contexts, session } = start(
      stored({ variables: [['N', ORIGIN]] }),
    );
    await context.warehouse();
    context.results.set('q', { outputs: [] });
    expect(context.isOf(0)).toBe(true);
    told(4);
    expect([context.isOf(0), context.generation()]).toEqual([false, 0]);
    store(stored({ version: 4, state: moved }));
    await context.warehouse();
    expect(opened.map((one) => one.state)).toEqual([state, moved]);
    expect([context.generation(), context.isOf(1), context.isOf(0)]).toEqual([1, true, false]);
    expect([context.variables.size, context.results.size]).toEqual([0, 0]);
    expect(session.state).toBe(moved);
    // Results of the earlier one may still be read, until the session ends.
    expect(closed).toEqual([]);
    await contexts.close(session.id);
    expect(closed).toEqual([1, 2]);
  });

  it.each<[string, (world: ReturnType<typeof start>) => void, boolean]>([
    ['an older version, told late', ({ told }) => told(2), true],
    ['the version that it has', ({ told }) => told(3), true],
    ['an older one after a newer one', ({ told }) => (told(5), told(2)), false],
    ['what this relay did itself', ({ told }) => told(9, 'this'), true],
    ['another session', ({ told }) => told(9, 'other', 'another'), true],
    ['that nobody knows what changed', ({ lost }) => lost(), false],
  ])('is heard of: %s', async (_, tell, isSame) => {
    const world = start();
    await world.context.warehouse();
    tell(world);
    expect(world.context.isOf(0)).toBe(isSame);
    await world.context.warehouse();
    expect(world.opened).toHaveLength(isSame ? 1 : 2);
  });

  it('is nothing to a session that is not kept, unless nobody knows', async () => {
    const { context, told, lost } = start(null);
    await context.warehouse();
    told(9);
    expect(context.isOf(0)).toBe(true);
    lost();
    expect(context.isOf(0)).toBe(false);
  });
});

describe('keeping what a statement has left', () => {
  it('writes it over the version that it was made from, and tells the other relays', async () => {
    const { context, keep, now, session } = start();
    await context.warehouse();
    now.state = moved;
    now.variables.add('N').add('M').add('L');
    context.variables.set('N', ORIGIN);
    context.variables.set('L', { sources: [], setBy: 'q' });
    context.variables.set('GONE', ORIGIN);
    now.temporary.add('SHOP.SCRATCH.T');
    now.isInTransaction = true;
    const { written, told, recorded } = await keep();
    expect(written).toEqual([
      {
        id: session.id,
        version: 3,
        state: moved,
        variables: [['N', ORIGIN]],
        parameters: {},
        stays: [
          'an open transaction',
          'the temporary table SHOP.SCRATCH.T',
          'the variable $M',
          'the variable $L',
        ],
        relay: 'this',
      },
    ]);
    expect(told).toEqual([{ topic: 'context', session: session.id, relay: 'this', version: 4 }]);
    expect(recorded).toEqual([]);
    expect(session.state).toBe(moved);
    // As it is kept by now.
    expect((await keep()).written).toEqual([]);
    now.isInTransaction = false;
    expect((await keep()).written).toMatchObject([{ version: 4 }]);
    expect(context.isOf(0)).toBe(true);
  });

  it('writes nothing when nothing has changed, and nothing of a session that was never opened', async () => {
    const { context, keep } = start();
    expect(await keep()).toEqual({ written: [], told: [], recorded: [] });
    await context.warehouse();
    expect(await keep()).toEqual({ written: [], told: [], recorded: [] });
  });

  it('does it again when it was not durable', async () => {
    const { context, keep, now, session } = start();
    await context.warehouse();
    now.state = moved;
    expect((await keep(false)).written).toMatchObject([{ version: 3 }]);
    expect(session.state).toBe(state);
    expect((await keep()).written).toMatchObject([{ version: 3 }]);
    expect(session.state).toBe(moved);
  });

  it('of a session that is not kept it changes the session alone', async () => {
    const { context, keep, now, session } = start(null);
    await context.warehouse();
    now.state = moved;
    expect(await keep()).toEqual({ written: [], told: [], recorded: [] });
    expect(session.state).toBe(moved);
  });

  it('gives way to what another relay has kept first, on the record', async () => {
    const { context, keep, now, session, opened, store } = start();
    await context.warehouse();
    now.state = moved;
    const { written, told, recorded } = await keep(true, false);
    expect([written.length, told]).toEqual([1, []]);
    expect(recorded).toEqual([
      {
        id: session.id,
        type: 'notice',
        what: 'session_context_lost',
        detail: { why: 'another relay has changed the session at the same time' },
      },
    ]);
    expect(session.state).toBe(state);
    expect(context.isOf(0)).toBe(false);
    store(stored({ version: 4 }));
    await context.warehouse();
    expect([opened.length, context.generation()]).toEqual([2, 1]);
  });
});

describe('the contexts of a relay', () => {
  it('are one for each session, until it is closed', async () => {
    const { contexts, context, session, opened, closed } = start();
    expect(contexts.of(session)).toBe(context);
    const other = contexts.of(sessionOf(ada));
    expect(other).not.toBe(context);
    await other.warehouse();
    await context.warehouse();
    await contexts.close(session.id);
    expect(closed).toEqual([2]);
    expect(contexts.of(session)).not.toBe(context);
    await contexts.close(sessionOf(ada).id);
    expect([opened.length, closed]).toEqual([2, [2]]);
  });

  it('close what could be opened', async () => {
    const { contexts, context, session, faults, closed } = start();
    faults.open = new Error('down');
    const opening = context.warehouse();
    await contexts.close(session.id);
    await expect(opening).rejects.toThrow('down');
    expect(closed).toEqual([]);
  });

  it('are fresh for a question that is no statement of the session', async () => {
    const { warehouse } = inMemoryWarehouse(() => {});
    const session = sessionOf(ada);
    let isClosed = false;
    const watched: typeof warehouse = {
      ...warehouse,
      async openSession(...given) {
        const made = await warehouse.openSession(...given);
        return Object.assign(Object.create(made) as typeof made, {
          close: async () => void (isClosed = true),
        });
      },
    };
    const found = await inFreshContext(watched, session, async (context) => {
      const { state: begun } = await context.warehouse();
      expect([isClosed, context.variables.size, context.generation()]).toEqual([false, 0, 0]);
      return begun;
    });
    expect([found, isClosed]).toEqual([session.state, true]);
    isClosed = false;
    const failing = inFreshContext(watched, session, async (context) => {
      await context.warehouse();
      throw new Error('not understood');
    });
    await expect(failing).rejects.toThrow('not understood');
    expect(isClosed).toBe(true);
  });
});
