import { describe, expect, it } from 'vitest';
import type { ColumnFlow, FunctionUse, ObjectUse, OpaquePart, Understood } from '@sluice/snowflake-sql';
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
  statement,
  table,
  unresolvedOutput,
  use,
} from './statement-fixtures.ts';

const ada = someone('Ada', 'developers');
const TAGS = `tags:
  pii.name: [SHOP.PUBLIC.CUSTOMERS.NAME, 'SHOP.PUBLIC.CUSTOMERS.BOTH']
  pii.card: [SHOP.PUBLIC.CUSTOMERS.CARD, 'SHOP.PUBLIC.CUSTOMERS.BOTH']`;
const ids = select(output('ID', source('CUSTOMERS.ID')));
const uses = (name: string, as: Parameters<typeof use>[1]) => ({
  ...ids,
  uses: [use(`CUSTOMERS.${name}`, as)],
});
const range = { start: 3, end: 9 };
const called = (name: string, builtIn = false): FunctionUse => ({
  name: builtIn ? { database: '', schema: '', name } : table(name),
  builtIn,
  range,
});
const opaque: OpaquePart = { opaque: true, reason: 'dynamic SQL', range };
const flow = (from: ColumnFlow['from'], type: ColumnFlow['to']['type']) => {
  const targets = {
    column: { type: 'column', column: { object: table('ORDERS'), column: 'NOTE' } },
    location: { type: 'location', location: 's3://bucket' },
    variable: { type: 'variable', name: 'V' },
  } as const;
  return dml('insert', 'ORDERS', { flows: [{ from, to: targets[type], range }] });
};

describe('a restricting rule fires when each of its conditions is met by something', () => {
  /** Whether it was, beside a rule that lets everything through. */
  const isHeld = (when: string, understanding: Understood) => {
    const policy = policyOf(`
version: 1
${TAGS}
defaults: { uses: ask, flows: ask, opaque: ask, unresolved: redact, approvers: leads }
approvers: { leads: { groups: [leads] } }
rules:
  - name: all
    effect: allow
    when: { uses: [{ tags: ['*'] }], flows: [{ tags: ['*'] }], functions: ['*', 'SHOP.PUBLIC.*'] }
  - { name: held, effect: block, reason: held, when: ${when} }`);
    const decision = decide(policy, understanding, asked(ada));
    expect(['held', 'all', 'default', 'opaque', 'masked']).toContain(decision.rule);
    return decision.rule === 'held';
  };
  const reading = select(output('N', source('CUSTOMERS.NAME')));
  const readingBoth = select(output('B', source('CUSTOMERS.BOTH')));

  it.each<[string, Understood, boolean]>([
    ['{ reads: [pii.name] }', reading, true],
    ['{ reads: [pii.name] }', readingBoth, true],
    ['{ reads: [pii.card] }', reading, false],
    ['{ reads: ["*"] }', ids, false],
    ['{ reads: ["*"] }', uses('NAME', 'compare'), false],
    ['{ reads: ["*"] }', select(output('N', source('CUSTOMERS.NAME', 'counted'))), false],

    ['{ uses: [{ tags: [pii.name] }] }', uses('NAME', 'compare'), true],
    ['{ uses: [{ tags: [pii.name] }] }', uses('BOTH', 'compare'), true],
    ['{ uses: [{ tags: [pii.name] }] }', uses('CARD', 'compare'), false],
    ['{ uses: [{ tags: [pii.name] }, { tags: [pii.card] }] }', uses('CARD', 'compare'), true],
    ['{ uses: [{ tags: [pii.name], as: [join, compare] }] }', uses('NAME', 'compare'), true],
    ['{ uses: [{ tags: [pii.name], as: [join] }] }', uses('NAME', 'compare'), false],
    ['{ uses: [{ tags: ["*"] }] }', uses('ID', 'compare'), false],
    ['{ uses: [{ tags: ["*"] }] }', reading, false],

    ['{ flows: [{ tags: [pii.name] }] }', flow(source('CUSTOMERS.NAME'), 'column'), true],
    ['{ flows: [{ tags: [pii.name] }] }', flow(source('CUSTOMERS.BOTH'), 'column'), true],
    ['{ flows: [{ tags: [pii.card] }] }', flow(source('CUSTOMERS.NAME'), 'column'), false],
    [
      '{ flows: [{ tags: [pii.card] }, { tags: [pii.name] }] }',
      flow(source('CUSTOMERS.NAME'), 'column'),
      true,
    ],
    ['{ flows: [{ tags: [pii.name], to: [location] }] }', flow(source('CUSTOMERS.NAME'), 'column'), false],
    ['{ flows: [{ tags: [pii.name], to: [location] }] }', flow(source('CUSTOMERS.NAME'), 'location'), true],
    // What is of unknown origin may be anything.
    ['{ flows: [{ tags: [pii.name], to: [location] }] }', flow(opaque, 'location'), true],
    ['{ flows: [{ tags: [pii.name], to: [column] }] }', flow(opaque, 'location'), false],
    ['{ flows: [{ tags: ["*"] }] }', flow(source('CUSTOMERS.ID'), 'location'), false],
    ['{ flows: [{ tags: ["*"] }] }', flow(source('CUSTOMERS.NAME', 'counted'), 'location'), false],

    ['{ functions: [GET_DDL] }', { ...ids, functions: [called('GET_DDL', true)] }, true],
    ['{ functions: [GET_DDL] }', { ...ids, functions: [called('UPPER', true)] }, false],
    ['{ functions: [SHOP.PUBLIC.F] }', { ...ids, functions: [called('F')] }, true],
    ['{ opaque: true }', { ...ids, opaque: [opaque] }, true],
    ['{ opaque: true }', { ...ids, functions: [called('F')] }, true],
    ['{ opaque: true }', ids, false],
    ['{ unresolved: true }', { ...ids, outputs: [unresolvedOutput] }, true],
    ['{ unresolved: true }', ids, false],
    ['{ missing_where: true }', dml('delete', 'ORDERS', { missingWhere: true }), true],
    ['{ missing_where: true }', dml('delete', 'ORDERS'), false],

    ['{ objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }', ids, true],
    ['{ objects: [{ names: [SHOP.PUBLIC.ORDERS] }] }', ids, false],
    ['{ objects: [{ names: [SHOP.PUBLIC.ORDERS, SHOP.PUBLIC.CUSTOMERS] }] }', ids, true],
    ['{ objects: [{ names: [SHOP.PUBLIC.ORDERS] }, { names: [SHOP.PUBLIC.CUSTOMERS] }] }', ids, true],
    ['{ objects: [{ names: [SHOP.PUBLIC.CUSTOMERS], access: [write] }] }', ids, false],
    ['{ objects: [{ names: [SHOP.PUBLIC.CUSTOMERS], access: [write, read] }] }', ids, true],
    ['{ objects: [{ names: [SHOP.PUBLIC.CUSTOMERS], types: [view] }] }', ids, false],
    ['{ objects: [{ names: [SHOP.PUBLIC.CUSTOMERS], types: [view, table] }] }', ids, true],

    // Each condition, by whatever of the statement.
    ['{ reads: [pii.name], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }', reading, true],
    ['{ reads: [pii.name], objects: [{ names: [SHOP.PUBLIC.ORDERS] }] }', reading, false],
    ['{ reads: [pii.card], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }', reading, false],
    ['{}', ids, true],
  ])('%s #%#', (when, understanding, held) => {
    expect(isHeld(when, understanding)).toBe(held);
  });

  it('at the place of the first of them, and of the whole statement when it has none', () => {
    const policy = (when: string) =>
      policyOf(`
version: 1
${TAGS}
rules:
  - { name: all, effect: allow, when: {} }
  - { name: held, effect: block, reason: held, when: ${when} }`);
    const read = select(output('N', source('CUSTOMERS.NAME')));
    const place = (when: string) => decide(policy(when), read, asked(ada)).range;
    expect(place('{ reads: [pii.name] }')).toEqual(read.outputs[0]!.range);
    expect(place('{ objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }')).toEqual(read.objects[0]!.range);
    expect(place('{ reads: [pii.name], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }')).toEqual(
      read.outputs[0]!.range,
    );
    expect(place('{}')).toEqual(read.range);
  });
});

