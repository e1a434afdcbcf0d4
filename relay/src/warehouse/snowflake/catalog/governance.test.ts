import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ObjectName } from '@sluice/snowflake-sql';
import { SluiceError } from '../../../errors.ts';
import { openSnowflakeWarehouse } from '../snowflake-warehouse.ts';
import { type ScriptedObject, scriptedUpstream, SHOP } from '../testing.ts';
import type { GovernanceAsked } from './governance.ts';

const LEADS: ScriptedObject = {
  name: 'LEADS',
  columns: { ID: 'NUMBER', MAIL: 'TEXT', PAY: 'NUMBER' },
  tags: { MAIL: { PII: 'email', SEMANTIC_CATEGORY: 'EMAIL' } },
  masking: { PAY: 'HIDE_PAY' },
};
const PLAIN: ScriptedObject = { name: 'PLAIN', columns: { ID: 'NUMBER' } };
const CLOSED: ScriptedObject = { name: 'CLOSED', columns: { ID: 'NUMBER' }, tags: 'refused' };
const ALL: GovernanceAsked = { tags: 'required', policies: 'whereReadable' };

async function open(
  objects: ScriptedObject[],
  governance: GovernanceAsked,
  answer: (sql: string) => Error | null = () => null,
) {
  const account = scriptedUpstream({ objects, answer });
  const catalogForMs = 60_000;
  let now = 1_000;
  const upstream = account.upstream;
  const settings = { upstream, defaults: SHOP, catalogForMs, governance, newId: randomUUID, now: () => now };
  const session = await openSnowflakeWarehouse(settings).openSession(SHOP);
  const load = async (...names: readonly string[]) => {
    const found = await session.catalog.load(names.map((name) => ({ name: named(name), type: 'table' })));
    return new Map(found.map(({ name, governance: told }) => [name.name, told]));
  };
  return {
    session,
    load,
    pass: (ms: number) => (now += ms),
    asked: () => account.sent.filter(({ sql }) => sql.includes('_REFERENCES')).map(({ sql }) => sql),
  };
}

const named = (name: string): ObjectName => ({ database: 'SHOP', schema: 'PUBLIC', name });

describe('the account’s own tags and masking policies', () => {
  it('are told of each column that has some, all objects in one question', async () => {
    const { load, asked, session } = await open([LEADS, PLAIN], ALL);
    expect(session.catalog.governs).toBe(true);
    const told = await load('LEADS', 'PLAIN', 'NOWHERE');
    expect(told.get('LEADS')).toEqual([
      {
        column: 'MAIL',
        tags: [
          { name: 'PII', value: 'email' },
          { name: 'SEMANTIC_CATEGORY', value: 'EMAIL' },
        ],
        maskedBy: [],
      },
      { column: 'PAY', tags: [], maskedBy: ['GOV.PUBLIC.HIDE_PAY'] },
    ]);
    expect([told.get('PLAIN'), told.get('NOWHERE')]).toEqual([undefined, undefined]);
    expect(asked()).toHaveLength(2);
    expect(asked()[0]).toContain(
      `TABLE("SHOP".INFORMATION_SCHEMA.TAG_REFERENCES_ALL_COLUMNS('"SHOP"."PUBLIC"."LEADS"', 'table'))`,
    );
  });

  it('are asked for again when what was told is as old as the configuration lets it be, though no DDL was seen', async () => {
    const objects: ScriptedObject[] = [PLAIN];
    const { load, pass } = await open(objects, ALL);
    await load('PLAIN');
    objects[0] = { ...PLAIN, tags: { ID: { PII: '' } } };
    expect((await load('PLAIN')).get('PLAIN')).toBeUndefined();
    pass(60_001);
    expect((await load('PLAIN')).get('PLAIN')).toEqual([
      { column: 'ID', tags: [{ name: 'PII', value: '' }], maskedBy: [] },
    ]);
  });

  it('of what cannot be read are unknown, of the rest they are told, and it is asked again at once', async () => {
    const { load, asked } = await open([LEADS, CLOSED], ALL);
    const told = await load('LEADS', 'CLOSED');
    expect(told.get('CLOSED')).toBe('unknown');
    expect(told.get('LEADS')).toHaveLength(2);
    const before = asked().length;
    expect((await load('CLOSED')).get('CLOSED')).toBe('unknown');
    expect(asked().length).toBeGreaterThan(before);
  });

  it('of what cannot be read count for nothing where the configuration says so', async () => {
    const { load } = await open([CLOSED], { tags: 'whereReadable', policies: 'off' });
    expect((await load('CLOSED')).get('CLOSED')).toBeUndefined();
  });

  it.each([
    ['000002', '0A000', undefined],
    ['002140', '42601', undefined],
    ['002141', '42601', undefined],
    ['002003', '42S02', 'unknown'],
    ['003001', '42501', 'unknown'],
    ['001003', '42000', 'unknown'],
  ])(
    'are none where the account has no such thing, and unknown otherwise: %s',
    async (code, sqlState, told) => {
      const refused = new SluiceError('statement_failed', 'no', { warehouse: { code, sqlState } });
      const { load } = await open([PLAIN], ALL, (sql) => (sql.includes('TAG_REFERENCES') ? refused : null));
      expect((await load('PLAIN')).get('PLAIN')).toBe(told);
    },
  );

  it('are not asked for where the configuration says so', async () => {
    const { load, asked, session } = await open([LEADS], { tags: 'off', policies: 'off' });
    expect((await load('LEADS')).get('LEADS')).toBeUndefined();
    expect(asked()).toEqual([]);
    expect(session.catalog.governs).toBe(false);
  });

  it('fail the statement when the account does not answer: nobody knows then', async () => {
    const silent = new SluiceError('warehouse_unavailable', 'no answer');
    const { load } = await open([LEADS], ALL, (sql) => (sql.includes('TAG_REFERENCES') ? silent : null));
    await expect(load('LEADS')).rejects.toMatchObject({ code: 'warehouse_unavailable' });
  });
});
