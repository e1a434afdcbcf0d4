import { describe, expect, it } from 'vitest';
import type { ColumnSource, Understanding, Understood } from '@sluice/snowflake-sql';
import { decideWithFloor } from './decide.ts';
import {
  access,
  asked,
  column,
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
tags:
  name: [SHOP.PUBLIC.PEOPLE.NAME]
  email: [SHOP.PUBLIC.PEOPLE.EMAIL, SHOP.PUBLIC.PEOPLE.MIXED]
  pay: [SHOP.PUBLIC.PEOPLE.PAY, SHOP.PUBLIC.PEOPLE.MIXED]
  born: [SHOP.PUBLIC.PEOPLE.BORN]
  nick: [SHOP.PUBLIC.PEOPLE.NICK]
  card: ['SHOP.PUBLIC.PEOPLE.DOC:pay.card', 'SHOP.PUBLIC.PEOPLE.DOC:pay.iban']
masks:
  tags:
    name: { method: redact }
    email: { method: token, uses: token }
    pay: { method: number, step: 1000, aggregates: mask, uses: { compare: blank, group: token } }
    born: { method: date, to: year, expressions: mask, aggregates: allow }
rules:
  - name: read
    effect: allow
    when: { kinds: [query, scripting], objects: [{ access: [read], names: ['SHOP.PUBLIC.*'] }], uses: [{ tags: [name], as: [equal] }, { tags: [nick] }] }
  - { name: copies, effect: allow, when: { kinds: [dml], objects: [{ names: ['SHOP.PUBLIC.*'] }], flows: [{ tags: [name] }], groups: [writers] } }
  - { name: seeing, effect: allow, when: { groups: [hr] }, reveal: [name] }
`);
const reader = someone('Ada', 'developers');

/** What is read of a column: as itself for these readings, as tokens for those, of these parts of it. */
function guardOf(name: string, understanding: Understanding, by = reader, parts = {}) {
  const guard = decideWithFloor(POLICY, understanding, asked(by, parts)).floor(column(`PEOPLE.${name}`));
  return guard && { raw: [...guard.raw], token: [...guard.token], paths: guard.paths };
}
const showing = (name: string, how?: ColumnSource['how'], path?: readonly string[]) =>
  select(output('X', source(`PEOPLE.${name}`, how, path)));
const using = (name: string, ...uses: readonly Parameters<typeof use>[1][]): Understood => ({
  ...select(output('ID', source('PEOPLE.ID'))),
  uses: uses.map((as) => ({ ...use(`PEOPLE.${name}`, as), how: 'direct' as const })),
});

const unloaded = (from: ColumnSource): Understood['flows'][number] => ({
  from,
  to: { type: 'location', location: '@~/x' },
  range: { start: 0, end: 1 },
});

const NOTHING = { raw: [], token: [], paths: null };

describe('of a masked column is read', () => {
  it.each<[string, string, Understood, ReturnType<typeof guardOf>]>([
    ['nothing, by a statement that does not name it', 'NAME', showing('ID'), NOTHING],
    ['the value where an output shows it whole', 'NAME', showing('NAME'), { ...NOTHING, raw: ['direct'] }],
    ['nothing for an expression of it', 'NAME', showing('NAME', 'expression'), NOTHING],
    ['nothing for an aggregate of it', 'NAME', showing('NAME', 'aggregate'), NOTHING],
    ['nothing to count it', 'NAME', showing('NAME', 'counted'), NOTHING],
    [
      'the value for an expression that is masked as it is',
      'BORN',
      showing('BORN', 'expression'),
      { ...NOTHING, raw: ['expression'] },
    ],
    [
      'nothing for an expression of it that is unloaded, where it may leave: it is masked on its way',
      'NICK',
      { ...showing('NICK', 'expression'), flows: [unloaded(source('PEOPLE.NICK', 'expression'))] },
      NOTHING,
    ],
    [
      'the value for what is stored as it is',
      'NAME',
      { ...showing('ID'), flows: [copy('PEOPLE.NAME', 'COPIES.A')] },
      { ...NOTHING, raw: ['direct'] },
    ],
    [
      'the value for an aggregate that is shown',
      'BORN',
      showing('BORN', 'aggregate'),
      { ...NOTHING, raw: ['aggregate'] },
    ],
    [
      'and only for what the statement makes of it',
      'BORN',
      showing('BORN', 'distinct'),
      { ...NOTHING, raw: ['distinct'] },
    ],
    [
      'the value for an aggregate that is masked as it is',
      'PAY',
      showing('PAY', 'aggregate'),
      { raw: ['aggregate'], token: ['group'], paths: null },
    ],
    [
      'not for an expression beside it',
      'PAY',
      showing('PAY', 'expression'),
      { raw: [], token: ['group'], paths: null },
    ],
    [
      'a token, where all its uses have one',
      'EMAIL',
      showing('ID'),
      { raw: [], token: ['group', 'join'], paths: null },
    ],
    [
      'a token for what every one of its tags gives one for',
      'MIXED',
      showing('ID'),
      { raw: [], token: ['group'], paths: null },
    ],
    [
      'nothing for an aggregate, where one of its tags hides it',
      'MIXED',
      showing('MIXED', 'aggregate'),
      { raw: [], token: ['group'], paths: null },
    ],
    [
      'the value for the use that a rule lets have it, and no other',
      'NAME',
      using('NAME', 'equal'),
      { ...NOTHING, raw: ['use', 'join'] },
    ],
    ...(
      [
        ['compare', 'direct', ['use', 'group']],
        ['group', 'direct', ['group']],
        ['group', 'expression', ['use']],
        ['join', 'direct', ['join']],
        ['join', 'expression', ['use']],
        ['order', 'direct', ['use']],
        // A comparison with how many different ones there are.
        ['order', 'distinct', ['number', 'use']],
        ['equal', 'distinct', ['number', 'use']],
      ] as const
    ).map(
      ([as, how, raw]) =>
        [
          `for \`${as}\`, ${how}, that is let through, the value`,
          'NICK',
          { ...using('NICK'), uses: [{ ...use('PEOPLE.NICK', as), how }] },
          { ...NOTHING, raw: [...raw] },
        ] as [string, string, Understood, ReturnType<typeof guardOf>],
    ),
    [
      'nothing hidden where a part beside it is shown whole',
      'DOC',
      showing('DOC', 'direct', ['name']),
      {
        ...NOTHING,
        paths: [
          ['pay', 'card'],
          ['pay', 'iban'],
        ],
      },
    ],
    ['nothing to tell whether it is there', 'NAME', using('NAME', 'count'), NOTHING],
    [
      'nothing for a use that runs on blanks',
      'PAY',
      using('PAY', 'compare'),
      { raw: [], token: ['group'], paths: null },
    ],
    [
      'nothing for one that runs on tokens',
      'EMAIL',
      using('EMAIL', 'group'),
      { raw: [], token: ['group', 'join'], paths: null },
    ],
    [
      'of a document, all but its parts',
      'DOC',
      showing('ID'),
      {
        ...NOTHING,
        paths: [
          ['pay', 'card'],
          ['pay', 'iban'],
        ],
      },
    ],
    [
      'nothing of a part that is not masked itself',
      'DOC',
      showing('DOC', 'expression', ['name']),
      {
        ...NOTHING,
        paths: [
          ['pay', 'card'],
          ['pay', 'iban'],
        ],
      },
    ],
    [
      'the value of a document that is shown',
      'DOC',
      showing('DOC'),
      {
        raw: ['direct'],
        token: [],
        paths: [
          ['pay', 'card'],
          ['pay', 'iban'],
        ],
      },
    ],
  ])('%s', (_, name, understanding, guard) => {
    expect(guardOf(name, understanding)).toEqual(guard);
  });

  it('what may be written elsewhere, as it is written', () => {
    const writer = someone('Grace', 'writers');
    const flows = [copy('PEOPLE.NAME', 'COPY.NAME')];
    expect(guardOf('NAME', dml('insert', 'COPY', { flows }), writer)).toEqual({
      ...NOTHING,
      raw: ['direct'],
    });
    const made = [{ ...flows[0]!, from: source('PEOPLE.NAME', 'expression') }];
    expect(guardOf('NAME', dml('insert', 'COPY', { flows: made }), writer)).toEqual({
      ...NOTHING,
      raw: ['expression'],
    });
    const opaque = [
      { ...flows[0]!, from: { opaque: true, reason: 'dynamic SQL', range: { start: 1, end: 2 } } as const },
    ];
    expect(guardOf('NAME', dml('insert', 'COPY', { flows: opaque }), writer)).toEqual(NOTHING);
  });
});

