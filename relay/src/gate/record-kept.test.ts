import { afterEach, describe, expect, it } from 'vitest';
import { parseRows } from '../encoding/index.ts';
import type { SluiceError } from '../errors.ts';
import { type GateWorld, POLICY, readAll, startGate } from '../../../test/support/in-memory-gate.ts';
import { type RemoteChunks, remoteChunks } from '../../../test/support/in-memory-warehouse.ts';
import { chunksOf, rowsIn } from '../encoding/testing.ts';
import type { Cell } from '../warehouse/index.ts';
import { stopAt } from './limit-result.ts';

let world: GateWorld;
afterEach(() => world.close());

const SQL = 'SELECT ID, EMAIL FROM CUSTOMERS';
const never = new AbortController().signal;
const person = (id: number) => [String(id), `person${id}@example.com`];
/** Two rows each, behind one that comes at once. */
const two = (index: number) => [person(2 * index + 1), person(2 * index + 2)];

async function start(more = '', remote = remoteChunks(5, two)): Promise<RemoteChunks> {
  world = await startGate(more);
  world.warehouse.answers.set(SQL, { columns: ['ID', 'EMAIL'], batches: [[person(0)]], kept: remote });
  return remote;
}

/** The result's chunks, once what comes by itself has come. */
async function listed(run = world.request(SQL)) {
  const progress = { held: () => {}, running: () => {} };
  const outcome = await world.gate.run(run, progress, never);
  const { rows } = await readAll(outcome);
  const { kept = [] } = outcome;
  const open = async (index: number, signal = never): Promise<Cell[][]> =>
    parseRows(await (await kept[index]!.open(signal)).bytes());
  return { rows, kept, open };
}

const ofType = (type: string) => world.events.filter((event) => event.type === type);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'rows',
    ({ code, rule }: SluiceError) => `${code} ${rule}`,
  );

