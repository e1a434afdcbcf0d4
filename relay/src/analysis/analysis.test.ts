import { afterEach, describe, expect, it } from 'vitest';
import { identityId } from '../identity/index.ts';
import { loadPolicy, NO_USAGE } from '../policy/index.ts';
import { type CatalogObject, namesIn, type ObjectName, objectsNamed, split } from '@sluice/snowflake-sql';
import { createAnalyzer } from '@sluice/snowflake-sql/analysis';
import { assess } from './assess.ts';
import { type Analyses, createAnalyses, type Question } from './index.ts';
import { loadedQuestion, type LoadedQuestion, NotLoaded, partsOf } from './question.ts';

const CARDS: ObjectName = { database: 'SHOP', schema: 'PUBLIC', name: 'CARDS' };
const OPEN_CARDS: ObjectName = { ...CARDS, name: 'OPEN_CARDS' };
/** No rule lets anybody do anything in HR, but for the view. */
const SALARIES: ObjectName = { database: 'HIDDEN', schema: 'HR', name: 'SALARIES' };
const PAY: ObjectName = { ...SALARIES, name: 'PAY' };
const columns = [
  { name: 'ID', type: 'NUMBER(38,0)' },
  { name: 'CARD', type: 'VARCHAR' },
  { name: 'MAIL', type: 'VARCHAR' },
];
const objects = new Map<string, CatalogObject>([
  ['CARDS', { type: 'table', name: CARDS, version: '1', columns }],
  ['SALARIES', { type: 'table', name: SALARIES, version: '1', columns }],
  [
    'PAY',
    { type: 'view', name: PAY, version: '1', columns, definition: 'SELECT ID, CARD, MAIL FROM HR.SALARIES' },
  ],
  [
    'OPEN_CARDS',
    { type: 'view', name: OPEN_CARDS, version: '2', columns, definition: 'SELECT ID, CARD, MAIL FROM CARDS' },
  ],
]);
/** Names, of each time that some were asked for. */
const asked: string[][] = [];
const catalog: Question['catalog'] = {
  async load(named) {
    asked.push(named.map(({ name }) => name.name));
    return named.map(({ name }) => ({ name, object: objects.get(name.name) ?? null }));
  },
};
const POLICY = `
version: 1
tags: { pii.card: ['SHOP.PUBLIC.CARDS.CARD'], pii.mail: ['SHOP.OLD.*.MAIL'] }
masks: { tags: { pii.card: { method: partial, keep_last: 4 }, pii.mail: { method: redact } } }
defaults: { flows: ask, approvers: owners }
approvers: { owners: { groups: [owners], expires_after: 1h, valid_for: 10m } }
rules:
  - { name: read, effect: allow, when: { kinds: [query], objects: [{ access: [read], names: ['SHOP.*.*', HIDDEN.HR.PAY] }] } }
  - { name: closed, effect: block, reason: closed, when: { objects: [{ access: [drop], names: ['**'] }] } }
  - { name: change, effect: ask, reason: an owner agrees first, when: { kinds: [dml, ddl], objects: [{ names: ['SHOP.*.*'] }] }, approvers: owners }
`;
const state = { database: 'SHOP', schema: 'PUBLIC', warehouse: 'WH', role: null };
const keys = { token: Buffer.alloc(32, 7) };

function question(sql: string, change: Partial<Question> = {}): Question {
  const { policy, problems } = loadPolicy(POLICY);
  if (problems !== undefined) throw new Error(JSON.stringify(problems));
  const id = identityId('https://issuer.example', 'ada');
  return {
    sql,
    binds: {},
    catalog,
    context: { database: 'SHOP', schema: 'PUBLIC', variables: new Map(), results: new Map() },
    taggedColumns: (object) =>
      object.name === 'CARDS' ? [{ column: { object, column: 'MAIL' }, tag: { tag: 'pii.mail' } }] : [],
    policy,
    deciding: {
      identity: {
        id,
        issuer: 'https://issuer.example',
        subject: 'ada',
        name: 'ada',
        groups: ['developers'],
        kind: 'person',
      },
      client: { application: 'test', protocol: 'api', agent: null },
      state,
      now: Date.UTC(2026, 10, 20, 11),
      usage: NO_USAGE,
      breakGlass: null,
      floor: true,
    },
    surroundings: {
      planner: 'embedded',
      state,
      answers: {
        temporary: new Set(),
        variables: new Set(),
        session: { CURRENT_ROLE: null },
        parameters: {},
        queryIds: [],
      },
    },
    ...change,
  };
}

