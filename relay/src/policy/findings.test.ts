import { describe, expect, it } from 'vitest';
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

const ada = someone('Ada', 'developers');
const ids = select(output('ID', source('CUSTOMERS.ID')));
const range = { start: 3, end: 9 };
const opaque = [{ opaque: true, reason: 'dynamic SQL', range } as const];

describe('what is refused by default', () => {
  const policy = (defaults: string, breakGlass = '') =>
    policyOf(`
version: 1
tags: { pii: ['*.*.*.EMAIL'] }
approvers: { owners: { groups: [owners] } }
defaults: { ${defaults}, approvers: owners }
rules: [{ name: all, effect: allow, when: {} }]
${breakGlass}`);
  const using = { ...ids, uses: [use('CUSTOMERS.EMAIL', 'compare')] };
  const copying = dml('insert', 'COPY', { flows: [copy('CUSTOMERS.EMAIL', 'COPY.X')] });
  const unloading = dml('insert', 'COPY', {
    flows: [{ from: source('CUSTOMERS.EMAIL'), to: { type: 'location', location: '@stage' }, range }],
  });
  const unresolved = { ...ids, outputs: [unresolvedOutput] };

  it.each([
    ['uses', using, 'uses'],
    ['flows', copying, 'flows'],
    ['opaque', { ...ids, opaque }, 'opaque'],
    ['unresolved', unresolved, 'unresolved'],
  ] as const)('%s is asked about where the policy says so', (section, understanding, rule) => {
    const block = decide(policy(`${section}: block`), understanding, asked(ada));
    expect(block).toMatchObject({ effect: 'block', rule });
    expect(block).toHaveProperty('advice');
    const ask = decide(policy(`${section}: ask`), understanding, asked(ada));
    expect(ask).toMatchObject({ effect: 'ask', rule, ask: { approvers: ['owners'] }, range: block.range });
    expect(ask).toHaveProperty('advice');
  });

  it('what leaves the warehouse is never asked about by default', () => {
    expect(decide(policy('flows: ask'), unloading, asked(ada))).toMatchObject({
      effect: 'block',
      rule: 'flows',
    });
  });

  it('break-glass lifts what people would be asked about by default', () => {
    const open = policy('uses: ask', 'break_glass: [{ name: incident, groups: [developers], lifts: [ask] }]');
    expect(decide(open, using, asked(ada, { breakGlass: { reason: 'the shop is down' } }))).toMatchObject({
      effect: 'allow',
      breakGlass: { lifted: { rule: 'uses', effect: 'ask' } },
    });
  });
});

describe('the reason says what is missing', () => {
  const policy = policyOf(`
version: 1
tags: { pii: ['*.*.*.EMAIL'] }
approvers: { owners: { groups: [owners] } }
roles: [{ groups: [developers], roles: [READER] }]
rules:
  - { name: read, effect: allow, when: { kinds: [query, scripting], objects: [{ access: [read], names: ['SHOP.PUBLIC.*'] }] } }
limits:
  - { name: hourly, per: session, rows: 10, on_excess: ask, approvers: owners }
  - { name: daily, per: day, bytes: 10B, on_excess: stop }`);
  const block = (...inner: Parameters<typeof decide>[1][]) =>
    statement({ kind: { family: 'scripting', name: 'block' }, inner });

  it.each<[Parameters<typeof decide>[1], string, string]>([
    [notUnderstood, 'not-understood', 'not understood: "expected a table"'],
    [dml('delete', 'CUSTOMERS'), 'default', 'no rule lets this delete through'],
    [
      statement({ kind: { family: 'ddl', name: 'drop_table' } }),
      'default',
      'no rule lets this drop table through',
    ],
    [
      { ...ids, objects: [access('FORMATS', 'create', 'file_format')] },
      'default',
      'no rule lets create access to the file format SHOP.PUBLIC.FORMATS through',
    ],
    [
      { ...ids, functions: [{ name: { database: '', schema: '', name: 'GET_DDL' }, builtIn: true, range }] },
      'default',
      'no rule lets the function GET_DDL be called',
    ],
    [{ ...ids, opaque }, 'opaque', 'what this does cannot be known: "dynamic SQL"'],
    [
      { ...ids, functions: [{ name: table('F'), builtIn: false, range }] },
      'opaque',
      'what this does cannot be known: "the function SHOP.PUBLIC.F is not declared"',
    ],
    [
      statement({ objects: [access('CUSTOMERS')] }),
      'not-understood',
      'the columns of this result are not known',
    ],
    [
      block(select(output('E', source('CUSTOMERS.EMAIL')))),
      'not-understood',
      'a statement inside returns masked columns, and which columns this returns is not known',
    ],
  ])('%#: %s', (understanding, rule, reason) => {
    expect(decide(policy, understanding, asked(ada))).toMatchObject({ effect: 'block', rule, reason });
  });

  it.each([
    [{ rows: 10, bytes: 0 }, { rows: 0, bytes: 0 }, 'ask', 'the limit `hourly` for each session is used up'],
    [{ rows: 0, bytes: 0 }, { rows: 0, bytes: 10 }, 'block', 'the limit `daily` for each day is used up'],
  ])('of a limit: %j in the session, %j today', (session, day, effect, reason) => {
    const usage = { session, day, stoppedBefore: false };
    expect(decide(policy, ids, asked(ada, { usage }))).toMatchObject({ effect, reason, range: ids.range });
  });

  it('of a role, and of nothing else that a statement may choose', () => {
    const choosing = (what: 'role' | 'database', name: string) => ({
      ...ids,
      sessionEffects: [{ type: 'use', what, name } as const],
    });
    expect(decide(policy, choosing('role', 'OWNER'), asked(ada))).toMatchObject({
      effect: 'block',
      rule: 'roles',
      reason: 'the role OWNER is not one that these groups map to',
      range: ids.range,
    });
    expect(decide(policy, choosing('role', 'READER'), asked(ada)).effect).toBe('allow');
    expect(decide(policy, choosing('database', 'OWNER'), asked(ada)).effect).toBe('allow');
    const variable = { ...ids, sessionEffects: [{ type: 'unset_variable', name: 'OWNER' } as const] };
    expect(decide(policy, variable, asked(ada)).effect).toBe('allow');
  });
});

