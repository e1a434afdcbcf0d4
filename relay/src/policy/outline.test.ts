import { expect, it } from 'vitest';
import { outlineOf } from './index.ts';

const POLICY = `# What is sensitive
version: 1
tags: { pii.email: ['*.*.*.EMAIL'], pii.name: [A.B.C.NAME], free: [] }
masks:
  tags:
    pii.email: { method: token }
    pii.name: { method: partial, keep_first: 1, keep_last: 2 }
approvers:
  leads: { groups: [leads, security], needed: 2, expires_after: 30m }
rules:
  # Everybody reads.
  - name: read
    effect: allow
    when: { groups: [dev], kinds: [query], objects: [{ access: [read], names: ['A.B.*'] }] }
    reveal: [pii.name]

  - { name: change, effect: ask, reason: data changes, when: { groups: [dev], kinds: [dml] }, approvers: leads }

  # Without a WHERE.
  - name: no-where
    effect: block
    reason: needs a WHERE
    when:
      missing_where: true
      objects: [{ access: [write], names: ['A.B.*'] }]
  - name: masked
    effect: mask
    when: { people: [ada], identities: [person], objects: [{ names: [A.B.C] }] }
    masks: { pii.email: { method: date, to: year } }
  - name: at-night
    effect: block
    reason: 'the load\u202e runs'
    when: { identities: [workload], during: { days: [mon, tue], from: '01:00', to: '03:00' }, uses: [{ tags: ['*'], as: [equal, join] }] }
limits: []
`;

it('says of each rule in a sentence what it does, and where it stands', () => {
  const outline = outlineOf(POLICY)!;
  expect(outline.rules.map(({ name, line, sentence }) => [name, line, sentence])).toEqual([
    ['read', 12, 'Members of dev may read A.B.*, with query statements, and see pii.name unmasked.'],
    [
      'change',
      17,
      'Members of dev may run dml statements, once 2 people of leads or security agree, within 30m.',
    ],
    ['no-where', 20, 'Nobody may change A.B.* without a WHERE.'],
    ['masked', 26, 'Ada may use A.B.C, with pii.email rounded to its year.'],
    [
      'at-night',
      30,
      'Pipelines, on mon or tue from 01:00 to 03:00, may not use anything sensitive to look up by equality or join.',
    ],
  ]);
});

it('gives each rule its own lines of the file, and nothing around them', () => {
  const texts = outlineOf(POLICY)!.rules.map(({ text }) => text.split('\n'));
  expect(texts[0]).toEqual([
    '- name: read',
    '  effect: allow',
    "  when: { groups: [dev], kinds: [query], objects: [{ access: [read], names: ['A.B.*'] }] }",
    '  reveal: [pii.name]',
  ]);
  expect(texts[1]).toHaveLength(1);
  expect(texts[2]!.at(-1)).toContain('access: [write]');
  expect(texts[4]!.at(-1)).toContain('identities: [workload]');
});

it('says how everybody sees what is sensitive', () => {
  expect(outlineOf(POLICY)!.tags.map(({ tag, mask }) => [tag, mask])).toEqual([
    ['pii.email', 'as a token, the same for the same value'],
    ['pii.name', 'with the first 1 and the last 2 characters kept'],
    ['free', 'redacted'],
  ]);
});

it('has nothing to say of what is no policy', () => {
  expect(outlineOf('version: 2')).toBeNull();
});
