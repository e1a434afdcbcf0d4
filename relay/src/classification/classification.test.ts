import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadPolicy, type Policy, type TaggedColumn } from '../policy/index.ts';
import type { ColumnFlow, ColumnRef, ColumnSource, Understanding, Understood } from '@sluice/snowflake-sql';
import { openTestStore } from '../store/testing/open-test-store.ts';
import { importRows, openClassification, parseRows } from './index.ts';

const POLICY = load(`
version: 1
tags: { pii.email: [SHOP.PUBLIC.CUSTOMERS.EMAIL, 'SHOP.PUBLIC.CUSTOMERS.PROFILE:contact.email'] }
snowflake_tags: { 'SEMANTIC_CATEGORY=EMAIL': pii.email }
rules: []`);

describe('carried tags', () => {
  it.each([
    ['a copied column', { how: 'direct' }, 'EMAIL', [{ tag: 'pii.email' }]],
    ['a derived column', { how: 'expression' }, 'EMAIL', [{ tag: 'pii.email' }]],
    ['a count', { how: 'counted' }, 'EMAIL', []],
    ['a column without tags', { how: 'direct' }, 'CITY', []],
    [
      'a document, at its path',
      { how: 'direct' },
      'PROFILE',
      [{ tag: 'pii.email', path: ['contact', 'email'] }],
    ],
    [
      'a part of a document',
      { how: 'direct', path: ['contact'] },
      'PROFILE',
      [{ tag: 'pii.email', path: ['email'] }],
    ],
    ['text made of a document, as a whole', { how: 'expression' }, 'PROFILE', [{ tag: 'pii.email' }]],
  ] as const)('%s', async (_title, how, from, tags) => {
    const { classification } = await open();
    await classification.carry(writing(flow({ column: column('CUSTOMERS', from), ...how })), POLICY);
    expect(classification.tags.tagsOf(column('COPY', 'X'))).toEqual(tags);
  });

  it('is of what the warehouse itself tells, too', async () => {
    const { classification } = await open();
    const told = [{ column: column('LEADS', 'MAIL'), tag: { tag: 'pii.email' } }];
    const copying = writing(flow({ column: column('LEADS', 'MAIL'), how: 'direct' }));
    await classification.carry(copying, POLICY);
    expect(classification.tags.tagsOf(column('COPY', 'X'))).toEqual([]);
    await classification.carry(copying, POLICY, told);
    expect(classification.tags.tagsOf(column('COPY', 'X'))).toEqual([{ tag: 'pii.email' }]);
  });

  it('goes on from copy to copy, through inner statements, and over a restart', async () => {
    const { classification, reopen } = await open();
    const first = writing(flow({ column: column('CUSTOMERS', 'EMAIL'), how: 'direct' }));
    await classification.carry({ ...writing(), inner: [first] }, POLICY);
    const second = flow({ column: column('COPY', 'X'), how: 'direct' }, 'COPY_OF_COPY');
    await classification.carry(writing(second, second), POLICY);
    const again = await reopen();
    expect(again.tags.tagsOf(column('COPY', 'X'))).toEqual([{ tag: 'pii.email' }]);
    expect(again.tags.tagsOf(column('COPY_OF_COPY', 'X'))).toEqual([{ tag: 'pii.email' }]);
  });

  it('marks what comes from an unknown origin', async () => {
    const { classification } = await open();
    const from = { opaque: true, reason: 'dynamic SQL', range: RANGE } as const;
    await classification.carry(
      writing({ ...flow({ column: column('A', 'B'), how: 'direct' }), from }),
      POLICY,
    );
    expect(classification.tags.tagsOf(column('COPY', 'X'))).toEqual([{ tag: 'unknown' }]);
  });
});