describe('a rule on objects alone', () => {
  const policy = policyOf(
    '{ version: 1, rules: [{ name: own, effect: allow, when: { objects: [{ names: ["**"] }] } }] }',
  );
  it.each([
    ['lets a statement on one of them through', dml('delete', 'T'), 'allow'],
    ['lets none through that names none', dml('delete', 'T', { objects: [] }), 'block'],
    ['whatever else that does', dml('delete', 'T', { objects: [], missingWhere: true }), 'block'],
  ] as const)('%s', (_, understanding, effect) => {
    expect(decide(policy, understanding, asked(ada)).effect).toBe(effect);
  });
});

describe('what decides', () => {
  const decided = (rules: string, understanding = ids, parts = {}) =>
    decide(policyOf(`version: 1\nrules: [${rules}]`), understanding, asked(ada, parts));

  it('is the first rule that lets through, in its own words', () => {
    const one = '{ name: one, effect: allow, reason: they may read, when: { kinds: [query] } }';
    const two = '{ name: two, effect: allow, when: {} }';
    expect(decided(`${one}, ${two}`)).toMatchObject({
      effect: 'allow',
      rule: 'one',
      reason: 'they may read',
      range: ids.range,
    });
    expect(decided(`${two}, ${one}`)).toMatchObject({ rule: 'two', reason: 'allowed by rule `two`' });
  });

  it('is a rule that refuses, before what no rule lets through', () => {
    const closed = '{ name: closed, effect: block, reason: the books are closed, when: { kinds: [dml] } }';
    expect(decided(closed, dml('update', 'BOOKS'))).toMatchObject({
      rule: 'closed',
      reason: 'the books are closed',
    });
  });

  it('is a rule that refuses, before what no rule lets through in a statement before', () => {
    const rules =
      '{ name: run, effect: allow, when: { kinds: [scripting] } }, { name: closed, effect: block, reason: closed, when: { kinds: [update] } }';
    const inner = [dml('delete', 'ORDERS'), dml('update', 'BOOKS')];
    const block = statement({ kind: { family: 'scripting', name: 'block' }, inner });
    expect(decided(rules, block)).toMatchObject({ effect: 'block', rule: 'closed' });
  });

  it('is never a rule that refuses, where that is not set off: it lets nothing through', () => {
    const careful = '{ name: careful, effect: block, reason: needs a WHERE, when: { missing_where: true } }';
    expect(decided(careful, dml('delete', 'ORDERS'))).toMatchObject({ effect: 'block', rule: 'default' });
  });

  it('is a rule that asks about what cannot be known, in place of the default', () => {
    const asks =
      '{ name: look, effect: ask, reason: somebody looks, when: { opaque: true }, approvers: owners }';
    const policy = policyOf(`
version: 1
approvers: { owners: { groups: [owners] } }
rules: [{ name: all, effect: allow, when: {} }, ${asks}]`);
    expect(decide(policy, { ...ids, opaque }, asked(ada))).toMatchObject({ effect: 'ask', rule: 'look' });
  });

  it('is no role, where none are mapped', () => {
    const all = '{ name: all, effect: allow, when: {} }';
    expect(decided(all, ids, { state: { role: 'ANALYST' } })).toMatchObject({ effect: 'allow' });
  });

  it('is `default`, where break-glass alone lets through', () => {
    const policy = policyOf(`
version: 1
rules: []
break_glass: [{ name: incident, groups: [developers], lifts: [block] }]`);
    expect(decide(policy, ids, asked(ada, { breakGlass: { reason: 'the shop is down' } }))).toMatchObject({
      effect: 'allow',
      rule: 'default',
      reason: '',
      breakGlass: { lifted: { rule: 'default', effect: 'block' } },
    });
  });

  it('is a plan or a status, of what answers with one, whatever is inside', () => {
    const policy = policyOf(`
version: 1
tags: { pii: ['*.*.*.EMAIL'] }
rules: [{ name: all, effect: allow, when: {} }]`);
    const inner = [select(output('E', source('CUSTOMERS.EMAIL')))];
    const effect = (kind: ReturnType<typeof statement>['kind']) =>
      decide(policy, statement({ kind, inner }), asked(ada)).effect;
    expect(effect({ family: 'admin', name: 'explain' })).toBe('allow');
    expect(effect({ family: 'ddl', name: 'create_view' })).toBe('allow');
    expect(effect({ family: 'scripting', name: 'block' })).toBe('block');
  });
});

