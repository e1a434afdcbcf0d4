import { expect, test } from 'vitest';
import { parse } from './parse.ts';

/** Forms whose place in the tree is not plain from the text: each with the part of the tree that matters. */
test.each([
  [
    'grant select on t to role r',
    { on: { objectType: { text: 'TABLE', start: 16, end: 16 }, names: [{ parts: [{ name: 'T' }] }] } },
  ],
  [
    'grant usage on schema s to share in application package p',
    { to: [{ type: 'share_in_application_package', name: { parts: [{ name: 'P' }] } }] },
  ],
  [
    'grant snowflake.core.budget role s.b!viewer to role r',
    {
      roles: [
        { type: 'instance_role', ofClass: { text: 'SNOWFLAKE.CORE.BUDGET' }, member: { name: 'VIEWER' } },
      ],
    },
  ],
  ['create versioned schema s', { objectType: 'schema', modifiers: [{ text: 'VERSIONED' }] }],
  [
    "alter table t modify column a set tag x = '1', y = '2', column b set tag x = '3'",
    {
      actions: [
        { kind: 'alter_column', column: { name: 'A' }, change: { tags: [{}, {}] } },
        { kind: 'alter_column', column: { name: 'B' }, change: { tags: [{}] } },
      ],
    },
  ],
  [
    'alter table t modify a unset tag x, s.y, b unset tag x',
    {
      actions: [
        { column: { name: 'A' }, change: { tags: [{ parts: [{}] }, { parts: [{}, {}] }] } },
        { column: { name: 'B' }, change: { tags: [{}] } },
      ],
    },
  ],
  [
    'select $1.c1 from @s/a:b',
    {
      body: {
        items: [{ expression: { kind: 'path', base: { kind: 'position' }, steps: [{ name: 'c1' }] } }],
        from: [{ relation: { kind: 'stage_relation', stage: { path: '/a:b' } } }],
      },
    },
  ],
  [
    'select a from t, where b',
    { body: { from: [{ relation: { kind: 'table' } }], where: { kind: 'column' } } },
  ],
  [
    'create pipe p as (copy into t from @s)',
    { query: null, body: { kind: 'copy_into_table', start: 18, source: { kind: 'stage' } } },
  ],
  [
    'select {fn f(a)}',
    {
      body: {
        items: [{ expression: { kind: 'odbc_escape', escape: { text: 'FN' }, inner: { kind: 'call' } } }],
      },
    },
  ],
  [
    "select {ts '2026-01-01 00:00:00'}",
    { body: { items: [{ expression: { inner: { kind: 'typed_literal', type: 'TIMESTAMP' } } }] } },
  ],
  [
    'select * from t resample (using a increment by 5 partition by b metadata_columns is_generated() as g) r',
    {
      body: {
        from: [
          {
            relation: {
              kind: 'resample',
              input: { kind: 'table', alias: null },
              using: { parts: [{ name: 'A' }] },
              increment: { kind: 'number' },
              partitionBy: [{ parts: [{ name: 'B' }] }],
              metadata: [{ alias: { name: 'G' } }],
              alias: { name: { name: 'R' } },
            },
          },
        ],
      },
    },
  ],
])('%s', (text, shape) => {
  expect(parse(text)).toMatchObject({ outcome: 'parsed', statement: shape });
});
