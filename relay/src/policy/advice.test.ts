import { describe, expect, it } from 'vitest';
import type { ColumnUse } from '@sluice/snowflake-sql';
import { decide } from './decide.ts';
import {
  access,
  asked,
  copy,
  dml,
  output,
  policyOf,
  select,
  someone,
  source,
  table,
  unresolvedOutput,
  use,
} from './statement-fixtures.ts';

const POLICY = policyOf(`
version: 1
tags:
  pii.email: [SHOP.PUBLIC.CUSTOMERS.EMAIL]
  pii.name: [SHOP.PUBLIC.CUSTOMERS.NAME]
  pii.card: ['SHOP.PUBLIC.CUSTOMERS.PROFILE:card']
masks: { tags: { pii.email: { method: token, uses: token } } }
defaults: { unresolved: block }
approvers: { leads: { groups: [leads] } }
rules:
  - name: read
    effect: allow
    when: { kinds: [query], objects: [{ names: ['SHOP.PUBLIC.*'] }] }
  - name: write
    effect: allow
    when: { groups: [writers], kinds: [dml], objects: [{ names: ['SHOP.PUBLIC.*'] }] }
  - name: exact
    effect: ask
    reason: one exact address
    when: { uses: [{ tags: [pii.email], as: [equal] }] }
    approvers: leads
`);
const ada = someone('Ada', 'developers');
const ids = select(output('ID', source('CUSTOMERS.ID')));
const words = (parts: object) => {
  const decision = decide(POLICY, { ...ids, ...parts }, asked(ada));
  expect(decision.effect).toBe('block');
  const { reason } = decision;
  return { reason, advice: 'advice' in decision ? decision.advice : undefined };
};
const using = (name: string, as: ColumnUse['as'], parts: Partial<ColumnUse> = {}) =>
  words({ uses: [{ ...use(`CUSTOMERS.${name}`, as), how: 'direct', ...parts }] });

describe('a use of a masked column that is refused says what would tell its values', () => {
  it.each<[ColumnUse['as'], Partial<ColumnUse>, string]>([
    ['compare', { by: 'LIKE' }, 'comparing it (LIKE)'],
    ['equal', {}, 'comparing it'],
    ['compare', { how: 'expression' }, 'comparing what is made of it'],
    ['join', { by: 'ON' }, 'joining by it (ON)'],
    ['group', { by: 'GROUP BY' }, 'grouping by it (GROUP BY)'],
    ['group', { by: 'DISTINCT' }, 'telling its values apart (DISTINCT)'],
    ['order', { by: 'ORDER BY' }, 'ordering by it (ORDER BY)'],
    ['window', { by: 'OVER' }, 'placing rows by it in a window (OVER)'],
    ['argument', { by: 'TO_NUMBER' }, 'handing it over (TO_NUMBER)'],
    ['argument', { by: 'TO_NUMBER', fails: true }, 'whether TO_NUMBER fails'],
    ['argument', { fails: true }, 'whether this fails'],
    ['argument', { by: 'FLATTEN' }, 'how many rows FLATTEN makes of it'],
    ['condition', { by: 'IS NULL' }, 'asking whether it is there (IS NULL)'],
  ])('%s %o: %s', (as, parts, telling) => {
    expect(using('NAME', as, parts).reason).toBe(
      `SHOP.PUBLIC.CUSTOMERS.NAME is masked (pii.name), and ${telling} would tell its values`,
    );
  });
});

