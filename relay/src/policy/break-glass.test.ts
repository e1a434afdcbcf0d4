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
  use,
} from './statement-fixtures.ts';

const POLICY = policyOf(`
version: 1
tags: { pii.email: ['*.*.*.EMAIL'], pii.ssn: ['*.*.*.SSN'] }
defaults: { approvers: owners }
approvers: { owners: { groups: [owners] } }
roles: [{ groups: [developers], roles: [READER] }]
rules:
  - { name: read, effect: allow, when: { kinds: [query, scripting], objects: [{ access: [read], names: ['SHOP.PUBLIC.*'] }] } }
  - { name: change, effect: ask, reason: so, when: { kinds: [dml], objects: [{ names: ['SHOP.PUBLIC.*'] }] }, approvers: owners }
  - { name: frozen, effect: block, reason: closed, when: { objects: [{ names: [SHOP.PUBLIC.BOOKS] }] } }
limits:
  - { name: used-up, per: day, rows: 1, on_excess: stop, when: { kinds: ['*'] } }
break_glass:
  - { name: all, groups: [developers], lifts: [ask, block], reveal: [pii.email] }
`);
const ada = someone('Ada', 'developers');
const open = { breakGlass: { reason: 'the shop is down' }, state: { role: 'READER' } };
const ask = (meaning: Parameters<typeof decide>[1], parts = {}) =>
  decide(POLICY, meaning, asked(ada, { ...open, ...parts }));

const id = output('ID', source('CUSTOMERS.ID'));
const email = output('E', source('CUSTOMERS.EMAIL'));
const opaque = [{ opaque: true, reason: 'dynamic SQL', range: { start: 3, end: 9 } } as const];
const block = (...inner: Parameters<typeof decide>[1][]) =>
  statement({ kind: { family: 'scripting', name: 'block' }, inner });