describe('imported tags', () => {
  const CSV = `"OBJECT_DATABASE","OBJECT_SCHEMA","OBJECT_NAME","COLUMN_NAME","TAG_NAME","TAG_VALUE"
SHOP,PUBLIC,LEADS,MAIL,SEMANTIC_CATEGORY,EMAIL
SHOP,PUBLIC,"odd ""name"", too",MAIL,semantic_category,email
SHOP,PUBLIC,LEADS,AGE,SEMANTIC_CATEGORY,AGE
SHOP,PUBLIC,LEADS,,COST_CENTER,SALES
`;
  const JSON_TEXT = JSON.stringify([
    {
      OBJECT_DATABASE: 'SHOP',
      OBJECT_SCHEMA: 'PUBLIC',
      OBJECT_NAME: 'LEADS',
      COLUMN_NAME: null,
      TAG_NAME: 'C',
      TAG_VALUE: 'S',
    },
    {
      object_database: 'SHOP',
      object_schema: 'PUBLIC',
      object_name: 'LEADS',
      column_name: 'MAIL',
      tag_name: 'SEMANTIC_CATEGORY',
      tag_value: 'EMAIL',
    },
  ]);

  it('come from an export of TAG_REFERENCES', async () => {
    const { classification } = await open();
    const imported = importRows(parseRows(CSV), POLICY);
    expect(imported).toMatchObject({ unmapped: 1, notColumns: 1 });
    await classification.add(imported.tagged);
    await classification.add(imported.tagged);
    expect(classification.tags.tagsOf(column('LEADS', 'MAIL'))).toEqual([{ tag: 'pii.email' }]);
    expect(classification.tags.tagsOf(column('odd "name", too', 'MAIL'))).toEqual([{ tag: 'pii.email' }]);
  });

  it('come as JSON too', () => {
    expect(importRows(parseRows(JSON_TEXT), POLICY)).toMatchObject({
      tagged: [{ tag: { tag: 'pii.email' } }],
      notColumns: 1,
    });
  });

  it.each([
    ['a broken line', 'A,B\n1,"2" 3\n', 'line 2 is no CSV'],
    ['a short line', 'A,B\n1\n', 'line 2 has 1 values where the header has 2'],
    ['broken JSON', '[{', 'expected a JSON array of rows'],
    ['no rows', '[1]', 'expected an object as row 1'],
    ['another table', 'A\n1\n', 'row 1 has no `COLUMN_NAME`'],
  ])('refuse %s', (_title, text, message) => {
    expect(() => importRows(parseRows(text), POLICY)).toThrow(message);
  });
});

const RANGE = { start: 0, end: 1 };

function column(object: string, name: string): ColumnRef {
  return { object: { database: 'SHOP', schema: 'PUBLIC', name: object }, column: name };
}

function flow(from: ColumnSource, to = 'COPY'): ColumnFlow {
  return { from, to: { type: 'column', column: column(to, 'X') }, range: RANGE };
}

function writing(...flows: readonly ColumnFlow[]): Understood {
  return {
    understood: true,
    kind: { family: 'dml', name: 'insert' },
    range: RANGE,
    objects: [],
    outputs: [],
    uses: [],
    functions: [],
    flows,
    writes: [],
    missingWhere: false,
    opaque: [],
    inner: [],
    sessionEffects: [],
  };
}

function load(text: string): Policy {
  const loaded = loadPolicy(text);
  if (loaded.problems !== undefined) throw new Error(JSON.stringify(loaded.problems));
  return loaded.policy;
}

async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tags-'));
  const path = join(folder, 'sluice.db');
  let { store } = await openTestStore(path);
  onTestFinished(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const opened = async () => {
    const { tags, carry, add } = await openClassification(store);
    return {
      tags,
      carry: (...what: [Understanding, Policy, (readonly TaggedColumn[])?]) =>
        store.transaction((tx) => carry(tx, ...what)),
      add: (tagged: readonly TaggedColumn[]) => store.transaction((tx) => add(tx, tagged)),
    };
  };
  return {
    classification: await opened(),
    reopen: async () => {
      await store.close();
      ({ store } = await openTestStore(path));
      return opened();
    },
  };
}
