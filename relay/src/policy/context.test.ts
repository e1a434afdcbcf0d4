import { describe, expect, it } from 'vitest';
import { decide } from './decide.ts';
import {
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
} from './statement-fixtures.ts';

const ada = someone('Ada', 'developers');
const name = select(output('NAME', source('CUSTOMERS.NAME')));

describe('who, from what, when', () => {
  const effectUnder = (when: string, parts = {}) => {
    const policy = policyOf(
      `{ version: 1, timezone: Europe/Berlin, rules: [{ name: r, effect: allow, when: ${when} }] }`,
    );
    return decide(policy, name, asked(ada, parts)).effect;
  };

  it.each([
    ['{ groups: ["dev*"] }', 'allow'],
    ['{ groups: [DEVELOPERS] }', 'block'],
    ['{ people: [ada] }', 'allow'],
    ['{ people: ["https://issuer.test|ada"] }', 'allow'],
    ['{ people: ["https://other.test|ada"] }', 'block'],
    ['{ identities: [workload] }', 'block'],
    ['{ applications: [pythonconnector] }', 'allow'],
    ['{ agents: ["*"] }', 'block'],
    ['{ identities: [workload, person] }', 'allow'],
    ['{ applications: [jdbc] }', 'block'],
    ['{ protocols: [mcp, snowflake] }', 'allow'],
    ['{ people: [eve] }', 'block'],
    ['{ outside: { from: "18:00", to: "23:00" } }', 'allow'],
    ['{ protocols: [mcp] }', 'block'],
    ['{ kinds: [select] }', 'allow'],
    ['{ kinds: [query], groups: [others] }', 'block'],
    // 13:00 on a Friday in Berlin.
    ['{ during: { from: "12:30", to: "13:30" } }', 'allow'],
    ['{ during: { from: "11:30", to: "12:30" } }', 'block'],
    ['{ during: { days: [sat, sun], from: "00:00", to: "24:00" } }', 'block'],
    ['{ during: { days: [fri], from: "00:00", to: "24:00" } }', 'allow'],
    ['{ outside: { from: "08:00", to: "18:00" } }', 'block'],
  ])('%s: %s', (when, effect) => {
    expect(effectUnder(when)).toBe(effect);
  });

  it('takes agents by the name that they give', () => {
    const by = (agent: string) => ({ client: { application: 'VSCode', protocol: 'mcp', agent } });
    expect(effectUnder('{ agents: ["copi*"] }', by('Copilot'))).toBe('allow');
    expect(effectUnder('{ agents: ["copi*"] }', by('Other'))).toBe('block');
  });

  it('takes a span over midnight as the day it begins', () => {
    const night = '{ during: { days: [fri], from: "22:00", to: "06:00" } }';
    // Berlin is an hour ahead: from Friday 21:59 to Saturday 06:00, and Friday before dawn.
    const at = (day: number, hour: number, minute: number) => ({
      now: Date.UTC(2026, 10, day, hour - 1, minute),
    });
    const effects = [at(20, 21, 59), at(20, 22, 0), at(21, 5, 59), at(21, 6, 0), at(20, 3, 0)];
    expect(effects.map((parts) => effectUnder(night, parts))).toEqual([
      'block',
      'allow',
      'allow',
      'block',
      'block',
    ]);
  });

  it('does not take a pipeline for the person of the same subject', () => {
    const policy = policyOf('{ version: 1, rules: [{ name: r, effect: allow, when: { people: [ada] } }] }');
    expect(decide(policy, name, asked({ ...ada, kind: 'workload' })).effect).toBe('block');
  });
});

describe('roles', () => {
  const policy = policyOf(`
version: 1
roles: [{ groups: [developers], roles: [analyst, DEV], default: DEV }]
rules: [{ name: all, effect: allow, when: {} }]`);
  const useRole = (role: string) =>
    statement({
      kind: { family: 'admin', name: 'use_role' },
      sessionEffects: [{ type: 'use', what: 'role', name: role }],
    });

  it.each([
    ['a mapped role', useRole('ANALYST'), 'DEV', 'allow'],
    ['another role', useRole('ACCOUNTADMIN'), 'DEV', 'block'],
    ['a statement under another role', name, 'ACCOUNTADMIN', 'block'],
  ] as const)('%s', (_title, understanding, role, effect) => {
    expect(decide(policy, understanding, asked(ada, { state: { role } })).effect).toBe(effect);
  });

  it('lets nobody change roles when none are mapped', () => {
    const open = policyOf('{ version: 1, rules: [{ name: all, effect: allow, when: {} }] }');
    expect(decide(open, useRole('ANALYST'), asked(ada))).toMatchObject({ effect: 'block', rule: 'roles' });
  });
});

