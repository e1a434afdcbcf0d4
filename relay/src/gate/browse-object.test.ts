import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GateWorld, POLICY, startGate } from '../../../test/support/in-memory-gate.ts';
import type { SluiceError } from '../errors.ts';

const ID = '6a0e3f3e-3a39-4b5e-9c0b-0a6f6f9c1a11';
const PUBLIC = { database: 'SHOP', schema: 'PUBLIC' };
const CUSTOMERS = { ...PUBLIC, name: 'CUSTOMERS' };

let world: GateWorld;
beforeEach(async () => {
  world = await startGate();
});
afterEach(() => world.close());

const browser = () => world.gate.browse(world.session, new AbortController().signal);
const look = (name: string) => browser().object({ ...PUBLIC, name }, ID);
const codeOf = (looking: Promise<unknown>) =>
  looking.then(
    () => 'seen',
    (error: SluiceError) => error.code,
  );

it('shows an object’s columns with their tags and masks, and what would be said of reading it whole', async () => {
  const { type, decision, columns, reads } = await look('CUSTOMERS');
  expect(type).toBe('table');
  expect(reads).toEqual([]);
  expect(decision).toMatchObject({ type: 'decision', statement: ID, effect: 'mask', rule: 'read' });
  expect(columns.map(({ name, tags, mask }) => [name, tags, mask])).toEqual([
    ['ID', [], null],
    ['NAME', [], null],
    [
      'EMAIL',
      [{ tag: 'pii.email' }],
      { method: 'token', because: expect.stringContaining('pii.email'), rule: 'masks' },
    ],
    [
      'SSN',
      [{ tag: 'pii.ssn' }],
      { method: 'redact', because: expect.stringContaining('pii.ssn'), rule: 'masks' },
    ],
  ]);
  expect(columns[0]).toMatchObject({ type: 'VARCHAR(100)' });
  expect(world.events).toEqual([
    { type: 'notice', what: 'catalog', detail: { at: 'SHOP.PUBLIC.CUSTOMERS' } },
  ]);
});

it('names once what a view is made of', async () => {
  const seen = { ...PUBLIC, name: 'SEEN' };
  world.warehouse.add({
    type: 'view',
    name: seen,
    version: '1',
    columns: [
      { name: 'ID', type: 'VARCHAR(100)' },
      { name: 'STATUS', type: 'VARCHAR(100)' },
    ],
    definition:
      'SELECT C.ID, O.STATUS FROM SHOP.PUBLIC.CUSTOMERS C, SHOP.PUBLIC.ORDERS O, SHOP.PUBLIC.CUSTOMERS D',
  } as never);
  const { type, reads } = await look('SEEN');
  expect(type).toBe('view');
  expect(reads.toSorted()).toEqual(['SHOP.PUBLIC.CUSTOMERS', 'SHOP.PUBLIC.ORDERS']);
});

it('leaves out of what a view is made of all that is no table and no view', async () => {
  const view = (name: string, definition: string) =>
    world.warehouse.add({
      type: 'view',
      name: { ...PUBLIC, name },
      version: '1',
      columns: [{ name: 'ID', type: 'VARCHAR(100)' }],
      definition,
    } as never);
  view('INNER_ONE', 'SELECT ID FROM SHOP.PUBLIC.ORDERS');
  world.warehouse.add({ type: 'sequence', name: { ...PUBLIC, name: 'NUMBERS' }, version: '1' } as never);
  view('OUTER_ONE', 'SELECT ID || SHOP.PUBLIC.NUMBERS.NEXTVAL AS ID FROM SHOP.PUBLIC.INNER_ONE');
  expect((await look('OUTER_ONE')).reads.toSorted()).toEqual(['SHOP.PUBLIC.INNER_ONE', 'SHOP.PUBLIC.ORDERS']);
  expect((await look('INNER_ONE')).reads).toEqual(['SHOP.PUBLIC.ORDERS']);
});

