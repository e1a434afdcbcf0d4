import { describe, expect, it } from 'vitest';
import type { Understood, UnderstandingProblem } from '@sluice/snowflake-sql';
import { decide } from './decide.ts';
import {
  access,
  asked,
  copy,
  dml,
  notUnderstood,
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

const ada = asked(someone('Ada', 'developers'));
const range = { start: 3, end: 9 };
const opaque = [{ opaque: true, reason: 'dynamic SQL', range } as const];
const ids = select(output('ID', source('CUSTOMERS.ID')));
const email = select(output('EMAIL', source('CUSTOMERS.EMAIL')));

const policy = (rules: string) =>
  policyOf(`
version: 1
tags: { pii: ['*.*.*.EMAIL'], pii.name: ['*.*.*.NAME'] }
approvers: { leads: { groups: [leads] } }
rules:
  - name: all
    effect: allow
    when: { kinds: [query, insert], objects: [{ names: ['**'] }], functions: ['**'], uses: [{ tags: ['*'] }], flows: [{ tags: ['*'] }] }
${rules}
`);

describe('what meets a rule that refuses or asks says what to do in its place', () => {
  it.each<[string, string, Understood, string]>([
    ['an object', "objects: [{ names: ['*.*.CUSTOMERS'] }]", ids, 'leave SHOP.PUBLIC.CUSTOMERS out'],
    [
      'a use',
      'uses: [{ tags: [pii] }]',
      { ...ids, uses: [use('CUSTOMERS.EMAIL', 'order')] },
      'order by a column that is not masked, such as an id or a date',
    ],
    [
      'a flow',
      'flows: [{ tags: [pii] }]',
      dml('insert', 'COPY', { flows: [copy('CUSTOMERS.EMAIL', 'COPY.X')] }),
      'leave CUSTOMERS.EMAIL out of what is written, and keep an id by which it can be joined',
    ],
    ['an output', 'reads: [pii]', email, 'leave the output EMAIL out'],
    [
      'a function',
      'functions: [SHOP.PUBLIC.F]',
      { ...ids, functions: [{ name: table('F'), builtIn: false, range }] },
      'leave SHOP.PUBLIC.F out',
    ],
    ['what is not known', 'opaque: true', { ...ids, opaque }, 'write this part out'],
    [
      'an unknown origin',
      'unresolved: true',
      { ...ids, outputs: [unresolvedOutput] },
      'leave the output X out, or make it of columns and built-in functions',
    ],
    [
      'no WHERE',
      'missing_where: true',
      dml('insert', 'CUSTOMERS', { missingWhere: true }),
      'say which rows, by a WHERE',
    ],
    ['who asks', 'groups: [developers]', ids, 'leave it out; what is let through: queries'],
    [
      'the time of day, when it is now',
      "during: { from: '10:00', to: '14:00' }",
      ids,
      'send it again at another time of day',
    ],
    [
      'the time of day, when it is not now',
      "outside: { from: '14:00', to: '16:00' }",
      ids,
      'send it again at another time of day',
    ],
  ])('%s', (_, when, understanding, advice) => {
    const told = (effect: string) =>
      decide(
        policy(`  - { name: no, effect: ${effect}, reason: no, when: { ${when} } }`),
        understanding,
        ada,
      );
    for (const effect of ['block', 'ask, approvers: leads']) {
      const decision = told(effect);
      expect(decision).toMatchObject({ effect: effect.split(',')[0], rule: 'no' });
      expect('advice' in decision ? decision.advice?.slice(0, advice.length) : null).toBe(advice);
    }
  });

  it('a use that people are asked about already is not advised to be asked about', () => {
    const asking = policy(
      '  - { name: no, effect: ask, reason: no, approvers: leads, when: { uses: [{ tags: [pii], as: [equal, compare] }] } }',
    );
    const decision = decide(asking, { ...ids, uses: [use('CUSTOMERS.EMAIL', 'compare')] }, ada);
    expect(decision.effect).toBe('ask');
    expect('advice' in decision ? decision.advice : '').not.toContain('exact value');
  });
});

describe('all reasons', () => {
  const refusing = policy(`
  - { name: no-order, effect: block, reason: no order, when: { uses: [{ tags: [pii], as: [order] }] } }
  - { name: no-names, effect: ask, reason: no names, approvers: leads, when: { reads: [pii.name] } }
  - { name: no-mail, effect: block, reason: no mail, when: { reads: [pii] } }`);
  const reasons = (understanding: Understood) => {
    const decision = decide(refusing, understanding, ada);
    return 'reasons' in decision ? decision.reasons : undefined;
  };
  const name = { ...output('NAME', source('CUSTOMERS.NAME')), range: { start: 13, end: 17 } };

  it('are told where there are several, with the place, what becomes of it and what to do', () => {
    const both = { ...email, outputs: [...email.outputs, name] };
    expect(reasons(both)).toEqual([
      {
        effect: 'ask',
        rule: 'no-names',
        reason: 'no names',
        range: { start: 13, end: 17 },
        advice: 'leave the output NAME out',
      },
      {
        effect: 'block',
        rule: 'no-mail',
        reason: 'no mail',
        range: { start: 7, end: 12 },
        advice: 'leave the output EMAIL out',
      },
    ]);
  });

  it('are not told where there is one', () => {
    expect(reasons(email)).toBeUndefined();
    expect(reasons(ids)).toBeUndefined();
  });

  it('are told once where they are one and the same', () => {
    const inner = (start: number): Understood => ({
      ...email,
      outputs: [{ ...email.outputs[0]!, range: { start, end: 60 } }],
    });
    const block = (...starts: readonly number[]) =>
      statement({ objects: [access('CUSTOMERS')], outputs: [output('ID')], inner: starts.map(inner) });
    expect(reasons(block(30, 30))).toBeUndefined();
    expect(reasons(block(30, 30, 40))?.map(({ range }) => range.start)).toEqual([30, 40]);
    const many = Array.from({ length: 60 }, (_, index) => index);
    expect(reasons(block(...many))).toHaveLength(50);
  });
});

describe('what was not understood says how it can be written', () => {
  const advice = (code: UnderstandingProblem['code'], message: string) => {
    const decision = decide(policy(''), { ...notUnderstood, problem: { code, message, range } }, ada);
    expect(decision).toMatchObject({ effect: 'block', rule: 'not-understood', range });
    return 'advice' in decision ? decision.advice : undefined;
  };

  it.each<[UnderstandingProblem['code'], string, string | undefined]>([
    ['too_complex', 'x', 'split it into several smaller statements'],
    ['too_deep', 'x', 'split it into several smaller statements'],
    [
      'unsupported',
      'the columns that PIVOT derives are not known',
      "list the values that become columns: PIVOT (... FOR ... IN ('a', 'b'))",
    ],
    ['unsupported', 'the number of columns is not known', 'name the columns one by one'],
    ['unsupported', 'its columns are not known', 'name the columns one by one'],
    ['unsupported', 'a name that is only known when the statement runs', 'write the name itself'],
    ['unsupported', 'something else', 'write this part in another way'],
    ['syntax', 'the number of columns', undefined],
    ['object_unknown', 'x', undefined],
    ['column_unknown', 'x', undefined],
    ['ambiguous', 'x', undefined],
    ['invalid', 'x', undefined],
    ['not_loaded', 'x', undefined],
  ])('%s: %s', (code, message, words) => {
    expect(advice(code, message)).toBe(words);
  });

  it('and quotes a long message in part', () => {
    const decision = decide(
      policy(''),
      { ...notUnderstood, problem: { code: 'syntax', message: 'x'.repeat(10_000), range } },
      ada,
    );
    expect(decision.reason.length).toBeLessThan(500);
    expect(decision.reason.length).toBeGreaterThan(400);
  });
});
