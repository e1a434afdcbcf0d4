import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
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

const POLICY = policyOf(`
version: 1
tags:
  pii.email: ['*.*.*.EMAIL', 'SHOP.PUBLIC.CUSTOMERS.PROFILE:contact.email']
  pii.card: [SHOP.PUBLIC.*.CARD_NUMBER]
  finance: [SHOP.PUBLIC.CUSTOMERS.CREDIT_LIMIT]
masks:
  tags:
    pii.email: { method: token }
    pii.card: { method: partial, keep_last: 4 }
    finance: { method: number, step: 1000, aggregates: allow, expressions: mask }
defaults: { approvers: leads, flows: ask }
approvers:
  leads: { groups: [leads, security], grant_up_to: 1h }
  security: { groups: [security], needed: 2, signed: true, expires_after: 30m, grant_up_to: 5m }
  board: { groups: [board] }
declare: { functions: [SHOP.PUBLIC.CLEAN] }
rules:
  - name: read
    effect: allow
    when:
      groups: [developers]
      kinds: [query, scripting]
      objects: [{ access: [read], names: ['SHOP.PUBLIC.*'] }]
      uses: [{ tags: [pii.email], as: [equal, join] }]
  - name: support
    effect: allow
    when: { groups: [support], kinds: [query], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }
    reveal: [pii.email]
  - name: support-cards
    effect: mask
    when: { groups: [support], kinds: [query], objects: [{ names: [SHOP.PUBLIC.CUSTOMERS] }] }
    masks: { pii.card: { method: 'null' } }
  - name: write
    effect: ask
    reason: writes are asked for
    when: { groups: [developers], kinds: [dml], objects: [{ names: ['SHOP.PUBLIC.*'] }] }
    approvers: leads
  - name: payments
    effect: ask
    reason: payments are looked at by security
    when: { objects: [{ access: [write], names: [SHOP.PUBLIC.PAYMENTS] }] }
    approvers: security
  - name: board
    effect: ask
    reason: the board decides on prices
    when: { objects: [{ access: [write], names: [SHOP.PUBLIC.PRICES] }] }
    approvers: board
  - name: no-wipe
    effect: block
    reason: needs a WHERE
    when: { missing_where: true, kinds: [dml] }
`);

const ada = someone('Ada', 'developers');
const sue = someone('Sue', 'support');
const ask = (understanding: Parameters<typeof decide>[1], by = ada, parts = {}) =>
  decide(POLICY, understanding, asked(by, parts));
const masksOf = (decision: Decision) =>
  'masks' in decision ? decision.masks.map(({ output, policy }) => [output, policy.method]) : [];

const name = output('NAME', source('CUSTOMERS.NAME'));
const email = output('E', source('CUSTOMERS.EMAIL'));

const elsewhere = { ...access('SALARIES'), name: { ...table('SALARIES'), schema: 'HR' } };