describe('rows that the warehouse keeps', () => {
  it('are fetched when they are asked for, and not before; in any order, at once, and again', async () => {
    const remote = await start();
    const { rows, kept, open } = await listed();
    expect([rows.length, kept.map(({ rowCount }) => rowCount)]).toEqual([1, [2, 2, 2, 2, 2]]);
    expect(remote.opened).toEqual([]);
    const [last, second, again] = await Promise.all([open(4), open(1), open(1)]);
    expect(last.map(([id]) => id)).toEqual(['9', '10']);
    expect(second).toEqual(again);
    expect(await open(1)).toEqual(second);
    expect(new Set(remote.opened)).toEqual(new Set([4, 1]));
  });

  it('are masked each time, by the same tokens', async () => {
    await start();
    const { open, kept } = await listed();
    for (let time = 0; time < 2; time += 1) {
      for (const [, email] of await open(0)) expect(email).toMatch(/^tok_[a-z2-7]{20}$/);
    }
    // A driver makes room for as much as it is told, before it reads.
    for (const { mostBytes, open } of kept)
      expect((await open(never)).byteLength).toBeLessThanOrEqual(mostBytes);
    expect(JSON.stringify([world.events, [...world.payloads]])).not.toContain('@example');
  });

  it('are on the record as they are passed on, before they are, and once', async () => {
    await start();
    const request = world.request(SQL);
    const { open } = await listed(request);
    expect(ofType('result')).toMatchObject([
      { rows: 1, recordedRows: 1, complete: true, kept: { chunks: 5, rows: 10 } },
    ]);
    const rows = await open(3);
    await open(3);
    await open(0);
    // Three rows of each result are kept, by whichever chunk came first.
    expect(ofType('chunk_returned')).toEqual([
      {
        type: 'chunk_returned',
        statement: request.queryId,
        chunk: 3,
        firstRow: 7,
        rows: 2,
        bytes: Buffer.byteLength(JSON.stringify(rows).slice(1, -1)),
        payloads: [expect.any(String)],
        recordedRows: 2,
      },
      expect.objectContaining({ chunk: 0, firstRow: 1, rows: 2, payloads: [], recordedRows: 0 }),
    ]);
    const [first] = ofType('chunk_returned');
    const payloads = first?.type === 'chunk_returned' ? first.payloads : [];
    expect(payloads.map((address) => world.payloads.get(address))).toEqual([
      JSON.stringify(rows).slice(1, -1),
    ]);
  });

  it('are not passed on when they cannot be recorded', async () => {
    await start();
    const { open } = await listed();
    world.faults.record = 'chunk_returned';
    expect(await codeOf(open(0))).toMatch('record_unavailable');
  });

  it.each([
    ['is out', () => (world.faults.revoked = true), 'identity_revoked'],
    ['has no valid token any more', () => (world.clock.now += 31 * 60_000), 'session_ended'],
  ])('are not passed on to whoever %s, even if nobody has ended the session', async (_, happens, code) => {
    const remote = await start();
    const { open } = await listed();
    happens();
    expect(await codeOf(open(0))).toMatch(code);
    expect(remote.opened).toEqual([]);
  });

  it('are not passed on when they are others than before', async () => {
    let later = 0;
    await start(
      '',
      remoteChunks(2, (index) => [[String(index), `x${(later += 1)}@example.com`]]),
    );
    const { open } = await listed();
    await open(0);
    expect(await codeOf(open(0))).toMatch('internal');
    expect(ofType('chunk_returned')).toHaveLength(1);
  });

  it('count as returned when they are listed; what masks made more of them, when they are passed on', async () => {
    // Addresses are shorter than the tokens in their place.
    const short = (index: number) => [[String(index), 'a@b.c']];
    const limit = 'limits: [{ name: daily, per: day, bytes: 1GB, on_excess: stop }]';
    await start(limit, remoteChunks(2, short));
    const today = () => world.usage.today(world.session.identity.id, world.clock.now, 'UTC');
    const { rows, kept, open } = await listed();
    const first = Buffer.byteLength(JSON.stringify(rows).slice(1, -1));
    const told = kept.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    expect(today()).toEqual({ rows: 3, bytes: first + told });
    const sizes: number[] = [];
    for (const index of [1, 0, 1]) {
      const { byteLength } = Buffer.from(JSON.stringify(await open(index)).slice(1, -1));
      sizes.push(byteLength);
      const passed = sizes.slice(0, 2).reduce((sum, size) => sum + size, 0);
      expect(today()).toEqual({ rows: 3, bytes: first + Math.max(told, passed) });
    }
    expect(sizes[0]).toBeGreaterThan(told / 2);
  });

  it('add nothing to what they were listed with where masks make less of them', async () => {
    const long = (index: number) => [[String(index), `${'x'.repeat(500)}@example.com`]];
    await start('', remoteChunks(2, long));
    const today = () => world.usage.today(world.session.identity.id, world.clock.now, 'UTC');
    const { open } = await listed();
    const before = today();
    await open(0);
    await open(1);
    expect(today()).toEqual(before);
  });

  it('fail with a typed error when the warehouse does, which is on the record once, and may be asked for again', async () => {
    const remote = await start();
    const { open } = await listed();
    remote.before = async () => {
      throw new Error('socket to person7@example.com was reset');
    };
    for (let time = 0; time < 3; time += 1) expect(await codeOf(open(2))).toMatch('internal');
    expect(ofType('error')).toHaveLength(1);
    expect(JSON.stringify(world.events)).not.toContain('@example');
    remote.before = null;
    expect(await open(2)).toHaveLength(2);
  });

  it('are given up when whoever asked has left, and that is no failure', async () => {
    const remote = await start();
    const { open } = await listed();
    const gone = new AbortController();
    remote.before = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        gone.abort(new Error('gone'));
      });
    await expect(open(0, gone.signal)).rejects.toThrow('gone');
    expect(ofType('error')).toEqual([]);
    expect(ofType('chunk_returned')).toEqual([]);
  });
});

