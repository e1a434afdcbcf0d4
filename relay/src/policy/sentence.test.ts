import { describe, expect, it } from 'vitest';
import type { ColumnFlow, ObjectUse, Understanding, Understood } from '@sluice/snowflake-sql';
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
} from './statement-fixtures.ts';

const POLICY = policyOf(`
version: 1
tags: { pii: ['*.*.*.EMAIL'] }
rules: [{ name: all, effect: allow, when: {} }]`);
const ada = someone('Ada', 'developers');
const sentence = (understanding: Understanding, by = ada, parts = {}) =>
  decide(POLICY, understanding, asked(by, parts)).sentence;

const name = source('CUSTOMERS.NAME');
const email = source('CUSTOMERS.EMAIL');
const SALARIES = { ...table('SALARIES'), schema: 'HR' };
const read = select(output('NAME', name));
const block = (...inner: readonly Understanding[]) =>
  statement({ kind: { family: 'scripting', name: 'block' }, inner });

describe('the sentence says who asks', () => {
  it.each([
    ['"Eve" (eve at issuer.test, in no groups)', someone('Eve'), {}],
    ['"Ada" (ada at issuer.test, in developers, leads)', someone('Ada', 'developers', 'leads'), {}],
    [
      '"Ada" (ada at issuer.test, in developers) through "Copilot"',
      ada,
      { client: { application: 'VSCode', protocol: 'mcp', agent: 'Copilot' } },
    ],
    ['"A\\nda" ("a\\nda" at issuer.test, in "dev\\u{202E}s")', { ...someone('A\nda', 'dev\u202es') }, {}],
    [
      '"Ada" (ada at issuer.test, in developers) through "C\\u{200B}P"',
      ada,
      { client: { application: 'VSCode', protocol: 'mcp', agent: 'C\u200bP' } },
    ],
  ] as const)('%s', (who, by, parts) => {
    expect(sentence(read, by, parts)).toBe(`${who} reads CUSTOMERS.NAME from SHOP.PUBLIC`);
  });

  it('also of a statement that was not understood', () => {
    expect(sentence(notUnderstood)).toBe(
      '"Ada" (ada at issuer.test, in developers) sends a statement that was not understood',
    );
  });
});

describe('the sentence says what comes out', () => {
  const columns = (count: number) =>
    select(...Array.from({ length: count }, (_, at) => output(`C${at}`, source(`T.C${at}`))));

  it.each<[string, Understood, string]>([
    ['a masked column', select(output('E', email)), 'reads CUSTOMERS.EMAIL (masked) from SHOP.PUBLIC'],
    [
      'a column that one output masks and another does not',
      select(output('E', email), output('N', source('CUSTOMERS.EMAIL', 'counted'))),
      'reads CUSTOMERS.EMAIL from SHOP.PUBLIC',
    ],
    [
      'tables of several schemas',
      {
        ...select(
          output('N', name),
          output('S', { column: { object: SALARIES, column: 'PAY' }, how: 'direct' }),
        ),
        objects: [access('CUSTOMERS'), { ...access('SALARIES'), name: SALARIES }],
      },
      'reads CUSTOMERS.NAME and SALARIES.PAY from SHOP.PUBLIC and SHOP.HR; 2 tables',
    ],
    [
      'a table no column of which comes out',
      { ...read, objects: [access('CUSTOMERS'), access('ORDERS')] },
      'reads CUSTOMERS.NAME from SHOP.PUBLIC and looks at SHOP.PUBLIC.ORDERS; 2 tables',
    ],
    [
      'a table twice',
      { ...read, objects: [access('ORDERS'), access('ORDERS', 'read', 'view')] },
      'reads CUSTOMERS.NAME from SHOP.PUBLIC and looks at SHOP.PUBLIC.ORDERS',
    ],
    [
      'an output of unknown origin',
      statement({ outputs: [unresolvedOutput] }),
      'returns 1 column of unknown origin',
    ],
    [
      'two of them',
      statement({ outputs: [unresolvedOutput, unresolvedOutput] }),
      'returns 2 columns of unknown origin',
    ],
    ['as many as are named', columns(6), 'reads T.C0, T.C1, T.C2, T.C3, T.C4 and T.C5 from SHOP.PUBLIC'],
    ['one more', columns(7), 'reads T.C0, T.C1, T.C2, T.C3, T.C4, T.C5 and T.C6 from SHOP.PUBLIC'],
    [
      'and the rest counted',
      columns(8),
      'reads T.C0, T.C1, T.C2, T.C3, T.C4, T.C5 and 2 more from SHOP.PUBLIC',
    ],
    [
      'what a statement inside reads, where the outer one has no result',
      block(read),
      'reads CUSTOMERS.NAME from SHOP.PUBLIC',
    ],
    [
      'not what is inside of one that has',
      { ...block(select(output('T', source('ORDERS.TOTAL')))), outputs: [output('NAME', name)] },
      'reads CUSTOMERS.NAME from SHOP.PUBLIC',
    ],
    [
      'of several inside, each once',
      block(read, read, select(output('T', source('ORDERS.TOTAL')))),
      'reads CUSTOMERS.NAME from SHOP.PUBLIC and reads ORDERS.TOTAL from SHOP.PUBLIC; 2 tables',
    ],
    [
      'no statement that was not understood',
      block(read, notUnderstood),
      'reads CUSTOMERS.NAME from SHOP.PUBLIC',
    ],
  ])('%s', (_, understanding, action) => {
    expect(sentence(understanding)).toBe(`"Ada" (ada at issuer.test, in developers) ${action}`);
  });
});

