import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventBody } from '@sluice/contract';
import { type GateWorld, readAll, startGate } from '../../../test/support/in-memory-gate.ts';
import { remoteChunks } from '../../../test/support/in-memory-warehouse.ts';
import { openedChunk } from '../encoding/index.ts';
import { SluiceError } from '../errors.ts';
import type { ExecutableStatement } from '../warehouse/index.ts';
import type { StatementRequest } from './statement-request.ts';

let world: GateWorld;
let executed: ExecutableStatement[];
beforeEach(async () => {
  world = await startGate();
  executed = [];
  world.warehouse.faults.beforeRun = (statement) => executed.push(statement);
});
afterEach(() => world.close());

const PLAIN = 'SELECT ID FROM CUSTOMERS';
const MASKED = 'SELECT ID, EMAIL FROM CUSTOMERS';
const start = (request: StatementRequest) =>
  world.gate.run(request, { held: () => {}, running: () => {} }, new AbortController().signal);
const resultEvent = () =>
  world.events.findLast((event): event is Extract<EventBody, { type: 'result' }> => event.type === 'result')!;
/** What the last statement finds of an earlier one's result. */
const earlier = ({ queryId }: StatementRequest) => executed.at(-1)!.earlier(queryId);

describe('what later statements of the session find of a result', () => {
  beforeEach(() => {
    world.warehouse.answers.set(MASKED, {
      columns: ['ID', 'EMAIL'],
      batches: [[['1', 'ada@example.com']], [['2', null]]],
    });
    world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [[['1']]] });
  });

  it('is what its client was given: masked, and of each chunk', async () => {
    const first = world.request(MASKED);
    const { rows } = await world.run(first);
    await world.run(world.request(PLAIN));
    const kept = earlier(first)!;
    expect(kept.columns.map(({ name }) => name)).toEqual(['ID', 'EMAIL']);
    const texts = kept.rows.map((bytes) => Buffer.from(bytes).toString());
    expect(texts).toEqual(rows.map((row) => JSON.stringify(row)));
    expect(texts.join()).not.toContain('ada@');
  });

  it('is nothing of one that was left in the middle, or that only said its shape', async () => {
    const left = world.request(MASKED);
    for await (const _ of (await start(left)).chunks) break;
    const described = world.request(PLAIN, { describeOnly: true });
    await world.run(described);
    await world.run(world.request(PLAIN));
    expect([earlier(left), earlier(described)]).toEqual([null, null]);
  });

  it('is nothing of one whose rows the warehouse keeps: those here are not all of it', async () => {
    const kept = remoteChunks(1, () => [['2']]);
    world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [[['1']]], kept });
    const first = world.request(PLAIN);
    await world.run(first);
    await world.run(world.request(PLAIN));
    expect(earlier(first)).toBeNull();
  });

  it('is by the names that a list’s columns have', async () => {
    world.warehouse.answers.set('SHOW TABLES', { columns: ['name', 'rows'], batches: [] });
    const shown = world.request('SHOW TABLES');
    await world.run(shown);
    const scan = (column: string) => `SELECT "${column}" FROM TABLE(RESULT_SCAN('${shown.queryId}'))`;
    world.warehouse.answers.set(scan('rows'), { columns: ['rows'], batches: [[['7']]] });
    expect((await world.run(world.request(scan('rows')))).rows).toEqual([['7']]);
    await expect(world.run(world.request(scan('bytes')))).rejects.toMatchObject({ code: 'column_unknown' });
  });
});

describe('what a result says beside its rows', () => {
  const outcomeOf = async (more: object) => {
    world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [], more });
    const outcome = await start(world.request(PLAIN));
    await readAll(outcome);
    return outcome;
  };

  it('is passed on: files for its client, a block that the relay is to run', async () => {
    const transfer = { command: 'UPLOAD' };
    expect(await outcomeOf({ transfer, script: true })).toMatchObject({ transfer, script: true });
  });

  it('is left out where the warehouse says nothing', async () => {
    const keys = Object.keys(await outcomeOf({}));
    expect(keys).not.toContain('transfer');
    expect(keys).not.toContain('script');
  });

  it('is what the account calls it, on the record', async () => {
    await outcomeOf({ upstream: { queryId: '01b2-up' } });
    expect(resultEvent().warehouseQueryId).toBe('01b2-up');
    await outcomeOf({});
    expect(Object.keys(resultEvent())).not.toContain('warehouseQueryId');
  });
});

describe('a session’s state', () => {
  const move = () => (world.warehouse.changed.schema = 'SCRATCH');

  it('is what the warehouse says when a statement has run', async () => {
    world.warehouse.faults.beforeRun = move;
    world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [] });
    await world.run(world.request(PLAIN));
    expect(world.session.state.schema).toBe('SCRATCH');
  });

  it('is what it was when a statement only says its shape', async () => {
    world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [] });
    world.warehouse.faults.beforeRun = move;
    await world.run(world.request(PLAIN, { describeOnly: true }));
    expect(world.session.state.schema).toBe('PUBLIC');
  });
});

describe('an outcome that cannot be recorded', () => {
  beforeEach(() => world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [[['1']]] }));

  it.each([new TypeError('broken'), new SluiceError('statement_elsewhere', 'another relay has it')])(
    'is told as it is where it is not the record’s: %s',
    async (error) => {
      world.usage.add = async () => {
        throw error;
      };
      const request = world.request(PLAIN);
      await expect(world.run(request)).rejects.toBe(error);
      expect(world.endsUnrecorded).toContain(request.queryId);
    },
  );
});

describe('what is asked of the warehouse', () => {
  beforeEach(() => world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [[['1']]] }));

  it('is JSON, where nothing else is asked for', async () => {
    await world.run(world.request(PLAIN));
    await world.run(world.request(PLAIN, { encoding: 'arrow' }));
    expect(executed.map(({ encoding }) => encoding)).toEqual(['json', 'arrow']);
  });

  it('is to take and to send files where the client is a driver, and of nobody else', async () => {
    await world.run(world.request(PLAIN));
    const client = { ...world.session.client, protocol: 'api' as const };
    await world.run(world.request(PLAIN, { session: { ...world.session, client } }));
    expect([world.session.client.protocol, ...executed.map(({ transfers }) => transfers)]).toEqual([
      'snowflake',
      true,
      false,
    ]);
  });
});

describe('a result without a mask', () => {
  it('is passed on as the warehouse keeps it, also compressed', async () => {
    const bytes = Buffer.from('["1"]');
    const chunk = {
      rowCount: 1,
      uncompressedSize: 5,
      compressedSize: 3,
      open: async () => openedChunk(bytes),
    };
    const kept = { ...remoteChunks(0, () => []), chunks: [chunk] };
    world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches: [], kept });
    const outcome = await start(world.request(PLAIN));
    await readAll(outcome);
    expect(outcome.kept).toMatchObject([{ compressedSize: 3, uncompressedSize: 5, mostBytes: 5 }]);
  });

  it('may be left in the middle where nothing waits for that', async () => {
    const batches = [[['1']], [['2']]];
    world.warehouse.answers.set(PLAIN, { columns: ['ID'], batches });
    const request = world.request(PLAIN, { describeOnly: true });
    for await (const _ of (await start(request)).chunks) break;
    expect(resultEvent()).toMatchObject({ rows: 1, complete: false });
    world.warehouse.answers.set(PLAIN, { columns: ['ID', 'NAME'], batches });
    await expect(world.run(request)).rejects.toMatchObject({ code: 'internal' });
  });
});
