import { expect, it } from 'vitest';
import { mayChangeOf } from './may-change.ts';
import { access, asked, policyOf, someone, statement } from './statement-fixtures.ts';

const rules = (more = '') => `
version: 1
approvers: { owners: { groups: [owners] } }
rules:
  - { name: read, effect: allow, when: { kinds: [query], objects: [{ access: [read], names: ['SHOP.*.*'] }] } }
${more}`;
const ada = someone('Ada', 'developers');
const reading = statement({ objects: [access('ORDERS'), access('TODO')] });
const rule = (text: string) => rules(`  - ${text}\n`);
const objects = "objects: [{ names: ['SHOP.PUBLIC.TODO'] }]";

it.each([
  ['nothing, where nobody may write', rules(), []],
  ['what may be written', rule(`{ name: w, effect: allow, when: { kinds: [dml], ${objects} } }`), ['TODO']],
  [
    'what may be deleted from',
    rule(`{ name: w, effect: allow, when: { kinds: [delete], ${objects} } }`),
    ['TODO'],
  ],
  [
    'what may be replaced',
    rule(`{ name: w, effect: allow, when: { kinds: [create_table], ${objects} } }`),
    ['TODO'],
  ],
  ['what may be loaded', rule(`{ name: w, effect: allow, when: { kinds: [copy], ${objects} } }`), ['TODO']],
  [
    'what may be written by a rule that masks',
    rule(`{ name: w, effect: mask, masks: {}, when: { agents: [other], kinds: [dml], ${objects} } }`),
    ['TODO'],
  ],
  [
    'what may be written with a condition',
    rules(
      `  - { name: w, effect: allow, when: { kinds: [update], ${objects} } }
  - { name: all, effect: block, reason: so, when: { missing_where: true } }`,
    ),
    ['TODO'],
  ],
  [
    'nothing, where somebody is asked first',
    rule(`{ name: w, effect: ask, reason: so, approvers: owners, when: { kinds: [dml], ${objects} } }`),
    [],
  ],
  [
    'nothing that others may write',
    rule(`{ name: w, effect: allow, when: { groups: [ops], kinds: [dml], ${objects} } }`),
    [],
  ],
  [
    'what may be written from another program, or later',
    rule(
      `{ name: w, effect: allow, when: { agents: [other], outside: { from: '00:00', to: '23:59' }, kinds: [dml], ${objects} } }`,
    ),
    ['TODO'],
  ],
  [
    'what only some programs are kept from',
    rules(
      `  - { name: w, effect: allow, when: { kinds: [dml], ${objects} } }
  - { name: not, effect: block, reason: so, when: { applications: [PythonConnector], ${objects} } }`,
    ),
    ['TODO'],
  ],
  [
    'nothing that everybody is kept from',
    rules(
      `  - { name: w, effect: allow, when: { kinds: [dml], ${objects} } }
  - { name: not, effect: block, reason: so, when: { kinds: [dml, ddl], ${objects} } }`,
    ),
    [],
  ],
])('names %s', (_, text, expected) => {
  const found = mayChangeOf(policyOf(text), reading, asked(ada));
  expect(found).toEqual(expected.map((name) => `SHOP.PUBLIC.${name}`));
});

it('names views and tables that are read, in order, and nothing else', () => {
  const policy = policyOf(rule('{ name: w, effect: allow, when: { kinds: [dml, ddl] } }'));
  const statementOf = statement({
    objects: [
      access('Z'),
      access('V', 'read', 'view'),
      access('A'),
      access('S', 'read', 'stage'),
      access('W', 'use', 'warehouse'),
      access('T', 'write'),
    ],
  });
  expect(mayChangeOf(policy, statementOf, asked(ada))).toEqual(
    ['A', 'V', 'Z'].map((name) => `SHOP.PUBLIC.${name}`),
  );
});

it('names what a statement inside reads, and the table that rows are found in', () => {
  const policy = policyOf(
    rule("{ name: w, effect: allow, when: { kinds: [dml], objects: [{ names: ['SHOP.*.*'] }] } }"),
  );
  const of = (kind: 'update' | 'insert') =>
    mayChangeOf(
      policy,
      statement({ kind: { family: 'dml', name: kind }, objects: [access('X', 'write')] }),
      asked(ada),
    );
  expect(of('update')).toEqual(['SHOP.PUBLIC.X']);
  expect(of('insert')).toEqual([]);
  expect(mayChangeOf(policy, statement({ inner: [reading] }), asked(ada))).toHaveLength(2);
});