describe('default deny', () => {
  it.each([
    ['a covered query', select(name), ada, { effect: 'allow', rule: 'read' }],
    [
      'a group that no rule names',
      select(name),
      someone('Eve', 'guests'),
      { effect: 'block', rule: 'default' },
    ],
    [
      'a kind that no rule names',
      statement({ kind: { family: 'admin', name: 'show' } }),
      ada,
      { effect: 'block', rule: 'default' },
    ],
    [
      'one object of two that no rule covers',
      { ...select(name), objects: [access('CUSTOMERS'), elsewhere] },
      ada,
      { effect: 'block', rule: 'default', range: elsewhere.range },
    ],
    [
      'an access that no rule covers',
      { ...select(name), objects: [access('CUSTOMERS', 'drop')] },
      ada,
      { effect: 'block', rule: 'default' },
    ],
    ['what was not understood', notUnderstood, ada, { effect: 'block', rule: 'not-understood' }],
    [
      'a query without known outputs',
      statement({ objects: [access('CUSTOMERS')] }),
      ada,
      { effect: 'block', rule: 'not-understood' },
    ],
    [
      'a function that reaches beyond the query',
      {
        ...select(name),
        functions: [
          {
            name: { database: '', schema: '', name: 'GET_PRESIGNED_URL' },
            builtIn: true,
            range: { start: 1, end: 2 },
          },
        ],
      },
      ada,
      { effect: 'block', rule: 'default' },
    ],
  ] as const)('%s', (_title, understanding, by, expected) => {
    expect(ask(understanding, by)).toMatchObject(expected);
  });

  it.each([
    ['declared', 'CLEAN', 'allow'],
    ['undeclared', 'LEAK', 'block'],
  ])('a user-defined function that is %s', (_title, functionName, effect) => {
    const functions = [{ name: table(functionName), builtIn: false, range: { start: 7, end: 9 } }];
    expect(ask({ ...select(name), functions }).effect).toBe(effect);
  });

  it('whose body alone is unknown of an output leaves it as it is when declared, and redacted when not', () => {
    const unresolved = (functionName: string) => ({
      opaque: true as const,
      reason: 'a body',
      range: { start: 7, end: 9 },
      functions: [table('CLEAN'), table(functionName)],
    });
    const made = (functionName: string) => {
      const statement = select(name);
      return {
        ...statement,
        outputs: statement.outputs.map((output) => ({ ...output, unresolved: unresolved(functionName) })),
      };
    };
    expect(ask(made('CLEAN'))).toMatchObject({ effect: ask(select(name)).effect });
    expect(ask(made('LEAK'))).toMatchObject({ effect: 'mask', masks: [{ policy: { method: 'redact' } }] });
  });
});

describe('functions by name', () => {
  const policy = policyOf(`
version: 1
rules: [{ name: r, effect: allow, when: { functions: [GET_DDL, SHOP.PUBLIC.F] } }]`);
  const calling = (called: string, builtIn: boolean, opaque: boolean) => {
    const range = { start: 7, end: 15 };
    const functionUse = {
      name: builtIn ? { database: '', schema: '', name: called } : table(called),
      builtIn,
      range,
    };
    const parts = opaque ? [{ opaque: true, reason: 'it reaches outside', range } as const] : [];
    return decide(policy, { ...select(name), functions: [functionUse], opaque: parts }, asked(ada)).effect;
  };

  it.each([
    ['a built-in one that is named', calling('GET_DDL', true, true), 'allow'],
    ['another', calling('GET_PRESIGNED_URL', true, true), 'block'],
    ['a user-defined one that is named', calling('F', false, false), 'allow'],
    ['another', calling('G', false, false), 'block'],
  ])('%s', (_title, effect, expected) => {
    expect(effect).toBe(expected);
  });
});

