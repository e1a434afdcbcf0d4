import { describe, expect, it } from 'vitest';
import type { Understood } from '@sluice/snowflake-sql';
import { shown } from '../text/index.ts';
import { decide } from './decide.ts';
import { access, asked, output, policyOf, someone, source, statement, use } from './statement-fixtures.ts';

const POLICY = policyOf(`
version: 1
tags:
  pii.email: ['*.*.*.EMAIL', 'SHOP.PUBLIC.CUSTOMERS.PROFILE:email']
  pii.phone: ['*.*.*.PHONE', 'SHOP.PUBLIC.CUSTOMERS.PROFILE:phone', '*.*.*.BOTH']
  finance: [SHOP.PUBLIC.CUSTOMERS.CREDIT_LIMIT, '*.*.*.BOTH']
  open: [SHOP.PUBLIC.CUSTOMERS.CITY]
masks:
  tags:
    pii.email: { method: token, uses: token }
    pii.phone: { method: redact }
    finance: { method: number, step: 1000, aggregates: allow, uses: { group: token, compare: blank, count: blank, condition: blank, aggregate: blank } }
    open: { method: redact, expressions: mask, aggregates: allow }
  columns:
    SHOP.PUBLIC.CUSTOMERS.NICKNAME: { method: redact, uses: blank }
rules:
  - name: read
    effect: allow
    when: { kinds: [query], objects: [{ access: [read], names: ['SHOP.PUBLIC.*'] }] }
  - name: support
    effect: allow
    when: { groups: [support], kinds: [query], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }
    reveal: [pii.email]
  - name: look-up
    effect: ask
    reason: it tells
    when: { kinds: [query], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }], uses: [{ tags: [pii.email], as: [equal] }] }
    approvers: leads
approvers: { leads: { groups: [leads] } }
`);

const EMAIL = shown`SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)`;
const read = [access('CUSTOMERS')];
const whole = (...[name, as, path]: Parameters<typeof use>) =>
  ({ ...use(name, as, path), how: 'direct' }) as const;

function decided(parts: Partial<Understood>, groups: readonly string[] = [], floor = true) {
  const decision = decide(
    POLICY,
    statement({ objects: read, ...parts }),
    asked(someone('Ada', ...groups), { floor }),
  );
  return decision.effect === 'block' ? decision.rule : (decision.computedOn ?? null);
}

