import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import { asked, copy, dml, output, policyOf, select, someone, source, use } from './statement-fixtures.ts';

/** What is made of parts of a value, and what its being there at all tells. */
const POLICY = policyOf(`
version: 1
tags:
  card: ['*.*.*.CARD']
  document: ['SHOP.PUBLIC.CUSTOMERS.PROFILE:identity']
masks:
  tags:
    card: { method: partial, keep_last: 4 }
    document: { method: redact }
defaults: { flows: block }
rules:
  - name: all
    effect: allow
    when: { kinds: [query, dml], objects: [{ names: ['SHOP.PUBLIC.*'] }] }
`);
const ada = someone('Ada', 'developers');

describe('a flow into a column that carries the tag already', () => {
  const from = copy('CUSTOMERS.CARD', 'COPY.CARD');
  it.each([
    ['a whole value', from, 'allow'],
    [
      'a part of it, which its mask there would show',
      { ...from, from: source('CUSTOMERS.CARD', 'expression') },
      'block',
    ],
    ['the largest of all', { ...from, from: source('CUSTOMERS.CARD', 'aggregate') }, 'block'],
    ['what is inside of it', { ...from, from: source('CUSTOMERS.CARD', 'direct', ['first']) }, 'block'],
  ] as const)('%s', (_, flow, effect) => {
    expect(decide(POLICY, dml('insert', 'COPY', { flows: [flow] }), asked(ada)).effect).toBe(effect);
  });
});

describe('whether there is a value', () => {
  const maskOf = (floor: boolean, ...sources: readonly Parameters<typeof source>[]) => {
    const made = select(output('X', ...sources.map((one) => source(...one))));
    const decision = decide(POLICY, made, asked(ada, { floor }));
    return 'masks' in decision ? decision.masks.map(({ policy }) => policy.method) : [];
  };

  it.each([
    ['an expression', 'expression'],
    ['an aggregate', 'aggregate'],
  ] as const)('is hidden of %s, unless it is made of blanks', (_, how) => {
    expect(maskOf(false, ['CUSTOMERS.CARD', how])).toEqual(['null']);
    expect(maskOf(true, ['CUSTOMERS.CARD', how])).toEqual(['redact']);
  });

  it('is hidden of a part of what is hidden', () => {
    expect(maskOf(false, ['CUSTOMERS.PROFILE', 'direct', ['identity']])).toEqual(['redact']);
    expect(maskOf(false, ['CUSTOMERS.PROFILE', 'direct', ['identity', 'issued']])).toEqual(['null']);
    expect(maskOf(false, ['CUSTOMERS.CARD', 'direct', ['0']])).toEqual(['null']);
  });
});

describe('tokens, beside values that the same people write', () => {
  const TOKENS = policyOf(`
version: 1
tags: { email: ['*.*.*.EMAIL'] }
masks: { tags: { email: { method: token, uses: token } } }
defaults: { uses: block }
rules:
  - name: read
    effect: allow
    when: { kinds: [query], objects: [{ names: ['SHOP.PUBLIC.*'] }] }
  - name: own
    effect: allow
    when: { groups: [developers], kinds: [dml], objects: [{ access: [write], names: [SHOP.PUBLIC.OWN] }] }
`);
  const bob = someone('Bob', 'guests');
  const shown = (by: typeof ada, ...sources: readonly string[]) => {
    const made = select(output('X', ...sources.map((one) => source(one))));
    const decision = decide(TOKENS, made, asked(by));
    return 'masks' in decision ? decision.masks.map(({ policy }) => policy.method) : [];
  };

  it.each([
    ['of a table that they read', ada, ['CUSTOMERS.EMAIL'], ['token']],
    ['of a table that they write to', ada, ['OWN.EMAIL'], ['redact']],
    ['of a table that others write to', bob, ['OWN.EMAIL'], ['token']],
    ['in one column with a free one', ada, ['CUSTOMERS.EMAIL', 'PRODUCTS.NAME'], ['redact']],
  ] as const)('%s', (_, by, sources, methods) => {
    expect(shown(by, ...sources)).toEqual(methods);
  });

  it.each([
    ['of two tables that they read', ada, 'ORDERS.EMAIL', 'allow'],
    ['of one that they write to', ada, 'OWN.EMAIL', 'block'],
    ['of one that others write to', bob, 'OWN.EMAIL', 'allow'],
  ] as const)('a join %s', (_, by, other, effect) => {
    const joined = {
      ...select(output('N', source('CUSTOMERS.ID'))),
      uses: [use('CUSTOMERS.EMAIL', 'join'), use(other, 'join')].map((one) => ({
        ...one,
        how: 'direct' as const,
      })),
    };
    expect(decide(TOKENS, joined, asked(by)).effect).toBe(effect);
  });
});
