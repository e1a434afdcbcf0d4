import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEMO_POLICY } from '@sluice/demo';
import { explain, explainLines } from './explain.ts';

const catalog = JSON.stringify({
  tables: { 'SHOP.PUBLIC.CUSTOMERS': { ID: 'NUMBER', EMAIL: 'VARCHAR', NAME: 'VARCHAR' } },
});
const as = JSON.stringify({ subject: 'ada', groups: ['developers'], database: 'SHOP', schema: 'PUBLIC' });
const explained = (sql: string) => explain({ sql, policy: readFileSync(DEMO_POLICY, 'utf8'), catalog, as });

it('says what is computed on tokens', () => {
  const report = explained('SELECT COUNT(DISTINCT NAME) AS N FROM CUSTOMERS GROUP BY EMAIL');
  const because = 'SHOP.PUBLIC.CUSTOMERS.EMAIL (pii.email)';
  expect(report.statements[0]!.decision).toMatchObject({
    effect: 'allow',
    computedOn: { rows: { on: 'tokens', because }, outputs: [{ output: 0, on: 'tokens' }] },
  });
  const lines = [...explainLines(report)];
  expect(lines).toContain(`  rows    computed on tokens, because of ${because}`);
  expect(lines).toContain('  output  N: distinct SHOP.PUBLIC.CUSTOMERS.NAME (computed on tokens)');
  expect(lines).toContain('  use     group SHOP.PUBLIC.CUSTOMERS.EMAIL in GROUP BY');
});

it('says which form of a refused statement passes', () => {
  const report = explained('SELECT ID FROM CUSTOMERS ORDER BY NAME');
  expect([...explainLines(report)]).toContain(
    '  instead order by a column that is not masked, such as an id or a date',
  );
});