describe('a use of a masked column that is refused names a form that passes', () => {
  it.each<[ColumnUse['as'], Partial<ColumnUse>, string]>([
    [
      'compare',
      { by: 'LIKE' },
      'filter and choose by a column that is not masked, or by whether there is a value (CUSTOMERS.NAME IS NULL)',
    ],
    ['compare', { by: 'UNION' }, 'use UNION ALL, which compares nothing'],
    [
      'compare',
      { by: 'INTERSECT' },
      'compare ids instead (WHERE ID IN ...), and select CUSTOMERS.NAME beside them',
    ],
    [
      'equal',
      { by: 'EXCEPT' },
      'compare ids instead (WHERE ID IN ...), and select CUSTOMERS.NAME beside them',
    ],
    [
      'equal',
      { by: 'MINUS' },
      'compare ids instead (WHERE ID IN ...), and select CUSTOMERS.NAME beside them',
    ],
    ['equal', { by: 'PIVOT' }, 'pivot by a column that is not masked'],
    ['join', {}, 'join by an id, and take CUSTOMERS.NAME from the table that is joined'],
    [
      'group',
      {},
      'aggregate first, and join then: group by an id in a subquery, and join CUSTOMERS.NAME to its result',
    ],
    [
      'group',
      { how: 'expression' },
      'aggregate first, and join then: group by an id in a subquery, and join CUSTOMERS.NAME to its result',
    ],
    [
      'group',
      { by: 'DISTINCT' },
      'leave CUSTOMERS.NAME out of the DISTINCT: select the ids in a subquery, and join CUSTOMERS.NAME to its result',
    ],
    ['order', {}, 'order by a column that is not masked, such as an id or a date'],
    ['window', {}, 'order by a column that is not masked, such as an id or a date'],
    ['condition', {}, 'leave the test out: NULL is shown as NULL in CUSTOMERS.NAME itself'],
    ['argument', {}, 'hand over something that is not masked in place of CUSTOMERS.NAME'],
    [
      'argument',
      { fails: true, by: 'CAST AS NUMBER' },
      'use TRY_CAST, which does not fail, or leave the cast of CUSTOMERS.NAME out',
    ],
    [
      'argument',
      { fails: true, by: 'TO_NUMBER' },
      'use TRY_TO_NUMBER, which does not fail, or take CUSTOMERS.NAME without TO_NUMBER',
    ],
    ['argument', { fails: true, by: 'LEFT' }, 'take CUSTOMERS.NAME as it is, without LEFT'],
    ['argument', { fails: true }, 'take CUSTOMERS.NAME as it is, without the calculation'],
  ])('%s %o: %s', (as, parts, advice) => {
    expect(using('NAME', as, parts).advice).toBe(advice);
  });

  it('a group by what runs on tokens itself, where it is by what is made of it', () => {
    expect(using('EMAIL', 'group', { how: 'expression' }).advice).toBe(
      'group by CUSTOMERS.EMAIL itself, which runs on tokens of it',
    );
  });

  it('an exact value, where people may let one through and none was asked for', () => {
    const exact = 'or ask for one exact value (CUSTOMERS.EMAIL = ...), which people may let through';
    expect(using('EMAIL', 'compare').advice).toContain(exact);
    expect(using('NAME', 'compare').advice).not.toContain('exact value');
  });

  it('the part that is needed, of a document with something masked in it', () => {
    expect(using('PROFILE', 'argument').advice).toBe(
      'take the path that is needed instead of the whole document, such as `CUSTOMERS.PROFILE:part.of.it`',
    );
    expect(using('PROFILE', 'argument', { path: ['card'] }).advice).toBe(
      'hand over something that is not masked in place of CUSTOMERS.PROFILE',
    );
  });

  it('with names made visible', () => {
    const forged = {
      ...use('CUSTOMERS.NAME', 'order'),
      column: { object: table('CUSTOMERS'), column: 'A\nB' },
    };
    const policy = policyOf(`
version: 1
tags: { pii: ['*.*.*.*'] }
rules: [{ name: read, effect: allow, when: { kinds: [query] } }]`);
    const decision = decide(policy, { ...ids, uses: [forged] }, asked(ada));
    expect(decision.reason).toContain('"A\\nB"');
    expect(decision.reason).not.toContain('\n');
  });
});