let analyses: Analyses | null = null;
afterEach(async () => await analyses?.close());

const onThreads = (options: Parameters<typeof createAnalyses>[1] = {}) =>
  (analyses = createAnalyses(keys, { longestAtOnce: 10, threads: 1, patienceMs: 120_000, ...options }));

describe('a text on a thread', () => {
  it.each([
    'SELECT ID, UPPER(CARD) AS C FROM CARDS WHERE CARD LIKE ?',
    'SELECT * FROM OPEN_CARDS JOIN CARDS USING (ID)',
    'INSERT INTO CARDS SELECT * FROM CARDS',
    "UPDATE CARDS SET CARD = '************1234'",
    'CREATE TABLE COPIES AS SELECT CARD FROM CARDS',
    'DROP TABLE CARDS',
    'SELECT 1; SELECT CARD FROM CARDS',
    'SELECT CARD FROM NOWHERE',
    'SELECT CARD FROM',
    'SELECT * FROM CARDS QUALIFY MIN(ID) OVER () = 1',
    'COPY INTO @~ FROM CARDS',
  ])('becomes what it becomes at once: %s', async (sql) => {
    const long = await onThreads().assess(question(sql));
    const short = await createAnalyses(keys).assess(question(sql));
    expect(long).toEqual(short);
  });

  it('is decided on under the same tags', async () => {
    const sql = 'SELECT MAIL, MAIL AS M, UPPER(MAIL) AS U FROM CARDS';
    const assessment = await onThreads().assess(question(sql));
    expect(assessment).toMatchObject({
      decision: { effect: 'mask', masks: [{ output: 0, policy: { method: 'redact' } }, {}, {}] },
    });
  });

  it('is planned on the floor of its decision', async () => {
    const assessment = await onThreads().assess(question('SELECT CARD, LENGTH(MAIL) AS L FROM CARDS'));
    if (assessment.outcome !== 'understood') throw new Error(assessment.outcome);
    const { plan } = assessment.planned!;
    // The card passes whole to an output and is masked on its way; the address is not read.
    expect(plan).toMatchObject({ kind: 'query', columns: [{ name: 'CARD' }, { name: 'L' }] });
    expect(JSON.stringify(plan)).toMatch(/"MAIL\\" IS NULL THEN .{0,30}MAIL\\" ELSE ''/);
    expect(JSON.stringify(plan)).not.toMatch(/"CARD\\" IS NULL/);
  });

  it('is loaded what it names, once each, and then what its views name', async () => {
    asked.length = 0;
    await onThreads().assess(question('SELECT 1 FROM OPEN_CARDS A, OPEN_CARDS B'));
    expect(asked).toEqual([['OPEN_CARDS'], ['CARDS']]);
  });

  it('knows the variables and earlier results that it names', async () => {
    const source = { column: { object: CARDS, column: 'CARD' }, how: 'direct' as const };
    const context = {
      ...question('').context,
      variables: new Map([
        ['V', { sources: [source] }],
        ['T', { literal: 'CARDS', sources: [] }],
      ]),
      results: new Map([
        ['q0', { outputs: [] }],
        ['q1', { outputs: [{ name: 'R', sources: [source], range: { start: 0, end: 1 } }] }],
      ]),
    };
    const understood = async (sql: string) => {
      const assessment = await onThreads().assess(question(sql, { context }));
      return assessment.outcome === 'understood' ? assessment.understanding : assessment;
    };
    expect(await understood('SELECT $V AS X, 1 AS Y')).toMatchObject({
      outputs: [{ sources: [{ ...source, how: 'expression' }] }, {}],
    });
    expect(await understood('SELECT 1 FROM IDENTIFIER($T)')).toMatchObject({ objects: [{ name: CARDS }] });
    const scans = ["'q1'", 'LAST_QUERY_ID()', 'LAST_QUERY_ID(-1)'];
    for (const scan of scans) {
      expect(await understood(`SELECT * FROM TABLE(RESULT_SCAN(${scan}))`)).toMatchObject({
        outputs: [{ name: 'R', sources: [source] }],
      });
    }
  });

  it('is taken apart as it is at once', async () => {
    const sql = "SELECT 1; BEGIN SELECT ';'; END;\nSELECT 2";
    expect((await onThreads().split(sql))?.map(({ sql }) => sql)).toEqual([
      'SELECT 1',
      "BEGIN SELECT ';'; END",
      'SELECT 2',
    ]);
    expect(
      await onThreads().split('USE ROLE A; CREATE TEMP TABLE T (A INT); CREATE TABLE T (A INT)'),
    ).toMatchObject([
      { kind: 'use_role', isTemporary: false },
      { kind: 'create_table', isTemporary: true },
      { kind: 'create_table', isTemporary: false },
    ]);
    expect(await createAnalyses(keys).split(sql)).toEqual(await analyses!.split(sql));
    expect(await onThreads().split('SELECT 1; SELECT FROM FROM')).toBeNull();
  });
});

describe('an object that no rule lets the person do anything with', () => {
  const there = (sql: string) => createAnalyses(keys).assess(question(sql));
  const gone = (sql: string) =>
    createAnalyses(keys).assess(
      question(sql, {
        catalog: {
          load: async (named) =>
            (await catalog.load(named)).map(({ name, object }) => ({
              name,
              object: name.name === 'SALARIES' ? null : object,
            })),
        },
      }),
    );

  it.each([
    'SELECT * FROM HIDDEN.HR.SALARIES',
    'SELECT NOPE FROM HIDDEN.HR.SALARIES',
    'SELECT ID FROM HIDDEN.HR.SALARIES, CARDS',
    'SELECT COUNT(*) FROM CARDS WHERE ID IN (SELECT ID FROM HIDDEN.HR.SALARIES)',
    'INSERT INTO HIDDEN.HR.SALARIES SELECT * FROM CARDS',
    'DELETE FROM HIDDEN.HR.SALARIES',
    'CREATE VIEW V AS SELECT * FROM HIDDEN.HR.SALARIES',
  ])('is as if it were not there: %s', async (sql) => {
    expect(await there(sql)).toEqual(await gone(sql));
    expect(await there(sql)).toMatchObject({
      outcome: 'not_understood',
      understanding: { problem: { code: 'object_unknown', name: 'HIDDEN.HR.SALARIES' } },
      decision: { effect: 'block', rule: 'not-understood' },
    });
  });

  it('is as if it were not there inside another statement', async () => {
    const sql = 'EXPLAIN SELECT * FROM HIDDEN.HR.SALARIES';
    expect(await there(sql)).toEqual(await gone(sql));
    expect(await there(sql)).toMatchObject({
      understanding: { inner: [{ problem: { code: 'object_unknown', name: 'HIDDEN.HR.SALARIES' } }] },
      decision: { effect: 'block' },
    });
  });

  it('keeps no mistake in what else the statement names from being told', async () => {
    expect(await there('SELECT NOPE FROM CARDS')).toMatchObject({
      understanding: { problem: { code: 'column_unknown', name: 'NOPE' } },
    });
    expect(await there('SELECT NOPE FROM HIDDEN.HR.PAY')).toMatchObject({
      understanding: { problem: { code: 'column_unknown', name: 'NOPE' } },
    });
  });

  it('is told of where a rule refuses it in so many words', async () => {
    expect(await there('DROP TABLE HIDDEN.HR.SALARIES')).toMatchObject({
      outcome: 'understood',
      decision: { effect: 'block', rule: 'closed' },
    });
  });
});

describe('a schema that goes', () => {
  const { policy } = loadPolicy(`
version: 1
rules:
  - { name: own, effect: allow, when: { kinds: [drop_schema, create_schema], objects: [{ names: ['SHOP.MINE', 'SHOP.MINE.MY_*'] }] } }
  - { name: known, effect: allow, when: { kinds: [query], objects: [{ access: [read], names: ['SHOP.MINE.THEIRS'] }] } }
`);
  const assessed = async (sql: string, names: readonly string[]) => {
    const contents = names.map((name, index) => ({
      type: (['table', 'view', 'sequence', 'stage', 'file_format'] as const)[index % 5]!,
      name: { database: 'SHOP', schema: 'MINE', name },
    }));
    const schema = {
      type: 'schema',
      name: { database: 'SHOP', schema: '', name: 'MINE' },
      version: '1',
    } as const;
    const within: Question['catalog'] = {
      load: async (named) =>
        named.map(({ name }) => ({
          name,
          object: name.name === 'schema\u0000MINE' ? { ...schema, contents } : null,
        })),
    };
    return await createAnalyses(keys).assess(question(sql, { policy: policy!, catalog: within }));
  };
  const SQL = [
    'DROP SCHEMA MINE',
    'DROP SCHEMA IF EXISTS SHOP.MINE CASCADE',
    'CREATE OR REPLACE SCHEMA MINE',
  ];

  it.each(SQL)('needs what dropping each thing in it needs: %s', async (sql) => {
    const mine = ['MY_1', 'MY_2', 'MY_3', 'MY_4', 'MY_5'];
    expect(await assessed(sql, [])).toMatchObject({ decision: { effect: 'allow' } });
    expect(await assessed(sql, mine)).toMatchObject({ decision: { effect: 'allow' } });
    for (const index of mine.keys())
      expect(await assessed(sql, mine.with(index, 'THEIRS'))).toMatchObject({
        decision: { effect: 'block' },
      });
  });

  it.each(SQL)('does not go with what nobody may know of, and does not name it: %s', async (sql) => {
    const hidden = await assessed(sql, ['MY_1', 'HIDDEN']);
    expect(hidden).toMatchObject({ outcome: 'not_understood', decision: { effect: 'block' } });
    expect(JSON.stringify(hidden)).not.toContain('HIDDEN');
  });

  it('is looked up in what the text names, however it is written', async () => {
    const named = (sql: string) =>
      objectsNamed(namesIn(split(sql)), {
        database: 'D',
        schema: 'S',
        variables: new Map([['V', { literal: 'MINE', sources: [] }]]),
        bindTexts: new Map([['1', 'E.MINE']]),
      }).flatMap(({ type, name }) =>
        type === 'schema' ? [`${name.database}.${name.schema}.${name.name}`] : [],
      );
    expect(named('DROP SCHEMA MINE')).toEqual(['D..schema\u0000MINE']);
    expect(named('DROP SCHEMA E.MINE')).toEqual(['E..schema\u0000MINE']);
    expect(named("DROP SCHEMA IDENTIFIER('E.MINE')")).toEqual(['E..schema\u0000MINE']);
    expect(named('DROP SCHEMA IDENTIFIER($V)')).toEqual(['D..schema\u0000MINE']);
    expect(named('DROP SCHEMA IDENTIFIER(?)')).toEqual(['E..schema\u0000MINE']);
    expect(named('CREATE OR REPLACE SCHEMA E.MINE')).toEqual(['E..schema\u0000MINE']);
    expect(named('BEGIN DROP SCHEMA MINE; END')).toEqual(['D..schema\u0000MINE']);
    expect(named('CREATE SCHEMA MINE')).toEqual([]);
    expect(named('DROP TABLE MINE')).toEqual([]);
  });
});

describe('a short text over a long view', () => {
  const wide = { ...OPEN_CARDS, name: 'WIDE' };
  const text = `SELECT ${Array.from({ length: 2_000 }, () => 'CARD').join(' || ')} AS CARD FROM CARDS`;
  const withWide: Question['catalog'] = {
    load: async (named) =>
      (await catalog.load(named)).map((entry) =>
        entry.name.name === 'WIDE'
          ? {
              name: wide,
              object: { type: 'view', name: wide, version: '9', columns: [columns[1]!], definition: text },
            }
          : entry,
      ),
  };

  it('is gone through on a thread, and means what it means at once', async () => {
    const ask = question('SELECT * FROM WIDE', { catalog: withWide });
    const short = await createAnalyses(keys, { longestAtOnce: 1e6 }).assess(ask);
    expect(short).toMatchObject({ outcome: 'understood', used: [{ name: wide }, { name: CARDS }] });
    const made = onThreads({ longestAtOnce: 1_000 });
    expect(await made.assess(ask)).toEqual(short);
    // With no time to give, it is seen where it was.
    await made.close();
    expect(await onThreads({ longestAtOnce: 1_000, patienceMs: 0 }).assess(ask)).toMatchObject({
      outcome: 'not_understood',
      understanding: { problem: { code: 'too_complex' } },
    });
  });
});

describe('what was not loaded is not taken for what is not there', () => {
  const ask = question('SELECT MAIL FROM CARDS');
  const loaded = async () => {
    const named = { objects: await catalog.load([{ name: CARDS, type: 'table' }]), viewCharacters: 0 };
    return loadedQuestion(ask, { ...named, variables: new Set(), results: new Set() });
  };
  const assessed = (question: LoadedQuestion) => assess(createAnalyzer(), keys, ask.policy, question);

  it('an object', async () => {
    expect(assessed(await loaded())).toMatchObject({ outcome: 'understood', decision: { effect: 'mask' } });
    expect(assessed({ ...(await loaded()), objects: [] })).toMatchObject({
      outcome: 'not_understood',
      understanding: { problem: { code: 'not_loaded' } },
      decision: { effect: 'block' },
    });
  });

  it('the tags of a column', async () => {
    const { tagsOf } = partsOf(await loaded()).deciding.tags;
    expect(tagsOf({ object: CARDS, column: 'MAIL' })).toEqual([{ tag: 'pii.mail' }]);
    expect(tagsOf({ object: CARDS, column: 'ID' })).toEqual([]);
    expect(() => tagsOf({ object: OPEN_CARDS, column: 'MAIL' })).toThrow(NotLoaded);
    expect(assessed({ ...(await loaded()), tagged: { objects: [], columns: [] } })).toMatchObject({
      outcome: 'not_understood',
      understanding: { problem: { code: 'not_loaded' } },
      decision: { effect: 'block' },
    });
  });
});

it('is counted on a thread as it is at once', async () => {
  const sql = "UPDATE CARDS SET CARD = ? WHERE ID = ? AND CARD <> 'x'";
  const bind = (value: string) => ({ type: 'FIXED', value });
  const binds = { 1: bind('1'), 2: bind('2') };
  const count = await onThreads().rowCount(sql, binds);
  expect(count).toMatchObject({ sql: "SELECT COUNT(*) FROM CARDS WHERE ID = ? AND CARD <> 'x'" });
  expect(count).toEqual(await createAnalyses(keys).rowCount(sql, binds));
});

it('goes through short texts at once, and leaves long ones to a thread', () => {
  const made = onThreads({ longestAtOnce: 12 });
  expect(made.parse('SELECT 1')?.statements).toHaveLength(1);
  expect(made.parse('SELECT 1 AS ONE')).toBeNull();
});

const tooComplex = {
  outcome: 'not_understood',
  understanding: { understood: false, kind: { name: 'select' }, problem: { code: 'too_complex' } },
  decision: { effect: 'block' },
};
const long = `SELECT ${Array.from({ length: 20_000 }, () => 'CARD').join(' || ')} FROM CARDS`;

it('refuses what takes too long, and goes on with the next', { timeout: 60_000 }, async () => {
  const made = onThreads({ patienceMs: 5 });
  expect(await made.assess(question(long))).toMatchObject(tooComplex);
  await expect(made.split(long)).rejects.toMatchObject({ code: 'statement_not_understood' });
  await made.close();
  expect(await onThreads().assess(question('SELECT CARD FROM CARDS'))).toMatchObject({
    outcome: 'understood',
  });
});

it.each([
  ['variables', (index: number) => `$V${index}`],
  ['objects', (index: number) => `(SELECT 1 FROM T${index})`],
  ['earlier results that are bound', (index: number) => `(SELECT 1 FROM TABLE(RESULT_SCAN(:${index})))`],
  ['earlier results', (index: number) => `(SELECT 1 FROM TABLE(RESULT_SCAN('q${index}')))`],
])('refuses a text of more %s than anybody could mean, and loads nothing for it', async (_, named) => {
  const naming = (count: number) =>
    question(`SELECT ${Array.from({ length: count }, (_, i) => named(i)).join(', ')}`);
  for (const made of [onThreads(), createAnalyses(keys, { longestAtOnce: 1e7 })]) {
    asked.length = 0;
    expect(await made.assess(naming(5_001))).toMatchObject(tooComplex);
    expect(asked).toEqual([]);
    expect(await made.assess(naming(50))).not.toMatchObject(tooComplex);
    await made.close();
  }
});

it('refuses what takes too much memory, and goes on with the next', async () => {
  const made = onThreads({ memoryMb: 48 });
  const many = Array.from({ length: 400_000 }, (_, index) => `(${index})`).join(', ');
  expect(await made.assess(question(`SELECT * FROM VALUES ${many}`))).toMatchObject(tooComplex);
  expect(await made.assess(question('SELECT CARD FROM CARDS'))).toMatchObject({ outcome: 'understood' });
});

it('turns away more than may wait', async () => {
  const made = onThreads({ mostWaiting: 1 });
  const [first, second, third] = await Promise.allSettled(
    [1, 2, 3].map(async () => await made.assess(question('SELECT CARD FROM CARDS'))),
  );
  expect([first!.status, second!.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(third).toMatchObject({ reason: { code: 'too_many_statements' } });
});

describe('a statement for Snowflake that no blanks can be put into', () => {
  /** One name of the derived table both returns the column and uses it. */
  const UNWRAPPABLE = 'SELECT C FROM (SELECT DISTINCT CARD AS C FROM CARDS) GROUP BY C';
  const assessed = async (effect: 'allow' | 'ask') => {
    const { policy } = loadPolicy(
      POLICY.replace('keep_last: 4 }', 'keep_last: 4, uses: blank }')
        .replace('effect: allow, when', `effect: ${effect}, reason: looked at, approvers: owners, when`)
        .replace('allow, reason: looked at, approvers: owners', 'allow'),
    );
    const asked = question(UNWRAPPABLE, { policy: policy! });
    const surroundings = { ...asked.surroundings, planner: 'snowflake' as const };
    return await onThreads({ longestAtOnce: 1_000 }).assess({ ...asked, surroundings });
  };

  it('does not run unasked', async () => {
    expect(await assessed('allow')).toMatchObject({
      decision: { effect: 'mask' },
      planned: { plan: null, problem: { code: 'unsupported_by_warehouse' } },
    });
  });

  it('is asked about with that among the reasons', async () => {
    expect(await assessed('ask')).toMatchObject({
      decision: { effect: 'ask', reasons: [{ rule: 'read' }, { rule: 'floor', effect: 'ask' }] },
      planned: { plan: { for: 'snowflake', sql: UNWRAPPABLE } },
    });
  });
});

describe('tags of the warehouse’s own', () => {
  const tagged = (name: string, column: string, value = 'card') => ({
    ...catalog,
    governs: true,
    load: async (named: Parameters<typeof catalog.load>[0]) =>
      (await catalog.load(named)).map((entry) =>
        entry.name.name === name
          ? { ...entry, governance: [{ column, tags: [{ name: 'pii', value }], maskedBy: [] }] }
          : entry,
      ),
  });
  const decided = async (sql: string, change: Partial<Question>) =>
    await createAnalyses(keys).assess(question(sql, { taggedColumns: () => [], ...change }));

  it('count as the policy’s', async () => {
    expect(await decided('SELECT ID FROM CARDS', { catalog })).toMatchObject({
      decision: { effect: 'allow' },
    });
    expect(await decided('SELECT ID FROM CARDS', { catalog: tagged('CARDS', 'ID') })).toMatchObject({
      decision: { effect: 'mask', masks: [{ output: 0, policy: { method: 'partial' } }] },
      told: [{ column: { column: 'ID' }, tag: { tag: 'pii.card' } }],
    });
  });

  it('of a view’s column count for what it is made of', async () => {
    const sql = 'SELECT ID AS N FROM OPEN_CARDS';
    expect(await decided(sql, { catalog })).toMatchObject({ decision: { effect: 'allow' } });
    expect(await decided(sql, { catalog: tagged('OPEN_CARDS', 'ID') })).toMatchObject({
      decision: { effect: 'mask', masks: [{ output: 0, because: 'SHOP.PUBLIC.CARDS.ID (pii.card)' }] },
    });
  });

  it('that could not be asked for are unknown, and the columns masked whole', async () => {
    const blind = {
      ...catalog,
      load: async (named: Parameters<typeof catalog.load>[0]) =>
        (await catalog.load(named)).map((entry) => ({ ...entry, governance: 'unknown' as const })),
    };
    expect(await decided('SELECT ID FROM CARDS', { catalog: blind })).toMatchObject({
      decision: {
        effect: 'mask',
        masks: [{ policy: { method: 'redact' }, because: 'SHOP.PUBLIC.CARDS.ID (unknown)' }],
      },
    });
  });

  it('are asked for of what only a variable holds; of a table that is gone, nobody knows them', async () => {
    const from = (object: ObjectName): Partial<Question> => ({
      context: {
        ...question('').context,
        variables: new Map([
          ['V', { sources: [{ column: { object, column: 'ID' }, how: 'direct' as const }] }],
        ]),
      },
    });
    const own = tagged('CARDS', 'ID');
    expect(await decided('SELECT $V AS X', { ...from(CARDS), catalog: own })).toMatchObject({
      decision: { effect: 'mask', masks: [{ output: 0 }] },
    });
    expect(
      await decided('SELECT $V AS X', { ...from({ ...CARDS, name: 'GONE' }), catalog: own }),
    ).toMatchObject({
      outcome: 'not_understood',
      understanding: { problem: { code: 'not_loaded' } },
    });
  });
});