it('shows a view that is not understood by its own columns and their tags, and says no more of it', async () => {
  world.warehouse.add({
    type: 'view',
    name: { ...PUBLIC, name: 'ODD' },
    version: '1',
    columns: [
      { name: 'ID', type: 'VARCHAR(100)' },
      { name: 'EMAIL', type: 'VARCHAR(100)' },
    ],
    definition: 'SELECT ID, EMAIL FROM SHOP.PUBLIC.GONE',
  } as never);
  const seen = await look('ODD');
  expect(seen).toMatchObject({ type: 'view', decision: { effect: 'block' }, reads: [] });
  expect(seen.columns.map(({ name, tags, maskedBy }) => [name, tags, maskedBy])).toEqual([
    ['ID', [], []],
    ['EMAIL', [{ tag: 'pii.email' }], []],
  ]);
});

it('says by which of the warehouse’s own policies a column is masked there, and its tags there', async () => {
  const policy = "version: 1\nsnowflake_tags: { 'PII=ssn': pii.ssn }";
  world.setPolicy('', POLICY.replace('version: 1', policy));
  const policies = ['GOV.PUBLIC.HIDE', 'GOV.PUBLIC.SHORTEN'];
  world.warehouse.governed.set('PUBLIC.ORDERS', [
    { column: 'STATUS', tags: [{ name: 'PII', value: 'ssn' }], maskedBy: policies },
  ]);
  const { columns } = await look('ORDERS');
  expect(columns.map(({ name, maskedBy, tags, mask }) => [name, maskedBy, tags, mask?.method])).toEqual([
    ['ID', [], [], undefined],
    ['STATUS', policies, [{ tag: 'pii.ssn' }], 'redact'],
  ]);
  world.warehouse.governed.set('PUBLIC.ORDERS', 'unknown');
  const unknown = (await look('ORDERS')).columns;
  expect(unknown.map(({ maskedBy, mask }) => [maskedBy, mask?.method])).toEqual([
    [[], 'redact'],
    [[], 'redact'],
  ]);
});

it('shows no column’s own name for a tag, and a tag that came by two ways once', async () => {
  const masks = "masks: { columns: { '*.*.ORDERS.STATUS': { method: redact } }, tags: {";
  world.setPolicy('', POLICY.replace('masks: { tags: {', masks));
  const { columns } = await look('ORDERS');
  expect(columns.map(({ tags, mask }) => [tags, mask?.method])).toEqual([
    [[], undefined],
    [[], 'redact'],
  ]);
  await world.addTags([{ column: { object: CUSTOMERS, column: 'EMAIL' }, tag: { tag: 'pii.email' } }]);
  expect((await look('CUSTOMERS')).columns[2]?.tags).toEqual([{ tag: 'pii.email' }]);
});

it.each([
  ['a quote', 'THE "BEST"'],
  ['a word of SQL', 'SELECT'],
  ['a point', 'A.B'],
  ['small letters', 'small'],
])('reads names as they are: with %s', async (_, name) => {
  world.warehouse.table('SHOP.PUBLIC.OTHER', ['ID']);
  world.warehouse.tableNamed({ ...PUBLIC, name }, ['EMAIL']);
  expect(await look(name)).toMatchObject({ decision: { effect: 'mask' }, columns: [{ name: 'EMAIL' }] });
});

it('shows the tags of a table that nobody may read by themselves, by its own columns', async () => {
  world.setPolicy('  - { name: shut, effect: block, reason: so, when: { kinds: [query] } }\n');
  const { decision, columns } = await look('CUSTOMERS');
  expect(decision).toMatchObject({ effect: 'block', rule: 'shut' });
  expect(columns.map(({ tags, mask }) => [tags.length, mask])).toEqual([
    [0, null],
    [0, null],
    [1, null],
    [1, null],
  ]);
});