describe('masks', () => {
  it.each([
    ['by tag', select(email), [[0, 'token']]],
    [
      'whatever the alias, by position',
      select(name, output('HARMLESS', source('PAYMENTS.CARD_NUMBER'))),
      [[1, 'partial']],
    ],
    ['an expression whole', select(output('E', source('CUSTOMERS.EMAIL', 'expression'))), [[0, 'redact']]],
    ['an aggregate whole', select(output('E', source('CUSTOMERS.EMAIL', 'aggregate'))), [[0, 'redact']]],
    ['not what is only counted', select(output('N', source('CUSTOMERS.EMAIL', 'counted'))), []],
    [
      'an aggregate that the policy lets be seen',
      select(output('N', source('CUSTOMERS.CREDIT_LIMIT', 'aggregate'))),
      [],
    ],
    [
      'an expression that the policy masks alike',
      select(output('N', source('CUSTOMERS.CREDIT_LIMIT', 'expression'))),
      [[0, 'number']],
    ],
    [
      'the strongest of several',
      select(output('C', source('CUSTOMERS.EMAIL'), source('PAYMENTS.CARD_NUMBER'))),
      [[0, 'redact']],
    ],
    ['inside a document', select(output('P', source('CUSTOMERS.PROFILE'))), [[0, 'json']]],
    [
      'a path of a document',
      select(output('P', source('CUSTOMERS.PROFILE', 'direct', ['contact', 'email']))),
      [[0, 'token']],
    ],
    [
      'a part above the tagged path',
      select(output('P', source('CUSTOMERS.PROFILE', 'direct', ['contact']))),
      [[0, 'json']],
    ],
    [
      'any element',
      select(output('P', source('CUSTOMERS.PROFILE', 'direct', ['*', 'email']))),
      [[0, 'token']],
    ],
    ['not another path', select(output('P', source('CUSTOMERS.PROFILE', 'direct', ['contact', 'city']))), []],
    [
      'a document next to a masked column',
      select(output('P', source('CUSTOMERS.PROFILE'), source('CUSTOMERS.EMAIL'))),
      [[0, 'redact']],
    ],
  ] as const)('%s', (_title, understanding, masks) => {
    const decision = ask(understanding);
    expect(masksOf(decision)).toEqual(masks);
    expect(decision.effect).toBe(masks.length > 0 ? 'mask' : 'allow');
  });

  it('masks an output of unknown origin whole', () => {
    const decision = ask({ ...select(name), outputs: [unresolvedOutput] });
    expect(masksOf(decision)).toEqual([[0, 'redact']]);
  });

  it('reveals by rule, and only as far as the rule reaches; a rule that masks wins', () => {
    expect(ask(select(email), sue)).toMatchObject({ effect: 'allow', rule: 'support' });
    const card = output('C', source('CUSTOMERS.CARD_NUMBER'));
    expect(ask(select(card), sue)).toMatchObject({
      effect: 'mask',
      rule: 'support-cards',
      masks: [{ policy: { method: 'null' } }],
    });
    const both = select(email, output('E', source('LEADS.EMAIL')));
    const seeing = policyOf(`
version: 1
tags: { pii.email: ['*.*.*.EMAIL'] }
rules:
  - { name: a, effect: allow, when: { objects: [{ names: ['SHOP.PUBLIC.CUSTOMERS'] }] }, reveal: [pii.email] }
  - { name: b, effect: allow, when: { objects: [{ names: ['SHOP.PUBLIC.LEADS'] }] } }`);
    expect(masksOf(decide(seeing, both, asked(sue)))).toEqual([[1, 'redact']]);
  });

  it('takes tags from elsewhere: what a flow carried along', () => {
    const tags = {
      tagsOf: ({ object }: { object: { name: string } }) =>
        object.name === 'COPY' ? [{ tag: 'pii.card' }] : [],
    };
    expect(masksOf(ask(select(output('X', source('COPY.X'))), ada, { tags }))).toEqual([[0, 'partial']]);
  });

  it('refuses a block whose inner result it could not mask', () => {
    const block = statement({ kind: { family: 'scripting', name: 'block' }, inner: [select(email)] });
    expect(ask(block)).toMatchObject({ effect: 'block', rule: 'not-understood' });
    expect(ask({ ...block, outputs: [email] })).toMatchObject({ effect: 'mask' });
  });
});