describe('nothing is guarded', () => {
  it('of a column without a tag, or of one that these people see', () => {
    expect(guardOf('ID', showing('ID'))).toBeNull();
    expect(guardOf('NAME', showing('NAME'), someone('Eve', 'hr'))).toBeNull();
  });

  it('of a statement that was not understood: it does not run', () => {
    expect(guardOf('NAME', notUnderstood)).toBeNull();
  });
});

describe('of several statements in one', () => {
  const block = (...inner: readonly Understanding[]) =>
    statement({ kind: { family: 'scripting', name: 'block' }, inner, objects: [access('PEOPLE')] });

  it('each gets what it needs, and tokens only what all are given', () => {
    expect(guardOf('BORN', block(showing('BORN'), showing('BORN', 'aggregate')))).toEqual({
      ...NOTHING,
      raw: ['direct', 'aggregate'],
    });
    expect(guardOf('EMAIL', block(using('EMAIL', 'group'), using('EMAIL', 'join')))?.token).toEqual([
      'group',
      'join',
    ]);
  });

  it('what is guarded in one is guarded in all', () => {
    // The tag reaches the second by what the first writes, and is no tag of the policy.
    const carried = {
      tagsOf: ({ column }: { column: string }) => (column === 'ID' ? [{ tag: 'email' }] : []),
    };
    expect(guardOf('ID', block(showing('ID')), reader, { tags: carried })?.raw).toEqual(['direct']);
    expect(guardOf('DOC', block(showing('DOC'), notUnderstood))?.paths).toEqual([
      ['pay', 'card'],
      ['pay', 'iban'],
      ['pay', 'card'],
      ['pay', 'iban'],
    ]);
  });
});