describe('a flow that is refused says from where to where, and what to leave out', () => {
  const opaque = { opaque: true, reason: 'dynamic SQL', range: { start: 1, end: 2 } } as const;
  const range = { start: 50, end: 60 };
  const location = { type: 'location', location: 's3://bucket' } as const;
  const variable = { type: 'variable', name: 'V' } as const;

  it.each([
    [
      copy('CUSTOMERS.NAME', 'ORDERS.NOTE'),
      'SHOP.PUBLIC.CUSTOMERS.NAME (pii.name) would flow to SHOP.PUBLIC.ORDERS.NOTE',
      'leave CUSTOMERS.NAME out of what is written, and keep an id by which it can be joined',
    ],
    [
      { from: source('CUSTOMERS.NAME'), to: location, range },
      'SHOP.PUBLIC.CUSTOMERS.NAME (pii.name) would flow to "s3:\\/\\/bucket"',
      'leave CUSTOMERS.NAME out of what is unloaded; a SELECT shows it masked',
    ],
    [
      { from: source('CUSTOMERS.NAME'), to: variable, range },
      'SHOP.PUBLIC.CUSTOMERS.NAME (pii.name) would flow to the variable V',
      'keep an id in the variable, and select CUSTOMERS.NAME by it where it is needed',
    ],
    [
      { from: opaque, to: location, range },
      'data of unknown origin would flow to "s3:\\/\\/bucket"',
      'leave what is of unknown origin out of what is unloaded; a SELECT shows it masked',
    ],
  ])('%#: %s', (flow, reason, advice) => {
    const statement = dml('insert', 'ORDERS', { flows: [flow] });
    expect(decide(POLICY, statement, asked(someone('Grace', 'writers')))).toMatchObject({
      effect: 'block',
      rule: 'flows',
      reason,
      advice,
      range,
    });
  });
});

describe('what cannot be known says how to write it so that it can', () => {
  const range = { start: 3, end: 9 };
  const called = (name: string, at = range) => ({ name: table(name), builtIn: false, range: at });

  it.each([
    ['dynamic SQL', { opaque: [{ opaque: true, reason: 'dynamic SQL', range }] }, /^write this part out/],
    [
      'a function that is called there',
      { opaque: [{ opaque: true, reason: 'a body', range }], functions: [called('F')] },
      /^use built-in functions in place of SHOP\.PUBLIC\.F, or have the policy declare it$/,
    ],
    [
      'a function that is named as what is unknown',
      { opaque: [{ opaque: true, reason: 'a body', range, functions: [table('G')] }] },
      /^use built-in functions in place of SHOP\.PUBLIC\.G, or/,
    ],
    [
      'a function whose body is elsewhere',
      { functions: [called('H', { start: 30, end: 40 })] },
      /^use built-in functions in place of SHOP\.PUBLIC\.H, or/,
    ],
  ])('%s', (_, parts, advice) => {
    expect(words(parts).advice).toMatch(advice);
  });

  it('an output whose origin is not known', () => {
    expect(words({ outputs: [unresolvedOutput] })).toEqual({
      reason: 'the origin of the output X is not known',
      advice: 'leave the output X out, or make it of columns and built-in functions',
    });
  });
});

it('tells about each part once', () => {
  const uses = (['order', 'window', 'join', 'group', 'order'] as const).map((as) =>
    use('CUSTOMERS.NAME', as),
  );
  expect(words({ uses }).advice?.split('; ')).toEqual([
    'order by a column that is not masked, such as an id or a date',
    'join by an id, and take CUSTOMERS.NAME from the table that is joined',
    'aggregate first, and join then: group by an id in a subquery, and join CUSTOMERS.NAME to its result',
  ]);
});

it('names what to leave out where an object is what refuses', () => {
  const elsewhere = { ...access('SALARIES'), name: { ...table('SALARIES'), schema: 'HR' } };
  expect(words({ objects: [elsewhere] })).toEqual({
    reason: 'no rule lets read access to the table SHOP.HR.SALARIES through',
    advice: 'leave SHOP.HR.SALARIES out',
  });
});