describe('permitting rules must cover all that a statement does', () => {
  /** The built-in check that refuses it; null when it runs. */
  const refusal = (understanding: Understood, ...rules: readonly string[]) => {
    const entries = rules
      .map((when, index) => `  - { name: r${index}, effect: allow, when: ${when} }`)
      .join('\n');
    const decision = decide(policyOf(`version: 1\n${TAGS}\nrules:\n${entries}`), understanding, asked(ada));
    return decision.effect === 'block' ? decision.rule : null;
  };

  it.each<[string, Understood, readonly string[], string | null]>([
    ['a use that none names', uses('NAME', 'compare'), ['{}'], 'uses'],
    ['a use by its tag', uses('NAME', 'compare'), ['{ uses: [{ tags: [pii.name] }] }'], null],
    ['another tag', uses('CARD', 'compare'), ['{ uses: [{ tags: [pii.name] }] }'], 'uses'],
    ['one tag of two', uses('BOTH', 'compare'), ['{ uses: [{ tags: [pii.name] }] }'], 'uses'],
    [
      'both, in two entries',
      uses('BOTH', 'compare'),
      ['{ uses: [{ tags: [pii.name] }, { tags: [pii.card] }] }'],
      null,
    ],
    [
      'each by a rule of its own, neither of which knows of the other',
      uses('BOTH', 'compare'),
      ['{ uses: [{ tags: [pii.name] }] }', '{ uses: [{ tags: [pii.card] }] }'],
      'uses',
    ],
    [
      'the use that is named',
      uses('NAME', 'equal'),
      ['{ uses: [{ tags: [pii.name], as: [join, equal] }] }'],
      null,
    ],
    ['another use', uses('NAME', 'compare'), ['{ uses: [{ tags: [pii.name], as: [join, equal] }] }'], 'uses'],
    ['a count, which needs no rule', uses('NAME', 'count'), ['{}'], null],
    ['an aggregate, which needs none', uses('NAME', 'aggregate'), ['{}'], null],

    ['a flow that none names', flow(source('CUSTOMERS.NAME'), 'column'), ['{}'], 'flows'],
    [
      'a flow by its tag',
      flow(source('CUSTOMERS.NAME'), 'column'),
      ['{ flows: [{ tags: [pii.name] }] }'],
      null,
    ],
    [
      'one tag of two that flow',
      flow(source('CUSTOMERS.BOTH'), 'column'),
      ['{ flows: [{ tags: [pii.name] }] }'],
      'flows',
    ],
    [
      'both that flow',
      flow(source('CUSTOMERS.BOTH'), 'column'),
      ['{ flows: [{ tags: [pii.name] }, { tags: [pii.card] }] }'],
      null,
    ],
    [
      'a flow to where it may',
      flow(source('CUSTOMERS.NAME'), 'location'),
      ['{ flows: [{ tags: [pii.name], to: [location] }] }'],
      null,
    ],
    [
      'a flow to elsewhere',
      flow(source('CUSTOMERS.NAME'), 'location'),
      ['{ flows: [{ tags: [pii.name], to: [column, variable] }] }'],
      'flows',
    ],
    [
      'another tag to where one may',
      flow(source('CUSTOMERS.CARD'), 'location'),
      ['{ flows: [{ tags: [pii.name], to: [location] }] }'],
      'flows',
    ],
    [
      'data of unknown origin, by a rule for one tag',
      flow(opaque, 'column'),
      ['{ flows: [{ tags: [pii.name] }] }'],
      'flows',
    ],
    [
      'data of unknown origin, by a rule for any',
      flow(opaque, 'column'),
      ['{ flows: [{ tags: ["*"] }] }'],
      null,
    ],
    [
      'what is only counted, which needs none',
      flow(source('CUSTOMERS.NAME', 'counted'), 'location'),
      ['{}'],
      null,
    ],
    ['what carries no tag', flow(source('CUSTOMERS.ID'), 'location'), ['{}'], null],
    [
      'a column that carries the tag already',
      dml('insert', 'ORDERS', { flows: [copy('CUSTOMERS.NAME', 'CUSTOMERS.BOTH')] }),
      ['{}'],
      null,
    ],
    [
      'one that carries one of two',
      dml('insert', 'ORDERS', { flows: [copy('CUSTOMERS.BOTH', 'CUSTOMERS.NAME')] }),
      ['{}'],
      'flows',
    ],

    ['a missing WHERE, which needs none', dml('delete', 'ORDERS', { missingWhere: true }), ['{}'], null],
    ['an object type', ids, ['{ objects: [{ names: [SHOP.PUBLIC.*], types: [view] }] }'], 'default'],
    [
      'two objects, each by a rule of its own',
      { ...ids, objects: [access('CUSTOMERS'), access('ORDERS')] },
      [
        '{ kinds: [query], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }',
        '{ objects: [{ names: [SHOP.PUBLIC.ORDERS] }] }',
      ],
      null,
    ],
    [
      'a rule on objects alone, for a statement without any',
      statement({ kind: { family: 'admin', name: 'begin' } }),
      ['{ objects: [{ names: ["**"] }] }'],
      'default',
    ],
    ['what cannot be known', { ...ids, opaque: [opaque] }, ['{}'], 'opaque'],
    [
      'a function that is named, whose body is not known',
      { ...ids, functions: [called('F')], opaque: [{ ...opaque, range }] },
      ['{ functions: [SHOP.PUBLIC.F] }'],
      null,
    ],
    [
      'another part that is not known, beside it',
      { ...ids, functions: [called('F')], opaque: [{ ...opaque, range: { start: 3, end: 10 } }] },
      ['{ functions: [SHOP.PUBLIC.F] }'],
      'opaque',
    ],
    [
      'a built-in function that reaches nowhere',
      { ...ids, functions: [called('UPPER', true)] },
      ['{}'],
      null,
    ],
    [
      'one that reaches beyond the query',
      { ...ids, functions: [called('SYSTEM$WAIT', true)] },
      ['{}'],
      'default',
    ],
    [
      'the same, by its name',
      { ...ids, functions: [called('SYSTEM$WAIT', true)] },
      ['{ functions: ["SYSTEM$*"] }'],
      null,
    ],
  ])('%s', (_, understanding, rules, refused) => {
    expect(refusal(understanding, ...rules)).toBe(refused);
  });

  it.each<[ObjectUse['access']]>([['write'], ['create'], ['drop'], ['grant'], ['call']])(
    'read access covers no %s',
    (wanted) => {
      const understanding = { ...ids, objects: [access('CUSTOMERS', wanted)] };
      expect(refusal(understanding, '{ kinds: [query], objects: [{ names: ["**"], access: [read] }] }')).toBe(
        'default',
      );
    },
  );
});