it('what is hidden in one statement of several only is hidden in all, and has no token', () => {
  const policy = policyOf(`
version: 1
tags: { email: [SHOP.PUBLIC.PEOPLE.EMAIL], whole: [SHOP.PUBLIC.PEOPLE.DOC], card: ['SHOP.PUBLIC.PEOPLE.DOC:card'] }
masks: { tags: { email: { method: token, uses: token } } }
rules:
  - { name: run, effect: allow, when: { kinds: [scripting] } }
  - { name: read, effect: allow, when: { kinds: [query] }, reveal: [whole] }
  - { name: hide, effect: mask, when: { kinds: [query] }, masks: { email: { method: redact } } }`);
  const block = statement({ kind: { family: 'scripting', name: 'block' }, inner: [showing('ID')] });
  const { floor } = decideWithFloor(policy, block, asked(reader));
  expect([...floor(column('PEOPLE.EMAIL'))!.token]).toEqual([]);
  expect(floor(column('PEOPLE.DOC'))!.paths).toBeNull();
  // Alone, each would say otherwise.
  const alone = decideWithFloor(policy, showing('ID'), asked(reader)).floor;
  expect(alone(column('PEOPLE.DOC'))!.paths).toEqual([['card']]);
  expect([
    ...decideWithFloor(policy, { ...block, inner: [] }, asked(reader)).floor(column('PEOPLE.EMAIL'))!.token,
  ]).toEqual(['group', 'join']);
});

it('what two rules mask has no more than both leave of it', () => {
  const masks = (more: string) =>
    policyOf(`
version: 1
tags: { pay: [SHOP.PUBLIC.PEOPLE.PAY] }
rules:
  - { name: one, effect: mask, when: { kinds: [query] }, masks: { pay: { method: token, aggregates: allow, uses: token } } }
  - { name: two, effect: mask, when: { kinds: [query] }, masks: { pay: { ${more} } } }`);
  const guard = (more: string) => {
    const { floor } = decideWithFloor(masks(more), showing('PAY', 'aggregate'), asked(reader));
    const { raw, token } = floor(column('PEOPLE.PAY'))!;
    return { raw: [...raw], token: [...token] };
  };
  expect(guard('method: token, aggregates: allow, uses: token')).toEqual({
    raw: ['aggregate'],
    token: ['group', 'join'],
  });
  expect(guard('method: redact')).toEqual({ raw: [], token: [] });
});

it('a column that is tagged whole and in part is guarded whole', () => {
  const tags = { tagsOf: ({ column }: { column: string }) => (column === 'DOC' ? [{ tag: 'name' }] : []) };
  expect(guardOf('DOC', showing('ID'), reader, { tags })?.paths).toBeNull();
});
