import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Postgres, postgresPrograms, startPostgres } from '../../../test/support/postgres.ts';
import { openStore, type Store, type StoreConfig, StoreError, type StoreOptions } from './index.ts';

/** One suite, which every database passes: what is written of stores elsewhere relies on nothing else. */
interface Database {
  /** Opens the store of this test: again and again the same. */
  open(other?: StoreOptions): Promise<Store>;
  /** Makes every write fail until it is told to stop; the problem that is told. */
  fill?(): Promise<() => Promise<void>>;
  protect?(): Promise<() => Promise<void>>;
  /** Another program, with a newer schema, was here. */
  renew(name: string): Promise<void>;
  close(): Promise<void>;
}

const programs = postgresPrograms();
let postgres: Postgres | null = null;
beforeAll(async () => {
  if (programs !== null) postgres = await startPostgres(programs);
});
afterAll(async () => await postgres?.close());

const options: StoreOptions = {
  now: () => 1_000_000,
  onError: (error: unknown) => {
    throw error;
  },
};

async function sqlite(): Promise<Database> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  const database = join(folder, 'sluice.db');
  const { DatabaseSync } = await import('node:sqlite');
  return {
    open: (other = options) => openStore({ kind: 'sqlite' }, { database }, other),
    async renew(name) {
      const other = new DatabaseSync(database);
      other.exec(`INSERT INTO kysely_migration (name, timestamp) VALUES ('${name}', '')`);
      other.close();
    },
    close: async () => rmSync(folder, { recursive: true }),
  };
}

async function inPostgres(): Promise<Database> {
  const url = await postgres!.newDatabase();
  const name = `SLUICE_TEST_${randomUUID().replaceAll('-', '')}`;
  process.env[name] = url;
  const config: StoreConfig = {
    kind: 'postgres',
    url: { env: name },
    tls: null,
    allowPlain: false,
    poolSize: 4,
  };
  return {
    open: (other = options) => openStore(config, { database: '' }, other),
    async renew(migration) {
      await postgres!.query(
        url,
        `INSERT INTO sluice_migration (name, timestamp) VALUES ('${migration}', '')`,
      );
    },
    async close() {
      delete process.env[name];
    },
  };
}

