import { describe, expect, it } from 'vitest';
import { analyze } from '../analyze.ts';
import { type CatalogTable, wholeCatalog } from '../catalog.ts';
import { inPublic } from './testing.ts';

const table = (name: string, key: readonly string[] | null, ...columns: string[]): CatalogTable => ({
  type: 'table',
  name: inPublic(name),
  version: '1',
  columns: columns.map((column) => ({ name: column, type: 'VARCHAR(16777216)' })),
  ...(key === null ? {} : { key }),
});

const catalog = wholeCatalog([
  table('K', ['ID'], 'ID', 'SSN', 'NAME', 'CITY'),
  table('PAIRS', ['A', 'B'], 'A', 'B', 'SSN'),
  table('LOOSE', null, 'ID', 'SSN'),
  {
    type: 'view',
    name: inPublic('KV'),
    version: '1',
    columns: [
      { name: 'X', type: 'VARCHAR' },
      { name: 'Y', type: 'VARCHAR' },
    ],
    definition: 'SELECT ID, SSN FROM K',
  },
]);

/** How SSN is grouped by: `keyed` where it makes no difference. */
function groupedBy(sql: string): readonly string[] {
  const context = { database: 'SHOP', schema: 'PUBLIC', variables: new Map(), results: new Map() };
  const [made] = analyze(sql, catalog, context);
  if (made?.understood !== true) throw new Error(`${sql}: ${made?.problem.message}`);
  return made.uses
    .filter(({ column, as }) => column.column === 'SSN' && as === 'group')
    .map(({ keyed }) => (keyed === true ? 'keyed' : 'free'));
}

describe('a column beside a key of the same row adds nothing to a group', () => {
  it.each([
    'SELECT ID, SSN, COUNT(*) AS N FROM K GROUP BY ID, SSN',
    'SELECT SSN, ID FROM K GROUP BY ALL',
    'SELECT DISTINCT ID, SSN FROM K',
    'SELECT DISTINCT * FROM K',
    'SELECT COUNT(*) OVER (PARTITION BY SSN, ID) AS N FROM K',
    'SELECT k.ID, k.SSN FROM K k JOIN LOOSE l ON l.ID = k.ID GROUP BY 1, 2',
    'SELECT k.ID, k.SSN FROM LOOSE l LEFT JOIN K k ON l.ID = k.ID GROUP BY k.ID, k.SSN',
    'SELECT DISTINCT X, Y FROM KV',
    'WITH c AS (SELECT ID AS i, SSN AS s FROM K WHERE ID > 3) SELECT i, s FROM c GROUP BY i, s',
    'SELECT DISTINCT i, s FROM (SELECT i, s FROM (SELECT ID AS i, SSN AS s FROM K LIMIT 5))',
    'SELECT A, B, SSN FROM PAIRS GROUP BY A, B, SSN',
    "SELECT * FROM K PIVOT (COUNT(NAME) FOR CITY IN ('a'))",
  ])('%s', (sql) => {
    expect(groupedBy(sql)).toEqual(['keyed']);
  });
});

describe('and where it may, it is a use', () => {
  it.each([
    'SELECT ID, SSN FROM LOOSE GROUP BY ID, SSN',
    'SELECT NAME, SSN FROM K GROUP BY NAME, SSN',
    'SELECT A, SSN FROM PAIRS GROUP BY A, SSN',
    'SELECT DISTINCT a.ID, b.SSN FROM K a JOIN K b ON a.CITY = b.CITY',
    'WITH c AS (SELECT * FROM K) SELECT DISTINCT a.ID, b.SSN FROM c a CROSS JOIN c b',
    'SELECT DISTINCT i, s FROM (SELECT a.ID AS i, b.SSN AS s FROM K a CROSS JOIN K b)',
    'SELECT DISTINCT a.X, b.Y FROM KV a CROSS JOIN KV b',
    // Groups by one of them alone, too.
    'SELECT ID, SSN FROM K GROUP BY CUBE (ID, SSN)',
    'SELECT ID, SSN FROM K GROUP BY ROLLUP (SSN, ID)',
    'SELECT ID, SSN FROM K GROUP BY ID, GROUPING SETS ((SSN), ())',
    'SELECT DISTINCT i, s FROM (SELECT ID AS i, SSN AS s FROM K GROUP BY CUBE (ID, SSN))',
    // Several rows of one key.
    'SELECT DISTINCT i, s FROM (SELECT ID AS i, SSN AS s FROM K UNION ALL SELECT ID, SSN FROM LOOSE)',
    'SELECT DISTINCT ID, SSN FROM K CHANGES (INFORMATION => DEFAULT) AT (OFFSET => -60) ',
    'WITH RECURSIVE r AS (SELECT ID, SSN FROM K UNION ALL SELECT r.ID, r.SSN FROM r) SELECT DISTINCT ID, SSN FROM r',
    // Not the column itself.
    'SELECT DISTINCT ID, UPPER(SSN) AS S FROM K',
    'SELECT DISTINCT UPPER(ID) AS I, SSN FROM K',
    'SELECT DISTINCT ID, (SELECT MAX(SSN) FROM K x WHERE x.CITY = K.CITY) AS S FROM K',
  ])('%s', (sql) => {
    expect(groupedBy(sql)).toContain('free');
    expect(groupedBy(sql)).not.toContain('keyed');
  });

  it('both are noted where both are there', () => {
    expect(
      groupedBy(
        'SELECT * FROM (SELECT DISTINCT ID, SSN FROM K) x JOIN (SELECT DISTINCT SSN FROM K) y ON TRUE',
      ).toSorted(),
    ).toEqual(['free', 'keyed']);
  });
});
