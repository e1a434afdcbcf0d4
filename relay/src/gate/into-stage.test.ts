import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GateWorld, startGate } from '../../../test/support/in-memory-gate.ts';
import { chunkOf } from '../encoding/index.ts';
import { SluiceError } from '../errors.ts';
import type { ResultColumn, Unload } from '../warehouse/index.ts';
import { catalogName, type OutputColumn } from '@sluice/snowflake-sql';
import { intoStage } from './into-stage.ts';

type Given = Parameters<typeof intoStage>;

const EMAIL = {
  column: { object: { database: 'D', schema: 'S', name: 'PEOPLE' }, column: 'EMAIL' },
  how: 'direct',
} as const;

async function* chunks() {
  yield { rowCount: 1, bytes: Buffer.from('[["***"]]') };
}

/** What of an unload the files are told of, for outputs that come from these. */
async function unloaded(outputs: readonly Partial<OutputColumn>[]) {
  const told: unknown[] = [];
  const unload = async (...[columns, encoding, sources]: readonly unknown[]) => {
    told.push({ columns, encoding, sources });
    return {
      add: async (chunk: unknown) => void told.push(chunk),
      finish: async () => ({ columns: [], encoding: 'json', chunks: none(), statementTypeId: 1 }),
      abandon: () => void told.push('abandoned'),
    };
  };
  const [authorization, result, outcome] = [
    { understanding: { outputs } },
    { unload },
    { columns: [], encoding: 'json', chunks: chunks() },
  ] as unknown as Given;
  await intoStage(authorization, result, outcome);
  return told;
}

async function* none() {}

it('tells the stage which columns a file is made of, each in any part of it', async () => {
  const [told, chunk] = await unloaded([{ name: 'E', sources: [EMAIL] }]);
  expect(told).toMatchObject({ sources: [{ ...EMAIL, how: 'expression' }] });
  expect(chunk).toMatchObject({ rowCount: 1 });
});

it('tells it of each column once, however an output is made of it, and of none that is only counted', async () => {
  const other = { ...EMAIL, column: { ...EMAIL.column, column: 'NAME' }, how: 'expression' } as const;
  const [told] = await unloaded([
    { name: 'E', sources: [{ ...EMAIL, how: 'counted' }, other] },
    { name: 'F', sources: [EMAIL] },
  ]);
  expect((told as { sources: unknown }).sources).toEqual([other, { ...EMAIL, how: 'expression' }]);
});

it('does not unload what is of unknown origin: nobody could tell it later', async () => {
  const unresolved = { text: 'V', range: { start: 0, end: 1 } };
  await expect(unloaded([{ name: 'E', sources: [], unresolved } as never])).rejects.toMatchObject({
    code: 'unsupported_by_warehouse',
  });
});

describe('a statement that unloads', () => {
  const SQL = 'COPY INTO @SHOP.PUBLIC.FILES/out FROM (SELECT ID, EMAIL FROM CUSTOMERS)';
  const ANSWER = { columns: ['ID', 'EMAIL'], batches: [[['1', 'ada@example.com']], [['2', null]]] };
  const UNLOADED: readonly ResultColumn[] = [
    { name: 'rows_unloaded', type: 'fixed', nullable: true, precision: 38, scale: 0, length: null },
  ];
  const OUT =
    "  - { name: out, effect: allow, when: { kinds: [copy_into_location], objects: [{ names: ['SHOP.*.*'] }], flows: [{ tags: ['*'], to: [location] }] } }\n";
  let world: GateWorld;
  let files: string[];
  let fault: 'begin' | 'add' | 'finish' | null;
  const down = new SluiceError('statement_failed', 'the disk is full');
  beforeEach(async () => {
    [files, fault] = [[], null];
    world = await startGate(OUT);
    const name = catalogName('stage', { database: 'SHOP', schema: 'PUBLIC', name: 'FILES' });
    world.warehouse.add({
      type: 'stage',
      name,
      version: '1',
      format: { TYPE: 'CSV' },
      contents: [],
    } as never);
  });
  afterEach(() => world.close());

  const unload: Unload = async () => {
    if (fault === 'begin') throw down;
    return {
      async add({ bytes }) {
        if (fault === 'add') throw down;
        files.push(Buffer.from(bytes).toString());
      },
      async finish() {
        if (fault === 'finish') throw down;
        const chunks = (async function* () {
          yield chunkOf([[String(files.length)]]);
        })();
        return { columns: UNLOADED, encoding: 'json', chunks, statementTypeId: 7 };
      },
      abandon: () => void files.push('abandoned'),
    };
  };
  const run = async (more: object = {}) => {
    world.warehouse.answers.set(SQL, { ...ANSWER, ...more, more: { unload } });
    return await world.run(world.request(SQL)).catch((error: SluiceError) => error.code);
  };

  it('has its rows masked and on the record, and tells its client of the file', async () => {
    const answer = await run();
    expect(answer).toEqual({ columns: UNLOADED, rows: [['2']] });
    const [first] = files;
    expect(first).toMatch(/^\["1","(?!ada)/);
    const result = world.events.findLast(({ type }) => type === 'result');
    expect(result).toMatchObject({ complete: true, rows: 2 });
    expect([...world.payloads.values()].join()).toContain(first);
    expect(JSON.stringify(world.events)).not.toContain('ada@');
  });

  it.each<[at: NonNullable<typeof fault>, end: string[]]>([
    ['begin', ['error']],
    ['add', ['result', 'error']],
    ['finish', ['result', 'error']],
  ])('has its end on the record when its files fail at their %s', async (at, end) => {
    fault = at;
    expect(await run()).toBe('statement_failed');
    expect(world.journal.slice(world.journal.indexOf('RUN') + 1)).toEqual(end);
    expect(world.events.at(-1)).toMatchObject({ code: 'statement_failed', message: 'the disk is full' });
    expect(files.includes('abandoned')).toBe(at === 'add');
  });

  it('does not keep its session waiting for rows that nobody reads', async () => {
    fault = 'begin';
    await run();
    expect(world.warehouse.counts.freed).toBe(1);
  });

  it('has a failure of its rows on the record once, and makes no file of those before', async () => {
    expect(await run({ breaks: new SluiceError('statement_failed', 'division by zero') })).toBe(
      'statement_failed',
    );
    expect(world.journal.slice(world.journal.indexOf('RUN') + 1)).toEqual(['result', 'error']);
    expect(world.events.at(-2)).toMatchObject({ complete: false });
    expect(files.at(-1)).toBe('abandoned');
  });

  it('is not let through where a rule has limits that its rows pass', async () => {
    world.setPolicy(`${OUT}limits: [{ name: few, per: statement, rows: 1, on_excess: stop }]\n`);
    expect(await run()).toBe('blocked');
    expect(files.at(-1)).toBe('abandoned');
    expect(world.events.at(-1)).toMatchObject({ type: 'blocked', rule: 'few' });
  });
});