describe('limits', () => {
  const policy = policyOf(`
version: 1
approvers: { leads: { groups: [leads] } }
rules: [{ name: all, effect: allow, when: {} }]
limits:
  - { name: small, per: statement, rows: 100, on_excess: ask, approvers: leads }
  - { name: session, per: session, rows: 150, bytes: 1KB, on_excess: stop }
  - { name: day, when: { groups: [developers] }, per: day, rows: 1000, on_excess: ask, approvers: leads }`);
  const volume = (rows: number, bytes = 0) => ({ rows, bytes });
  const decideWith = (session: number, day: number, stoppedBefore = false) =>
    decide(
      policy,
      name,
      asked(ada, { usage: { session: volume(session), day: volume(day), stoppedBefore } }),
    );

  it.each([
    [0, 0, { effect: 'allow', limits: { maxRows: 100, maxBytes: 1000, rule: 'session' } }],
    [120, 120, { effect: 'allow', limits: { maxRows: 30, rule: 'session' } }],
    [0, 990, { effect: 'allow', limits: { maxRows: 10 } }],
    [150, 200, { effect: 'block', rule: 'session' }],
    [0, 1000, { effect: 'ask', rule: 'day', limits: { maxRows: 100 } }],
  ])('with %i rows this session and %i today', (session, day, expected) => {
    expect(decideWith(session, day)).toMatchObject(expected);
  });

  it('asks about a statement that was stopped before, and then lets it exceed that limit alone', () => {
    expect(decideWith(0, 0, true)).toMatchObject({
      effect: 'ask',
      rule: 'small',
      limits: { maxRows: 150, rule: 'session' },
    });
  });

  it('does not hold up statements that return no rows', () => {
    const usage = { session: volume(999), day: volume(0), stoppedBefore: false };
    expect(decide(policy, dml('update', 'ORDERS'), asked(ada, { usage })).effect).toBe('allow');
  });
});

describe('break-glass', () => {
  const policy = policyOf(`
version: 1
tags: { pii: ['*.*.*.EMAIL'] }
approvers: { leads: { groups: [leads] } }
rules:
  - { name: read, effect: allow, when: { kinds: [query] } }
  - { name: write, effect: ask, reason: asked for, when: { kinds: [dml] }, approvers: leads }
break_glass: [{ name: incident, groups: [leads], lifts: [ask], reveal: [pii] }]`);
  const grace = someone('Grace', 'leads');
  const call = (by: typeof ada, understanding: Parameters<typeof decide>[1], reason = 'the shop is down') =>
    decide(policy, understanding, asked(by, { breakGlass: { reason } }));

  it('lifts what the entry names, and says so', () => {
    expect(call(grace, dml('update', 'ORDERS'))).toMatchObject({
      effect: 'allow',
      breakGlass: { entry: 'incident', reason: 'the shop is down', lifted: { rule: 'write', effect: 'ask' } },
    });
  });

  it('shows what the entry reveals, and says so', () => {
    const emails = select(output('E', source('CUSTOMERS.EMAIL')));
    expect(call(grace, emails)).toMatchObject({
      effect: 'allow',
      breakGlass: { lifted: { effect: 'mask' } },
    });
    expect(decide(policy, emails, asked(grace)).effect).toBe('mask');
  });

  it.each([
    ['people it does not name', call(ada, dml('update', 'ORDERS')), 'ask'],
    ['no reason to speak of', call(grace, dml('update', 'ORDERS'), 'pls'), 'ask'],
    [
      'what the entry does not lift',
      call(grace, statement({ kind: { family: 'ddl', name: 'drop_table' } })),
      'block',
    ],
  ] as const)('does nothing for %s', (_title, decision, effect) => {
    expect(decision.effect).toBe(effect);
    expect(decision).not.toHaveProperty('breakGlass');
  });
});

describe('the sentence', () => {
  const policy = policyOf(
    `{ version: 1, tags: { pii: ['*.*.*.EMAIL'] }, rules: [{ name: all, effect: allow, when: {} }] }`,
  );
  it.each([
    [
      select(output('E', source('CUSTOMERS.EMAIL')), output('T', source('ORDERS.TOTAL'))),
      '"Ada" (ada at issuer.test, in developers) reads CUSTOMERS.EMAIL (masked) and ORDERS.TOTAL from SHOP.PUBLIC; 2 tables',
    ],
    [
      dml('delete', 'ORDERS', { missingWhere: true }),
      '"Ada" (ada at issuer.test, in developers) deletes from SHOP.PUBLIC.ORDERS, every row of it',
    ],
    [
      statement({ kind: { family: 'admin', name: 'begin' } }),
      '"Ada" (ada at issuer.test, in developers) runs begin',
    ],
    [
      statement({
        kind: { family: 'admin', name: 'explain' },
        inner: [select(output('T', source('ORDERS.TOTAL')))],
      }),
      '"Ada" (ada at issuer.test, in developers) reads ORDERS.TOTAL from SHOP.PUBLIC',
    ],
    [
      dml('insert', 'BACKUP', {
        flows: [copy('CUSTOMERS.ID', 'BACKUP.A'), copy('CUSTOMERS.CITY', 'BACKUP.B')],
      }),
      '"Ada" (ada at issuer.test, in developers) inserts into SHOP.PUBLIC.BACKUP and copies SHOP.PUBLIC.CUSTOMERS.ID and SHOP.PUBLIC.CUSTOMERS.CITY to SHOP.PUBLIC.BACKUP',
    ],
  ])('%#', (understanding, sentence) => {
    expect(decide(policy, understanding, asked(ada)).sentence).toBe(sentence);
  });

  it('shows characters that would forge it', () => {
    const evil = {
      ...dml('update', 'X'),
      objects: [
        {
          type: 'table',
          name: { ...table('A\u202e\nApproved'), schema: 'PUBLIC' },
          access: 'write',
          range: { start: 0, end: 1 },
        },
      ],
    } as const;
    expect(decide(policy, evil, asked(ada)).sentence).toContain(
      'updates SHOP.PUBLIC."A\\u{202E}\\nApproved"',
    );
  });
});