describe('the sentence says what is changed', () => {
  const touching = (accessed: ObjectUse['access'], type: ObjectUse['type'] = 'table', kind = 'alter_table') =>
    statement({
      kind: { family: 'ddl', name: kind } as Understood['kind'],
      objects: [access('T', accessed, type)],
    });

  it.each<[Understood, string]>([
    [dml('insert', 'T'), 'inserts into SHOP.PUBLIC.T'],
    [dml('update', 'T'), 'updates SHOP.PUBLIC.T'],
    [dml('delete', 'T'), 'deletes from SHOP.PUBLIC.T'],
    [dml('merge', 'T'), 'merges into SHOP.PUBLIC.T'],
    [dml('update', 'T', { missingWhere: true }), 'updates SHOP.PUBLIC.T, every row of it'],
    [touching('write', 'table', 'truncate_table'), 'empties SHOP.PUBLIC.T'],
    [touching('write', 'table', 'copy_into_table'), 'writes to SHOP.PUBLIC.T'],
    [touching('create'), 'creates the table SHOP.PUBLIC.T'],
    [touching('alter', 'view'), 'alters the view SHOP.PUBLIC.T'],
    [touching('drop'), 'drops the table SHOP.PUBLIC.T'],
    [touching('grant'), 'changes who may use the table SHOP.PUBLIC.T'],
    [touching('use', 'warehouse'), 'uses the warehouse SHOP.PUBLIC.T'],
    [touching('describe'), 'asks how the table is defined: SHOP.PUBLIC.T'],
    [touching('call', 'procedure'), 'calls the procedure SHOP.PUBLIC.T'],
    [statement({ kind: { family: 'ddl', name: 'drop_table' } }), 'runs drop table'],
  ])('%#: %s', (understanding, action) => {
    // Only tables and views are counted.
    expect(sentence(understanding)).toBe(`"Ada" (ada at issuer.test, in developers) ${action}`);
  });

  it('says `every row` of what is written, not of what is dropped beside it', () => {
    const both = dml('delete', 'T', {
      missingWhere: true,
      objects: [access('T', 'write'), access('U', 'drop')],
    });
    expect(sentence(both)).toBe(
      '"Ada" (ada at issuer.test, in developers) deletes from SHOP.PUBLIC.T, every row of it and drops the table SHOP.PUBLIC.U; 2 tables',
    );
  });

  it('says that something cannot be known', () => {
    const opaque = [{ opaque: true, reason: 'dynamic SQL', range: { start: 3, end: 9 } } as const];
    expect(sentence({ ...read, opaque })).toBe(
      '"Ada" (ada at issuer.test, in developers) reads CUSTOMERS.NAME from SHOP.PUBLIC and does something that cannot be known beforehand',
    );
  });

  it.each<[ColumnFlow['from'], ColumnFlow['to'], string]>([
    [
      source('A.X'),
      { type: 'column', column: { object: table('B'), column: 'Y' } },
      'copies SHOP.PUBLIC.A.X to SHOP.PUBLIC.B',
    ],
    [
      source('A.X'),
      { type: 'location', location: 's3://b\nucket' },
      'copies SHOP.PUBLIC.A.X out to "s3:\\/\\/b\\nucket"',
    ],
    [source('A.X'), { type: 'variable', name: 'V' }, 'copies SHOP.PUBLIC.A.X to the variable V'],
    [
      { opaque: true, reason: 'dynamic SQL', range: { start: 3, end: 9 } },
      { type: 'variable', name: 'V' },
      'copies data of unknown origin to the variable V',
    ],
  ])('%#: where columns flow', (from, to, copies) => {
    const flows = [{ from, to, range: { start: 50, end: 60 } }];
    expect(sentence(dml('insert', 'T', { flows }))).toBe(
      `"Ada" (ada at issuer.test, in developers) inserts into SHOP.PUBLIC.T and ${copies}`,
    );
  });

  it('says once what flows twice, and each target apart', () => {
    const flows = [copy('A.X', 'B.Y'), copy('A.X', 'B.Z'), copy('A.X', 'C.Y')];
    expect(sentence(dml('insert', 'T', { flows }))).toBe(
      '"Ada" (ada at issuer.test, in developers) inserts into SHOP.PUBLIC.T, copies SHOP.PUBLIC.A.X to SHOP.PUBLIC.B and copies SHOP.PUBLIC.A.X to SHOP.PUBLIC.C',
    );
  });
});