describe('limits on rows that the warehouse keeps', () => {
  const limit = (what: string) => `limits: [{ name: few, on_excess: stop, ${what} }]`;

  it.each([
    ['as many rows as the limit', 'rows: 11', 'rows'],
    ['a row more', 'rows: 10', 'blocked few'],
  ])('count rows before any is fetched: %s', async (_, what, end) => {
    const remote = await start(limit(`per: statement, ${what}`));
    expect(await codeOf(listed())).toBe(end);
    expect(remote.opened).toEqual([]);
    expect(world.warehouse.counts.freed).toBe(end === 'rows' ? 0 : 1);
    if (end === 'rows') return;
    expect(ofType('result')).toMatchObject([{ rows: 0, complete: false }]);
    expect(ofType('result')[0]).not.toHaveProperty('kept');
    expect(ofType('blocked')).toMatchObject([{ rule: 'few' }]);
  });

  it('count rows also where none comes by itself', async () => {
    const remote = await start(limit('per: statement, rows: 9'));
    world.warehouse.answers.set(SQL, { columns: ['ID', 'EMAIL'], batches: [], kept: remote });
    expect(await codeOf(listed())).toBe('blocked few');
    const some = stopAt(
      { chunks: chunksOf(), kept: remote.chunks.map((chunk) => ({ ...chunk, mostBytes: 0 })) },
      9,
    );
    await expect(rowsIn(some.chunks)).rejects.toMatchObject({ code: 'rows_exceeded' });
  });

  it('count the bytes of what is sent, each chunk once, and stop all the rest', async () => {
    await start();
    const before = await listed();
    const [size] = await Promise.all(before.kept.map(async ({ open }) => (await open(never)).byteLength));
    await world.close();
    // The first row is as long as one of a chunk; then two chunks, and not the third.
    const remote = await start(limit(`per: statement, bytes: ${Math.ceil(2.9 * size!)}B`));
    const { open } = await listed();
    expect(await codeOf(open(0))).toBe('rows');
    expect(await codeOf(open(0))).toBe('rows');
    expect(await codeOf(open(1))).toBe('rows');
    expect(await codeOf(open(2))).toBe('blocked few');
    const opened = remote.opened.length;
    expect(await codeOf(open(0)), 'of a result that was stopped nothing more comes').toBe('blocked few');
    expect(remote.opened).toHaveLength(opened);
    expect(ofType('blocked')).toMatchObject([{ rule: 'few' }]);
  });

  it('count what was listed, fetched or not, in a session and a day', async () => {
    await start(limit('per: session, rows: 20'));
    expect(await codeOf(listed())).toBe('rows');
    expect(await codeOf(listed())).toBe('blocked few');
    await world.close();
    await start(limit('per: day, rows: 20'));
    expect(await codeOf(listed())).toBe('rows');
    const session = { ...world.session, id: crypto.randomUUID() as typeof world.session.id };
    expect(await codeOf(listed(world.request(SQL, { session })))).toBe('blocked few');
  });

  it('count what masks made more of it', async () => {
    // Tokens are longer than these addresses: more is sent than the warehouse said.
    const short = remoteChunks(1, () => Array.from({ length: 100 }, (_, id) => [String(id), `${id}@b`]));
    await start(limit('per: session, bytes: 3000B'), short);
    const { open } = await listed();
    expect(await codeOf(open(0))).toBe('blocked few');
    await world.close();
    await start(limit('per: session, bytes: 5000B'), short);
    const again = await listed();
    expect(await codeOf(again.open(0))).toBe('rows');
    // Some 3,400 bytes are gone, although the warehouse said 1,400.
    expect(await codeOf(listed().then((next) => next.open(0)))).toBe('blocked few');
  });

  it('count what was approved for so many rows', async () => {
    const ask = `
  - { name: ask, effect: ask, reason: look first, when: { kinds: [query] }, approvers: owners }`;
    const remote = remoteChunks(5, two);
    world = await startGate('', {
      policy: POLICY.replace('rules:', `rules:${ask}`),
    });
    world.warehouse.answers.set(SQL, { columns: ['ID', 'EMAIL'], batches: [[person(0)]], kept: remote });
    const approve = (mostRows: number) => (id: string) => world.decide(id, 'approve', { mostRows });
    expect(await codeOf(world.run(world.request(SQL), approve(11)))).toBe('rows');
    expect(await codeOf(world.run(world.request(SQL), approve(10)))).toMatch('rows_exceeded');
    expect(remote.opened).toEqual([]);
  });
});