const why = programs === null ? 'PostgreSQL is not installed here' : '';
describe.each([
  { name: 'SQLite', make: sqlite, forSeveral: false, skipped: '' },
  { name: 'PostgreSQL', make: inPostgres, forSeveral: true, skipped: why },
])('a store on $name', ({ make, forSeveral, skipped }) => {
  let database: Database;
  let store: Store;
  const others: Store[] = [];
  beforeEach(async ({ skip }) => {
    if (skipped !== '') skip(skipped);
    database = await make();
    store = await database.open();
  });
  afterEach(async () => {
    if (skipped !== '') return;
    for (const other of others.splice(0)) await other.close();
    await store.close();
    await database.close();
  });
  const another = async () => {
    const other = await database.open();
    others.push(other);
    return other;
  };
  const usage = async (day = '2026-01-01', from = store) =>
    (await from.usage.since(day)).map(({ identity, rows }) => `${identity} ${rows}`).toSorted();
  const count = (identity: string, rows = 1, bytes = 0, to = store) =>
    to.transaction((tx) => tx.usage.add(identity as never, '2026-01-01', { rows, bytes }));

  it('has all of a transaction, or none of it', async () => {
    await expect(
      store.transaction(async (tx) => {
        await tx.usage.add('ada' as never, '2026-01-01', { rows: 1, bytes: 1 });
        throw new Error('not that');
      }),
    ).rejects.toThrow('not that');
    expect(await usage()).toEqual([]);
    await count('ada');
    expect(await usage()).toEqual(['ada 1']);
  });

  it('adds up what happens by the hour and by the day, and knows how far it was counted', async () => {
    expect(await store.activity.place()).toBe(-1);
    const counts = [
      { hour: '2026-11-21T23', what: 'asked', count: 1 },
      { hour: '2026-11-22T00', what: 'asked', count: 2 },
      { hour: '2026-11-22T10', what: 'asked', count: 3 },
      { hour: '2026-11-23T00', what: 'asked', count: 9 },
    ];
    for (const place of [7, 9]) {
      await store.transaction(async (tx) => {
        await tx.activity.add(counts);
        await tx.activity.moveTo(place);
      });
    }
    expect(await store.activity.place()).toBe(9);
    expect(await store.activity.hours('2026-11-22T00', '2026-11-22T10')).toEqual([
      { hour: '2026-11-22T00', what: 'asked', count: 4 },
    ]);
    expect(await store.activity.days('2026-11-21', '2026-11-23')).toEqual([
      { hour: '2026-11-21', what: 'asked', count: 2 },
      { hour: '2026-11-22', what: 'asked', count: 10 },
    ]);
  });

  it('undoes alone what fails among others that share its commit', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) =>
        store.transaction(async (tx) => {
          await tx.usage.add(`u${index}` as never, '2026-01-01', { rows: 1, bytes: 0 });
          if (index % 3 === 0) throw new Error('not this one');
          // A fault of the database's own, in the middle of it.
          if (index % 3 === 1) await tx.approvals.insert(undefined as never);
        }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(
      Array.from({ length: 30 }, (_, index) => (index % 3 === 2 ? 'fulfilled' : 'rejected')),
    );
    expect(await usage()).toHaveLength(10);
  });

  it('undoes what the database refuses, and goes on in the same commit', async () => {
    const device = {
      key: 'k',
      identity: 'ada' as never,
      subject: 'ada',
      name: 'laptop',
      enrolledAt: 1,
      enrolledBy: null,
      revokedAt: null,
    };
    const [first, second, third] = await Promise.allSettled([
      store.transaction((tx) => tx.devices.add(device)),
      store.transaction(async (tx) => {
        await tx.usage.add('lost' as never, '2026-01-01', { rows: 1, bytes: 0 });
        await tx.devices.add(device);
      }),
      count('ada'),
    ]);
    expect([first.status, third.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(second).toMatchObject({ status: 'rejected', reason: { problem: 'taken' } });
    expect(second.status === 'rejected' && second.reason).toBeInstanceOf(StoreError);
    expect(await usage()).toEqual(['ada 1']);
  });

  it('does one after the other what is asked for at once, from two relays too', async () => {
    const other = await another();
    const add = (from: Store) =>
      from.transaction((tx) => tx.usage.add('ada' as never, '2026-01-01', { rows: 1, bytes: 0 }));
    const totals = await Promise.all(
      Array.from({ length: 60 }, (_, index) => add(index % 2 === 0 ? store : other)),
    );
    expect(totals.map(({ rows }) => rows).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
  });

  it('lets only one of two relays have what there is once', async () => {
    const other = await another();
    const opening = {
      id: 'o',
      by: { id: 'ada' },
      until: 5,
      reason: '',
      sql: '',
      database: null,
      schema: null,
    };
    await store.transaction((tx) => tx.openings.add(opening as never));
    const taken = await Promise.all(
      [store, other, store, other].map((from) => from.transaction((tx) => tx.openings.remove('o'))),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('reads what has been committed, and nothing before', async () => {
    let during: readonly string[] = [];
    const other = await another();
    await store.transaction(async (tx) => {
      await tx.usage.add('ada' as never, '2026-01-01', { rows: 1, bytes: 0 });
      during = await usage('2026-01-01', other);
    });
    expect(during).toEqual([]);
    expect(await usage('2026-01-01', other)).toEqual(['ada 1']);
  });

  it('can do nothing with a transaction that has ended', async () => {
    let kept: Parameters<Parameters<Store['transaction']>[0]>[0] | null = null;
    await store.transaction(async (tx) => {
      kept = tx;
    });
    expect(() => kept!.usage).toThrow(StoreError);
  });

  it('tells how it ended before the caller knows, and tells everybody else of changes in order', async () => {
    const other = await another();
    const told: string[] = [];
    const here: string[] = [];
    other.changes.follow('tag', (change) => void told.push(change?.key ?? 'missed'));
    store.changes.follow('tag', (change) => void here.push(change?.key ?? 'missed'));
    const ends: string[] = [];
    const tell = (key: string, fails = false) =>
      store.transaction(async (tx) => {
        tx.tell({ topic: 'tag', key });
        tx.onEnd((durable) => void ends.push(`${key} ${durable}`));
        if (fails) throw new Error('no');
      });
    await tell('1');
    expect([ends, here]).toEqual([['1 true'], ['1']]);
    await tell('2', true).catch(() => {});
    await Promise.all(['3', '4', '5'].map((key) => tell(key)));
    expect(ends).toEqual(['1 true', '2 false', '3 true', '4 true', '5 true']);
    expect(here).toEqual(['1', '3', '4', '5']);
    // SQLite is for one relay: another process reads the changes when it makes some itself.
    await other.transaction(async (tx) => tx.tell({ topic: 'tag', key: '6' }));
    await expect.poll(() => told).toEqual(['1', '3', '4', '5', '6']);
  });

  it('knows in a transaction what was changed before it, whoever has not said so yet', async () => {
    const other = await another();
    const told: string[] = [];
    other.changes.follow('tag', async (change) => void told.push(change?.key ?? 'missed'));
    const since = other.changes.newest();
    await store.transaction(async (tx) => tx.tell({ topic: 'tag', key: '1' }));
    const seen = await other.transaction(async (tx) => [
      [...told],
      tx.hasChanged(since, ['revocation', 'tag']),
      tx.hasChanged(since, ['revocation']),
      tx.hasChanged(other.changes.newest(), ['tag']),
    ]);
    expect(seen).toEqual([['1'], true, false, false]);
  });

  it('knows what was changed earlier in the same commit, unless it was undone', async () => {
    const since = store.changes.newest();
    const tell = (key: string, fails: boolean) =>
      store.transaction(async (tx) => {
        tx.tell({ topic: 'tag', key });
        if (fails) throw new Error('no');
      });
    const ask = () => store.transaction(async (tx) => tx.hasChanged(since, ['tag']));
    const together = [ask(), tell('1', true), ask(), tell('2', false), ask()];
    expect(await Promise.allSettled(together)).toMatchObject([
      { value: false },
      { status: 'rejected' },
      { value: false },
      { status: 'fulfilled' },
      { value: true },
    ]);
    expect(await ask()).toBe(true);
  });

  it('writes nothing while somebody could not take in what was changed, who then reads everything anew', async () => {
    const failures: unknown[] = [];
    const other = await database.open({ ...options, onError: (error) => void failures.push(error) });
    others.push(other);
    let isBroken = true;
    const told: string[] = [];
    other.changes.follow('tag', async (change) => {
      if (isBroken) throw new Error('cannot be read');
      told.push(change?.key ?? 'everything');
    });
    await store.transaction(async (tx) => tx.tell({ topic: 'tag', key: '1' }));
    await expect(count('ada', 1, 0, other)).rejects.toMatchObject({
      code: 'record_unavailable',
      cause: { problem: 'changes_unread' },
    });
    expect(failures).toContainEqual(new Error('cannot be read'));
    isBroken = false;
    await count('ada', 1, 0, other);
    expect([told, await usage('2026-01-01', other)]).toEqual([['everything'], ['ada 1']]);
  });

  it('has the policy that was put in force last, and knows those before it', async () => {
    expect(await store.policyVersions.newest()).toBeNull();
    for (const [since, version] of ['b', 'a', 'b'].entries())
      await store.transaction((tx) => tx.policyVersions.add({ version, since }));
    expect(await store.policyVersions.newest()).toEqual({ version: 'b', since: 2 });
    const known = ['a', 'b', 'c'].map((version) => store.policyVersions.isKnown(version));
    expect(await Promise.all(known)).toEqual([true, true, false]);
  });

  it('says which relays were seen when, and forgets those that are gone', async () => {
    const seen = async () => {
      const all = new Map((await store.relays.all()).map(({ relay, seenAt }) => [relay, seenAt]));
      return ['a', 'b', 'c'].map((relay) => all.get(relay) ?? null);
    };
    const say = (relay: string, at: number) => store.transaction((tx) => tx.relays.seen(relay, at));
    for (const [relay, at] of [['a', 1] as const, ['b', 2] as const, ['a', 3] as const]) await say(relay, at);
    expect(await seen()).toEqual([3, 2, null]);
    await store.transaction((tx) => tx.relays.forget(3));
    expect(await seen()).toEqual([3, null, null]);
    await store.transaction((tx) => tx.relays.gone('a'));
    expect(await seen()).toEqual([null, null, null]);
  });

  it('says which relay has gone on with a statement, until that one is gone, too', async () => {
    const wentOn = async () =>
      await Promise.all(['one', 'two'].map((statement) => store.relays.wentOnWith(statement)));
    const goOn = (statement: string, relay: string) =>
      store.transaction((tx) => tx.relays.goOnWith(statement, { session: 's', relay }));
    await store.transaction((tx) => tx.relays.seen('a', 1));
    await goOn('one', 'a');
    await goOn('two', 'a');
    await goOn('two', 'b');
    expect(await wentOn()).toEqual([
      { session: 's', relay: 'a' },
      { session: 's', relay: 'b' },
    ]);
    await store.transaction((tx) => tx.relays.forget(2));
    expect(await wentOn()).toEqual([null, { session: 's', relay: 'b' }]);
    await store.transaction((tx) => tx.relays.gone('b'));
    expect(await wentOn()).toEqual([null, null]);
  });

  it('has the changes after a place, for whoever comes with it, and nothing for a place that is none', async () => {
    const tell = (key: string) => store.transaction(async (tx) => tx.tell({ topic: 'tag', key }));
    const keysAfter = async (place: { number: number; at: number }, limit = 10, of = store) =>
      (await of.changes.since(place, limit))?.map(({ key }) => key) ?? null;
    const none = { number: 0, at: 0 };
    expect([store.changes.told(), await keysAfter(none)]).toEqual([none, []]);
    await tell('1');
    const first = store.changes.told();
    await tell('2');
    await tell('3');
    expect(await keysAfter(first)).toEqual(['2', '3']);
    expect(await keysAfter(none, 3)).toEqual(['1', '2', '3']);
    expect(await keysAfter(store.changes.told())).toEqual([]);
    // Another process, before it has been told, and after a restart.
    expect(await keysAfter(first, 10, await another())).toEqual(['2', '3']);
    // Of more than is asked for, nothing: whoever gets a part of them would take it for all.
    expect([await keysAfter(first, 2), await keysAfter(first, 1), await keysAfter(none, 2)]).toEqual([
      ['2', '3'],
      null,
      null,
    ]);
    // Of the future, and of a store that has been restored since.
    const strange = [
      { ...first, number: 9 },
      { ...first, at: 5 },
      { number: 0, at: 5 },
      { number: -1, at: 0 },
    ];
    expect(await Promise.all(strange.map((place) => keysAfter(place)))).toEqual(strange.map(() => null));
  });

  it('tells everybody when the record grows, and nobody when it does not', async () => {
    const other = await another();
    const told: string[] = [];
    store.changes.followRecord(() => void told.push('here'));
    const stop = other.changes.followRecord(() => void told.push('there'));
    await count('ada');
    await store
      .transaction(async (tx) => {
        tx.commit.tellOfRecord();
        throw new Error('no');
      })
      .catch(() => {});
    expect(told).toEqual([]);
    await store.transaction(async (tx) => tx.commit.tellOfRecord());
    // Before it resolves. PostgreSQL may have told the other by then, or not.
    expect(told).toContain('here');
    // SQLite is for one relay: nobody else is to be told.
    const everybody = forSeveral ? ['here', 'there'] : ['here'];
    await expect.poll(() => [...new Set(told)].toSorted()).toEqual(everybody);
    stop();
  });

  it('has what a session was left as, and lets only one of two leave it from there', async () => {
    const id = randomUUID() as Parameters<Store['sessions']['find']>[0];
    const state = { database: 'D', schema: 'S', warehouse: null, role: null };
    const hash = randomUUID() as Parameters<Store['sessions']['byToken']>[0];
    const more = { masterHash: hash, masterExpiresAt: 9, openedAt: 1, expiresAt: 9, sharedKey: null };
    const opened = {
      id,
      identity: {} as never,
      client: {} as never,
      state,
      parameters: {},
      ...more,
      seal: 's',
    };
    await store.transaction((tx) => tx.sessions.add(opened));
    const fresh = { state, variables: [], parameters: {}, stays: [], relay: null };
    expect(await store.sessions.context(id)).toEqual({ ...fresh, version: 0 });
    const left = (relay: string) => ({
      state: { ...state, schema: relay },
      variables: [['V', { literal: 'it’s', sources: [], setBy: 'q' }]] as const,
      parameters: { TIMEZONE: 'Asia/Tokyo' },
      stays: ['the temporary table T'],
      relay,
    });
    const keep = (relay: string, from: Store) =>
      from.transaction((tx) => tx.sessions.keepContext(id, 0, left(relay)));
    const outcomes = await Promise.all([keep('one', store), keep('other', await another())]);
    expect(outcomes.toSorted()).toEqual([false, true]);
    expect(await store.sessions.context(id)).toEqual({
      ...left(outcomes[0] ? 'one' : 'other'),
      version: 1,
    });
    // Nothing of it outlives the session.
    await store.transaction((tx) => tx.sessions.end(id, 'client'));
    expect(await store.sessions.context(id)).toMatchObject({ variables: [], stays: [] });
    expect(await store.sessions.context(randomUUID() as typeof id)).toBeNull();
  });

  it('gives back texts and bytes as they were', async () => {
    const texts = [
      '',
      "it's",
      'a\\b',
      '“”',
      '\u{1f600}',
      '\u200b',
      'ÅÅ',
      '\r\n\t',
      '%_$1?',
      'x'.repeat(1_000_000),
    ];
    for (const [index, text] of texts.entries()) {
      await store.transaction((tx) =>
        tx.revocations.add({ target: { type: 'token', tokenId: text }, reason: text, by: 'sam', at: index }),
      );
    }
    expect((await store.revocations.list(0)).map(({ reason }) => reason)).toEqual(texts);
    const sealed = Uint8Array.from({ length: 5_000_000 }, (_, index) => (index * 7) % 256);
    await store.transaction((tx) => tx.payloads.put({ address: 'a', dataKey: 'k', sealed }, 1));
    const kept = await store.payloads.find('a');
    expect(Buffer.compare(kept!.sealed, sealed)).toBe(0);
  });

  it.each(['a\0b', 'a\ud800b', '\udc00'])('refuses %j, which not every database keeps', async (reason) => {
    const target = { type: 'token', tokenId: 't' } as const;
    await expect(
      store.transaction((tx) => tx.revocations.add({ target, reason, by: 'sam', at: 0 })),
    ).rejects.toMatchObject({ code: 'request_malformed' });
    expect(await store.revocations.list(0)).toEqual([]);
  });

  it('keeps whole numbers as they are, and refuses what is none', async () => {
    for (const [index, rows] of [0, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER].entries()) {
      expect((await count(`u${index}`, rows)).rows).toBe(rows);
    }
    for (const rows of [2 ** 53, 0.5, Number.NaN, Infinity]) {
      await expect(count('bad', rows)).rejects.toMatchObject({ code: 'request_malformed' });
    }
    expect(await usage()).toHaveLength(4);
  });

  it('sorts texts by their code units, and times by when they were', async () => {
    const open = (session: string, at: string) =>
      store.transaction((tx) =>
        tx.index.sessionOpened({
          session,
          at,
          person: 'p',
          subject: 's',
          name: 'n',
          application: 'a',
          agent: null,
        }),
      );
    const at = '2026-03-01T09:00:00.000Z';
    for (const session of ['b', 'B', 'a', 'ä', '_', 'Z']) await open(session, at);
    await open('new', '2026-03-01T09:00:00.001Z');
    const listed = (await store.index.sessions({ limit: 10 })).map(({ session }) => session);
    expect(listed).toEqual(['new', 'B', 'Z', '_', 'a', 'b', 'ä']);
    const before = await store.index.sessions({ limit: 10, before: '2026-03-01T09:00:00.001Z' });
    expect(before).toHaveLength(6);
  });

  it('is the same after it was opened again, and brings no schema twice', async () => {
    await count('ada');
    await store.close();
    const [first, second] = await Promise.all([database.open(), database.open()]);
    others.push(second);
    store = first;
    expect(await usage()).toEqual(['ada 1']);
  });

  it('is not opened by a program that is older than its schema', async () => {
    await database.renew('zzz-of-tomorrow');
    await expect(database.open()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('zzz-of-tomorrow'),
    });
  });

  it('says that nothing can be written, or read, once it is closed', async () => {
    const closed = await database.open();
    await closed.close();
    await expect(closed.transaction(async () => {})).rejects.toMatchObject({ code: 'record_unavailable' });
    await expect(closed.usage.since('')).rejects.toMatchObject({ code: 'record_unavailable' });
  });
});
