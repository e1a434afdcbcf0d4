import { describe, expect, it } from 'vitest';
import { loadPolicy } from './load.ts';
import { formatProblem } from '../yaml/index.ts';

describe('a name that leads nowhere is a problem', () => {
  const problems = (sections: string, rules = '[]') =>
    (
      loadPolicy(`{ version: 1, ${sections}${sections === '' ? '' : ', '}rules: ${rules} }`).problems ?? []
    ).map((problem) => formatProblem('p', problem).replace(/^p:1:\d+: /, ''));
  const known = 'tags: { pii: [], card: [] }';

  it.each([
    [
      'a tag that is masked',
      () => problems(`${known}, masks: { tags: { pi: { method: redact } } }`),
      ['expected a tag of the `tags` section (`pii`, `card`), found `pi` (at `masks.tags.pi`)'],
    ],
    [
      'a tag that a rule masks',
      () => problems(known, '[{ name: r, effect: mask, when: {}, masks: { pi: { method: redact } } }]'),
      ['expected a tag of the `tags` section (`pii`, `card`), found `pi` (at `rules[0].masks.pi`)'],
    ],
    [
      'a tag that a rule reveals',
      () => problems(known, '[{ name: r, effect: allow, when: {}, reveal: [pii, pi] }]'),
      ['expected a tag of the `tags` section (`pii`, `card`), found `pi` (at `rules[0].reveal[1]`)'],
    ],
    [
      'a tag that sets a rule off',
      () =>
        problems(
          known,
          '[{ name: r, effect: block, reason: x, when: { reads: [pi], flows: [{ tags: ["q*"] }] } }]',
        ),
      [
        'expected a tag of the `tags` section (`pii`, `card`), found `pi` (at `rules[0].when.reads[0]`)',
        'expected a tag of the `tags` section (`pii`, `card`), found `q*` (at `rules[0].when.flows[0].tags[0]`)',
      ],
    ],
    [
      'a tag that break-glass reveals',
      () => problems(`${known}, break_glass: [{ name: b, groups: [a], lifts: [ask], reveal: [pi] }]`),
      ['expected a tag of the `tags` section (`pii`, `card`), found `pi` (at `break_glass[0].reveal[0]`)'],
    ],
    [
      'a tag that an imported one stands for',
      () => problems(`${known}, snowflake_tags: { "PII=*": pi }`),
      ['expected a tag of the `tags` section (`pii`, `card`), found `pi` (at `snowflake_tags.PII=*`)'],
    ],
    [
      'tokens for what they cannot serve',
      () =>
        problems(
          `${known}, masks: { tags: { pii: { method: token, uses: { group: token, join: token, order: token } } } }`,
        ),
      ['expected `blank`: tokens serve `group` and `join` only (at `masks.tags.pii.uses.order`)'],
    ],
    [
      'a mask of a column that is none',
      () => problems('masks: { columns: { EMAIL: { method: redact } } }'),
      [
        'expected `DATABASE.SCHEMA.TABLE.COLUMN` in `EMAIL`, found 1 of its four parts (at `masks.columns.EMAIL`)',
      ],
    ],
    [
      'a mask of a path',
      () => problems('masks: { columns: { "A.B.C.D:e": { method: redact } } }'),
      ['expected a whole column: tag the path and mask the tag (at `masks.columns.A.B.C.D:e`)'],
    ],
    [
      'a role that is not one of its own',
      () => problems('roles: [{ groups: [a], roles: [r], default: s }]'),
      ["expected one of this entry's `roles` (at `roles[0].default`)"],
    ],
    [
      'an object pattern of too many parts',
      () => problems('', '[{ name: r, effect: allow, when: { objects: [{ names: [A.B, A.B.C.D] }] } }]'),
      ['expected at most three parts in `A.B.C.D`, found 4 (at `rules[0].when.objects[0].names[1]`)'],
    ],
    [
      'a declared function that is no name',
      () => problems('declare: { functions: ["1F"] }'),
      ['expected a name such as `SHOP.PUBLIC.CUSTOMERS`, found `1F` (at `declare.functions[0]`)'],
    ],
    [
      'approvers of the defaults',
      () => problems('defaults: { uses: ask, approvers: leads }'),
      ['expected a name of the `approvers` section, found `leads` (at `defaults.approvers`)'],
    ],
    [
      'approvers of a limit',
      () => problems('limits: [{ name: l, per: day, rows: 1, on_excess: ask, approvers: leads }]'),
      ['expected a name of the `approvers` section, found `leads` (at `limits[0].approvers`)'],
    ],
    [
      'two limits of one name',
      () =>
        problems(
          'limits: [{ name: l, per: day, rows: 1, on_excess: stop }, { name: l, per: day, rows: 2, on_excess: stop }]',
        ),
      ['expected a name of its own, `l` is taken (at `limits[1].name`)'],
    ],
    [
      'two break-glass entries of one name',
      () =>
        problems(
          'break_glass: [{ name: b, groups: [a], lifts: [ask] }, { name: b, groups: [a], lifts: [ask] }]',
        ),
      ['expected a name of its own, `b` is taken (at `break_glass[1].name`)'],
    ],
  ])('%s', (_, found, expected) => {
    expect(found()).toEqual(expected);
  });
});