describe('break-glass that lifts everything', () => {
  it.each([
    ['what was not understood', notUnderstood, {}, 'not-understood'],
    ['what was not understood inside', block(notUnderstood), {}, 'not-understood'],
    [
      'a query whose columns are not known',
      statement({ objects: [access('CUSTOMERS')] }),
      {},
      'not-understood',
    ],
    [
      'a block that may return what would be masked',
      block(select(output('S', source('CUSTOMERS.SSN')))),
      {},
      'not-understood',
    ],
    ['a role that is not theirs', select(id), { state: { role: 'OWNER' } }, 'roles'],
    [
      'a change to a role that is not theirs',
      { ...select(id), sessionEffects: [{ type: 'use', what: 'role', name: 'OWNER' } as const] },
      {},
      'roles',
    ],
  ])('never lifts %s', (_, meaning, parts, rule) => {
    const decision = ask(meaning, parts);
    expect(decision).toMatchObject({ effect: 'block', rule });
    expect(decision).not.toHaveProperty('breakGlass');
  });

  it.each([
    ['what people would be asked about', dml('update', 'ORDERS'), {}, { rule: 'change', effect: 'ask' }],
    ['what a rule blocks', dml('update', 'BOOKS'), {}, { rule: 'change', effect: 'ask' }],
    [
      'what no rule lets through',
      dml('update', 'CUSTOMERS', { objects: [] }),
      {},
      { rule: 'default', effect: 'block' },
    ],
    ['what cannot be known', { ...select(id), opaque }, {}, { rule: 'opaque', effect: 'block' }],
    [
      'the use of a masked column',
      { ...select(id), uses: [use('CUSTOMERS.SSN', 'compare')] },
      {},
      { rule: 'uses', effect: 'block' },
    ],
    [
      'a flow of a masked column',
      dml('insert', 'BACKUP', { flows: [copy('CUSTOMERS.SSN', 'BACKUP.X')] }),
      {},
      { effect: 'ask' },
    ],
    [
      'a limit that is used up',
      select(id),
      { usage: { session: { rows: 0, bytes: 0 }, day: { rows: 1, bytes: 0 }, stoppedBefore: false } },
      { rule: 'used-up', effect: 'block' },
    ],
  ])('lifts %s, and says so', (_, meaning, parts, lifted) => {
    expect(ask(meaning, parts)).toMatchObject({
      effect: 'allow',
      breakGlass: { entry: 'all', reason: 'the shop is down', lifted },
    });
  });

  it('is not said of what stays refused, whatever of it would have been lifted', () => {
    const both = {
      ...dml('update', 'ORDERS'),
      sessionEffects: [{ type: 'use', what: 'role', name: 'OWNER' } as const],
    };
    const decision = ask(both);
    expect(decision).toMatchObject({ effect: 'block', rule: 'roles' });
    expect(decision).not.toHaveProperty('breakGlass');
  });

  it('shows what it reveals, and says so; what it does not reveal stays masked', () => {
    const lifted = { rule: 'masks', effect: 'mask' };
    expect(ask(select(email))).toMatchObject({ effect: 'allow', breakGlass: { lifted } });
    const ssn = output('S', source('CUSTOMERS.SSN'));
    expect(ask(select(email, ssn))).toMatchObject({
      effect: 'mask',
      masks: [{ output: 1 }],
      breakGlass: { lifted },
    });
    expect(ask(select(ssn))).not.toHaveProperty('breakGlass');
  });

  it.each([
    ['too short a reason', 'an outage'],
    ['one that is long with spaces only', `       ${' '.repeat(20)}.`],
    ['none', ''],
  ])('is not broken by %s', (_, reason) => {
    expect(ask(dml('update', 'ORDERS'), { breakGlass: { reason } })).toMatchObject({
      effect: 'ask',
      rule: 'change',
    });
  });

  it('is broken by ten characters, which are kept as they were written', () => {
    expect(ask(dml('update', 'ORDERS'), { breakGlass: { reason: ' 1234567890 ' } })).toMatchObject({
      breakGlass: { reason: '1234567890' },
    });
    const reason = 'shop is\u202e down';
    expect(ask(dml('update', 'ORDERS'), { breakGlass: { reason } })).toMatchObject({
      breakGlass: { reason },
    });
  });

  it('is not for others', () => {
    const eve = someone('Eve', 'guests');
    expect(
      decide(POLICY, dml('update', 'ORDERS'), asked(eve, { breakGlass: open.breakGlass })).effect,
    ).not.toBe('allow');
  });
});

describe('a rule that masks, and one that reveals', () => {
  const both = (first: string, second: string) =>
    policyOf(`
version: 1
tags: { pii.email: ['*.*.*.EMAIL'] }
masks: { tags: { pii.email: { method: token } } }
rules:
  - ${first}
  - ${second}`);
  const reveals = '{ name: see, effect: allow, when: {}, reveal: [pii.email] }';
  const masks = "{ name: hide, effect: mask, when: {}, masks: { pii.email: { method: 'null' } } }";

  it.each([
    ['masking first', both(masks, reveals)],
    ['revealing first', both(reveals, masks)],
  ])('mask, whatever their order: %s', (_, policy) => {
    expect(decide(policy, select(email), asked(ada))).toMatchObject({
      effect: 'mask',
      rule: 'hide',
      masks: [{ output: 0, policy: { method: 'null' } }],
    });
    // Nor does who would see it without that rule compare it.
    const compared = { ...select(id), uses: [use('CUSTOMERS.EMAIL', 'compare')] };
    expect(decide(policy, compared, asked(ada))).toMatchObject({ effect: 'block', rule: 'uses' });
  });

  it('reveals where no rule masks', () => {
    const policy = both(reveals, '{ name: other, effect: mask, when: {}, masks: {} }');
    expect(decide(policy, select(email), asked(ada))).toMatchObject({ effect: 'allow' });
  });
});