it('of what is not theirs to know of, of what is not there, and of functions, it says the same', async () => {
  const base = POLICY.replaceAll("names: ['SHOP.*.*']", "names: ['SHOP.PUBLIC.CUSTOMERS']").replace(
    'kinds: [query, set, unset, show, describe]',
    'kinds: [set, unset]',
  );
  world.setPolicy('', base.replace(/.*name: (change|scratch).*\n( {4}.*\n)*/g, ''));
  expect(await codeOf(look('CUSTOMERS'))).toBe('seen');
  expect(await codeOf(look('ORDERS'))).toBe('object_unknown');
  expect(await codeOf(look('NOWHERE'))).toBe('object_unknown');
  world.setPolicy('', POLICY);
  expect(await codeOf(look('ORDERS'))).toBe('seen');
  expect(await codeOf(look('NOWHERE'))).toBe('object_unknown');
  world.warehouse.add({
    type: 'function',
    name: { ...PUBLIC, name: 'F' },
    version: '1',
    overloads: [],
  } as never);
  expect(await codeOf(look('F'))).toBe('object_unknown');
});

it('says so when the object has changed while it was looked at', async () => {
  let loads = 0;
  const changing = (columns: readonly string[]) => {
    world.warehouse.onLoad = () => {
      loads += 1;
      if (loads === 1) world.warehouse.table('SHOP.PUBLIC.ORDERS', columns);
    };
  };
  changing(['ID']);
  expect(await codeOf(look('ORDERS'))).toBe('session_changed');
  loads = 0;
  changing(['STATUS']);
  expect(await codeOf(look('ORDERS'))).toBe('session_changed');
  loads = 0;
  changing(['STATUS', 'AMOUNT']);
  expect(await codeOf(look('ORDERS'))).toBe('session_changed');
  loads = 0;
  changing(['STATUS', 'TOTAL']);
  expect(await codeOf(look('ORDERS')), 'though one column is where it was').toBe('session_changed');
  expect(await codeOf(look('ORDERS'))).toBe('seen');
});

const looks: readonly (readonly [string, () => Promise<unknown>])[] = [
  ['', () => browser().databases()],
  ['SHOP..', () => browser().schemas('SHOP')],
  ['SHOP.PUBLIC.', () => browser().objects(PUBLIC, { after: null, most: 10 })],
  ['SHOP.PUBLIC.CUSTOMERS', () => look('CUSTOMERS')],
];

it.each(looks)('each look is on the record before it is answered: at "%s"', async (_, looking) => {
  await looking();
  const [event] = world.events;
  expect(event).toMatchObject({ type: 'notice', what: 'catalog', detail: { at: expect.any(String) } });
  world.faults.record = 'notice';
  expect(await codeOf(looking())).toBe('record_unavailable');
});

it('says on the record where somebody looked', async () => {
  for (const [, looking] of looks) await looking();
  const at = world.events.map((event) => (event.type === 'notice' ? event.detail['at'] : null));
  expect(at[0]).toBe('');
  expect(at[1]).toMatch(/^SHOP\b/);
  expect(at[1]).not.toContain('PUBLIC');
  expect(at[2]).toMatch(/^SHOP\.PUBLIC\b/);
  expect(at[3]).toBe('SHOP.PUBLIC.CUSTOMERS');
});

it.each(looks)(
  'nobody looks who is out, or has used up what may be recorded: at "%s"',
  async (_, looking) => {
    world.faults.revoked = true;
    expect(await codeOf(looking())).toBe('identity_revoked');
    world.faults.revoked = false;
    const { id } = world.session.identity;
    expect(world.events).toEqual([]);
    await looking();
    world.limits.recordAnyway(id, 2 ** 40);
    expect(await codeOf(looking())).toBe('record_allowance_used');
    expect(world.events).toHaveLength(1);
  },
);

it('a look counts as what it puts on the record', async () => {
  await world.close();
  world = await startGate('', { limits: { identity: { recordedBytesPerHour: 1 } } });
  await browser().databases();
  expect(await codeOf(browser().databases())).toBe('record_allowance_used');
});

it('has a next page where there is one', async () => {
  world.warehouse.listed.push('A', 'B', 'C');
  const page = async (after: string | null, most: number) => {
    const { objects, next } = await browser().objects(PUBLIC, { after, most });
    return [objects.map(({ name }) => name.name), next];
  };
  expect(await page(null, 2)).toEqual([['A', 'B'], 'B']);
  expect(await page('B', 2)).toEqual([['C'], null]);
  expect(await page(null, 3)).toEqual([['A', 'B', 'C'], null]);
});