describe('what is computed on tokens or blanks says so', () => {
  it.each<[string, Partial<Understood>, ReturnType<typeof decided>]>([
    [
      'rows that are grouped by tokens',
      { uses: [whole('CUSTOMERS.EMAIL', 'group')] },
      { rows: { on: 'tokens', because: EMAIL }, outputs: [] },
    ],
    [
      'a number of different values',
      { outputs: [output('ID', source('CUSTOMERS.ID')), output('N', source('CUSTOMERS.EMAIL', 'distinct'))] },
      { rows: null, outputs: [{ output: 1, on: 'tokens', because: EMAIL }] },
    ],
    [
      'an expression, which is redacted too',
      { outputs: [output('U', source('CUSTOMERS.EMAIL', 'expression'))] },
      { rows: null, outputs: [{ output: 0, on: 'blanks', because: EMAIL }] },
    ],
    [
      'blanks beside tokens',
      {
        outputs: [output('X', source('CUSTOMERS.EMAIL', 'distinct'), source('CUSTOMERS.PHONE', 'aggregate'))],
      },
      {
        rows: null,
        outputs: [
          { output: 0, on: 'blanks', because: shown`${EMAIL}, SHOP.PUBLIC.CUSTOMERS.PHONE (pii.phone)` },
        ],
      },
    ],
    [
      'a predicate on blanks',
      { uses: [use('CUSTOMERS.CREDIT_LIMIT', 'compare')] },
      { rows: { on: 'blanks', because: shown`SHOP.PUBLIC.CUSTOMERS.CREDIT_LIMIT (finance)` }, outputs: [] },
    ],
    ['a value that is only masked', { outputs: [output('E', source('CUSTOMERS.EMAIL'))] }, null],
    ['how many have a value', { outputs: [output('N', source('CUSTOMERS.EMAIL', 'counted'))] }, null],
    [
      'an aggregate of values',
      { outputs: [output('N', source('CUSTOMERS.CREDIT_LIMIT', 'aggregate'))] },
      null,
    ],
    ['an expression of values', { outputs: [output('N', source('CUSTOMERS.CITY', 'expression'))] }, null],
    ['whether there is a value', { uses: [use('CUSTOMERS.EMAIL', 'count')] }, null],
    ['a count, whatever it runs on', { uses: [whole('CUSTOMERS.CREDIT_LIMIT', 'count')] }, null],
    ['a test for NULL, whatever it runs on', { uses: [whole('CUSTOMERS.CREDIT_LIMIT', 'condition')] }, null],
    ['an aggregate, whatever it runs on', { uses: [whole('CUSTOMERS.CREDIT_LIMIT', 'aggregate')] }, null],
    ['a use that only outputs show', { uses: [use('CUSTOMERS.EMAIL', 'aggregate')] }, null],
    ['a column that is not masked', { uses: [whole('CUSTOMERS.ID', 'group')] }, null],
    [
      'rows that are joined by tokens, and those that are grouped',
      { uses: [whole('CUSTOMERS.EMAIL', 'join'), whole('ORDERS.EMAIL', 'group')] },
      { rows: { on: 'tokens', because: shown`${EMAIL}, SHOP.PUBLIC.ORDERS.EMAIL (pii.email)` }, outputs: [] },
    ],
    [
      'the same column twice, once',
      { uses: [whole('CUSTOMERS.EMAIL', 'join'), whole('CUSTOMERS.EMAIL', 'group')] },
      { rows: { on: 'tokens', because: EMAIL }, outputs: [] },
    ],
    [
      'a group by tokens beside a predicate on blanks',
      { uses: [whole('CUSTOMERS.EMAIL', 'group'), use('CUSTOMERS.CREDIT_LIMIT', 'compare')] },
      {
        rows: { on: 'blanks', because: shown`${EMAIL}, SHOP.PUBLIC.CUSTOMERS.CREDIT_LIMIT (finance)` },
        outputs: [],
      },
    ],
    [
      'a column with a mask of its own, by its name alone',
      { uses: [whole('CUSTOMERS.NICKNAME', 'order')] },
      { rows: { on: 'blanks', because: shown`SHOP.PUBLIC.CUSTOMERS.NICKNAME` }, outputs: [] },
    ],
    [
      'a column of two tags, by both',
      { outputs: [output('N', source('CUSTOMERS.BOTH', 'expression'))] },
      {
        rows: null,
        outputs: [
          { output: 0, on: 'blanks', because: shown`SHOP.PUBLIC.CUSTOMERS.BOTH (pii.phone, finance)` },
        ],
      },
    ],
    [
      'a window that runs on blanks',
      { uses: [whole('CUSTOMERS.NICKNAME', 'window')] },
      { rows: { on: 'blanks', because: shown`SHOP.PUBLIC.CUSTOMERS.NICKNAME` }, outputs: [] },
    ],
  ])('%s', (_, parts, expected) => {
    expect(decided({ outputs: [output('ID', source('CUSTOMERS.ID'))], ...parts })).toEqual(expected);
  });

  it('where a person lets one use through, that alone is of the values', () => {
    const both = [whole('CUSTOMERS.EMAIL', 'group'), whole('CUSTOMERS.EMAIL', 'equal')];
    expect(decided({ outputs: [output('ID', source('CUSTOMERS.ID'))], uses: both })).toEqual({
      rows: { on: 'tokens', because: EMAIL },
      outputs: [],
    });
  });

  it('not for those who see the values, nor where the warehouse has no substitutes', () => {
    const outputs = [output('N', source('CUSTOMERS.EMAIL', 'distinct'))];
    expect(decided({ outputs }, ['support'])).toBeNull();
    expect(decided({ outputs }, [], false)).toBeNull();
  });

  it('rows of a statement inside are told of the whole', () => {
    const inner = statement({
      objects: read,
      outputs: [output('ID', source('CUSTOMERS.ID'))],
      uses: [whole('CUSTOMERS.EMAIL', 'group')],
    });
    expect(decided({ outputs: [output('ID', source('CUSTOMERS.ID'))], inner: [inner] })).toEqual({
      rows: { on: 'tokens', because: EMAIL },
      outputs: [],
    });
  });
});

describe('a number of tokens', () => {
  const outputs = [output('N', source('CUSTOMERS.ID'))];
  it('is what rows may be chosen by', () => {
    const number = { ...use('CUSTOMERS.EMAIL', 'compare'), how: 'distinct' } as const;
    expect(decided({ outputs, uses: [number] })).toEqual({
      rows: { on: 'tokens', because: EMAIL },
      outputs: [],
    });
    // To whether it fails, rows are nothing.
    expect(decided({ outputs, uses: [{ ...number, fails: true }] })).toBeNull();
    expect(decided({ outputs, uses: [{ ...number, how: 'expression' }] })).toBe('uses');
    expect(decided({ outputs, uses: [{ ...use('CUSTOMERS.PHONE', 'order'), how: 'distinct' }] })).toBe(
      'uses',
    );
  });
});

describe('tokens stand for whole columns alone', () => {
  const outputs = [output('N', source('CUSTOMERS.ID'))];

  it('what is made of a column is not grouped by tokens of it', () => {
    expect(decided({ outputs, uses: [use('CUSTOMERS.EMAIL', 'group')] })).toBe('uses');
  });

  it('nor is a document grouped by a part of which another part has none', () => {
    expect(decided({ outputs, uses: [whole('CUSTOMERS.PROFILE', 'group', ['email'])] })).toBe('uses');
    const counted = statement({
      objects: read,
      outputs: [output('N', source('CUSTOMERS.PROFILE', 'distinct', ['email']))],
    });
    expect(decide(POLICY, counted, asked(someone('Ada')))).toMatchObject({
      effect: 'mask',
      masks: [{ policy: { method: 'redact' } }],
      computedOn: { outputs: [{ on: 'blanks' }] },
    });
  });
});