describe('a use that runs on tokens', () => {
  const policy = policyOf(`
version: 1
tags: { email: ['*.*.*.EMAIL'], city: ['*.*.*.CITY'] }
masks: { tags: { email: { method: token, uses: token } } }
rules:
  - { name: read, effect: allow, when: { kinds: [query], objects: [{ access: [read], names: ['SHOP.*.*'] }] } }
  - { name: cities, effect: allow, when: { kinds: [query], objects: [{ names: ['SHOP.*.*'] }], uses: [{ tags: [city] }] } }
  - { name: look-up, effect: allow, when: { groups: [support], kinds: [query], objects: [{ names: ['SHOP.*.*'] }], uses: [{ tags: [email], as: [equal] }] } }`);
  const by = someone('Ada', 'support');
  const using = (...uses: readonly (readonly [string, 'group' | 'join' | 'equal'])[]) => ({
    ...ids,
    uses: uses.map(([name, as]) => ({ ...use(name, as), how: 'direct' as const })),
  });

  it('needs no rule, alone or beside others that do', () => {
    const both = using(['CUSTOMERS.EMAIL', 'group'], ['CUSTOMERS.EMAIL', 'join']);
    expect(decide(policy, both, asked(by)).effect).toBe('allow');
    const elsewhere = using(
      ['CUSTOMERS.EMAIL', 'group'],
      ['ORDERS.EMAIL', 'equal'],
      ['CUSTOMERS.CITY', 'equal'],
    );
    expect(decide(policy, elsewhere, asked(by)).effect).toBe('allow');
  });

  it('is refused beside one that a rule lets have the values: it would have them too', () => {
    const beside = using(['CUSTOMERS.EMAIL', 'group'], ['CUSTOMERS.EMAIL', 'equal']);
    expect(decide(policy, beside, asked(by))).toMatchObject({ effect: 'block', rule: 'uses' });
  });
});

describe('a part whose effect is not known', () => {
  const called = (name: string, at: typeof range) => ({ name: table(name), builtIn: false, range: at });
  const [here, there] = [range, { start: 11, end: 15 }];
  const policy = policyOf(`
version: 1
rules: [{ name: call, effect: allow, when: { kinds: [query], functions: ['SHOP.PUBLIC.KNOWN'] } }]`);
  const effectAt = (at: typeof range) =>
    decide(
      policy,
      {
        ...ids,
        opaque: [{ opaque: true, reason: 'its body is elsewhere', range: at }],
        functions: [called('OTHER', here), called('KNOWN', there), called('KNOWN', { ...here, end: 10 })],
      },
      asked(ada),
    );

  it('is let through with the function that it is a part of, and with no other', () => {
    expect(effectAt(here)).toMatchObject({ effect: 'block', rule: 'opaque', range: here });
    expect(effectAt(there)).toMatchObject({ effect: 'block', rule: 'opaque', range: here });
    const known = { ...ids, functions: [called('KNOWN', there)] };
    const opaqueThere = [{ opaque: true, reason: 'its body is elsewhere', range: there } as const];
    expect(decide(policy, { ...known, opaque: opaqueThere }, asked(ada)).effect).toBe('allow');
    const elsewhere = [{ ...opaqueThere[0]!, range: { ...there, end: 14 } }];
    expect(decide(policy, { ...known, opaque: elsewhere }, asked(ada))).toMatchObject({ rule: 'opaque' });
  });
});