describe('uses of masked columns', () => {
  it.each([
    ['compare', 'block'],
    ['order', 'block'],
    ['group', 'block'],
    ['condition', 'block'],
    ['argument', 'block'],
    ['window', 'block'],
    ['equal', 'allow'],
    ['join', 'allow'],
    ['count', 'allow'],
  ] as const)('%s of a column that is masked: %s', (as, effect) => {
    expect(ask({ ...select(name), uses: [use('CUSTOMERS.EMAIL', as)] }).effect).toBe(effect);
  });

  it('names the spot', () => {
    const decision = ask({ ...select(name), uses: [use('CUSTOMERS.EMAIL', 'compare')] });
    expect(decision).toMatchObject({ rule: 'uses', range: { start: 40, end: 45 } });
    expect(decision.reason).toContain('SHOP.PUBLIC.CUSTOMERS.EMAIL');
  });

  it.each([
    ['a path that meets the tagged one', ['contact'], 'block'],
    ['another path', ['size'], 'allow'],
  ] as const)('%s of a document', (_title, path, effect) => {
    expect(ask({ ...select(name), uses: [use('CUSTOMERS.PROFILE', 'compare', path)] }).effect).toBe(effect);
  });

  it('lets those who see the column compare it', () => {
    expect(ask({ ...select(email), uses: [use('CUSTOMERS.EMAIL', 'compare')] }, sue).effect).toBe('allow');
  });
});

describe('flows', () => {
  it.each([
    ['a masked column to another table', copy('CUSTOMERS.EMAIL', 'BACKUP.X'), 'ask', 'write; flows'],
    ['a column that carries the tag already', copy('CUSTOMERS.EMAIL', 'BACKUP.EMAIL'), 'ask', 'write'],
    ['a harmless column', copy('CUSTOMERS.CITY', 'BACKUP.X'), 'ask', 'write'],
    [
      'a masked column out of the warehouse',
      { ...copy('CUSTOMERS.EMAIL', 'B.X'), to: { type: 'location', location: '@stage' } },
      'block',
      'flows',
    ],
    [
      'unknown data out of the warehouse',
      {
        from: { opaque: true, reason: 'dynamic', range: { start: 1, end: 2 } },
        to: { type: 'location', location: '@s' },
        range: { start: 50, end: 60 },
      },
      'block',
      'flows',
    ],
  ] as const)('%s', (_title, flow, effect, rules) => {
    const decision = ask(dml('insert', 'BACKUP', { flows: [flow] }));
    expect(decision.effect).toBe(effect);
    expect(decision.rule).toBe(rules.split('; ')[0]);
    expect(decision.reason.includes('would flow')).toBe(rules.includes('flows'));
  });
});

describe('precedence', () => {
  it.each([
    ['ask over allow', dml('update', 'ORDERS'), { effect: 'ask', rule: 'write' }],
    ['block over ask', dml('delete', 'ORDERS', { missingWhere: true }), { effect: 'block', rule: 'no-wipe' }],
    [
      'two that ask: those whom both name, on the terms of both',
      dml('update', 'PAYMENTS'),
      {
        effect: 'ask',
        ask: {
          approvers: ['security'],
          needed: 2,
          signed: true,
          expiresAfterSeconds: 1800,
          grantUpToSeconds: 300,
        },
      },
    ],
    ['two that ask nobody in common', dml('update', 'PRICES'), { effect: 'block' }],
  ] as const)('%s', (_title, understanding, expected) => {
    expect(ask(understanding)).toMatchObject(expected);
  });

  it('counts what is inside a statement as if it stood alone', () => {
    const inside = (inner: Parameters<typeof decide>[1]) =>
      ask(statement({ kind: { family: 'scripting', name: 'block' }, inner: [select(name), inner] }));
    expect(inside(dml('update', 'ORDERS'))).toMatchObject({ effect: 'ask', rule: 'write' });
    expect(inside(dml('delete', 'ORDERS', { missingWhere: true }))).toMatchObject({
      effect: 'block',
      rule: 'no-wipe',
    });
    expect(inside(notUnderstood)).toMatchObject({ effect: 'block', rule: 'not-understood' });
    expect(inside(statement({ inner: [notUnderstood] }))).toMatchObject({ effect: 'block' });
  });

  it('never lets an opaque part through by default', () => {
    const opaque = [{ opaque: true, reason: 'dynamic SQL', range: { start: 3, end: 9 } } as const];
    expect(ask({ ...select(name), opaque })).toMatchObject({
      effect: 'block',
      rule: 'opaque',
      range: { start: 3, end: 9 },
    });
  });
});
