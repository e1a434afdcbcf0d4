/** SQL that was made to be costly to understand: what a hostile client would send. */
export interface Shape {
  readonly name: string;
  /** A text of about so many characters. */
  readonly make: (length: number) => string;
}

/** What everybody sends: many rows, written out. */
export const harmless: Shape = {
  name: 'harmless',
  make: (length) =>
    list(
      length,
      'INSERT INTO ORDERS (ID, CUSTOMER_ID, STATUS, TOTAL) VALUES ',
      (i) => `(${i}, ${i}, 'paid', ${i}.50)`,
    ),
};

/** As deep as the parser lets expressions nest, or somewhat less. */
const DEEP = 150;

export const hostileShapes: readonly Shape[] = [
  shape('deepParens', deep('(', 'ID', ')')),
  shape('deepCase', deep('CASE WHEN ID = 1 THEN ', 'ID', ' ELSE 2 END')),
  shape('deepIff', deep('IFF(ID = 1, ', 'ID', ', 2)')),
  shape('deepDecode', deep('DECODE(ID, 1, ', 'ID', ', 2)')),
  shape('deepIn', (length) => {
    const nested = wrapped(60, 'ID IN (SELECT ID FROM ORDERS WHERE ', 'ID = 1', ')');
    return list(length, 'SELECT ID FROM CUSTOMERS WHERE ', () => nested, ' OR ');
  }),
  shape('deepSubqueries', (length) => {
    const nested = wrapped(60, '(SELECT * FROM ', 'CUSTOMERS', ')');
    return list(length, 'SELECT 1 FROM ', (i) => `${nested} T${i}`);
  }),
  shape('orChain', (length) => list(length, 'SELECT ID FROM CUSTOMERS WHERE ', (i) => `ID = ${i}`, ' OR ')),
  shape('concatChain', (length) => list(length, 'SELECT ', () => 'NAME', ' || ', ' AS N FROM CUSTOMERS')),
  shape('inList', (length) =>
    list(length, 'SELECT ID FROM CUSTOMERS WHERE ID IN (', (i) => `${i}`, ', ', ')'),
  ),
  shape('starDoubling', (length) => padded(length, wrapped(100, 'SELECT *, * FROM (', 'CUSTOMERS', ')'))),
  shape('recursiveRotation', (length) => {
    const columns = names(Math.floor((4_000 * length) / MIB), 'C');
    const rotated = [...columns.slice(1), columns[0]].join(', ');
    const start = columns.map(() => 'ID').join(', ');
    const recursion = `SELECT ${start} FROM CUSTOMERS UNION ALL SELECT ${rotated} FROM R`;
    return padded(length, `WITH RECURSIVE R (${columns.join(', ')}) AS (${recursion}) SELECT * FROM R`);
  }),
  shape('joinsUsing', (length) =>
    list(length, 'SELECT * FROM CUSTOMERS', (i) => ` JOIN CUSTOMERS C${i} USING (ID, NAME)`, ''),
  ),
  shape('naturalJoins', (length) =>
    list(length, 'SELECT * FROM CUSTOMERS', (i) => ` NATURAL JOIN CUSTOMERS C${i}`, ''),
  ),
  shape('commaJoins', (length) => list(length, 'SELECT * FROM ', (i) => `CUSTOMERS C${i}`)),
  shape('commonTablesTwice', (length) =>
    list(
      length,
      'WITH T AS (SELECT ID AS A FROM CUSTOMERS), ',
      (i) => `T${i} AS (SELECT L.A FROM ${i === 0 ? 'T' : `T${i - 1}`} L, ${i === 0 ? 'T' : `T${i - 1}`} R)`,
      ', ',
      ' SELECT A FROM T1',
    ),
  ),
  shape('commonTablesChained', (length) =>
    list(
      length,
      'WITH T AS (SELECT * FROM CUSTOMERS), ',
      (i) => `T${i} AS (SELECT * FROM ${i === 0 ? 'T' : `T${i - 1}`})`,
      ', ',
      ' SELECT ID FROM T1',
    ),
  ),
  shape('unions', (length) => list(length, '', () => 'SELECT ID FROM CUSTOMERS', ' UNION ALL ')),
  shape('starIlike', (length) => {
    // No more wildcards than an engine takes: one that gives up on a longer pattern would look fast.
    const name = 'a'.repeat(length - 200);
    return `SELECT * ILIKE '${'%a'.repeat(20)}b' FROM (SELECT ID AS "${name}" FROM CUSTOMERS)`;
  }),
  shape('windows', (length) =>
    list(
      length,
      'SELECT ',
      (i) => `SUM(ID) OVER (PARTITION BY CITY ORDER BY NAME) AS W${i}`,
      ', ',
      ' FROM CUSTOMERS',
    ),
  ),
  shape('deepLambdas', (length) => {
    const nested = (depth: number): string =>
      depth === 40 ? 'X0' : `TRANSFORM(ARRAY_CONSTRUCT(ID), X${depth} -> ${nested(depth + 1)})`;
    return list(length, 'SELECT ', () => nested(0), ', ', ' FROM CUSTOMERS');
  }),
  shape('longString', (length) => `SELECT '${"''".repeat(length / 2)}'`),
  shape('longDollars', (length) => `SELECT $$${"'".repeat(length)}$$`),
  shape('longComment', (length) => `SELECT 1 /*${'* '.repeat(length / 2)}*/`),
  shape('shortComments', (length) => `SELECT 1 ${'-- x\n'.repeat(length / 5)}`),
  shape('longIdentifier', (length) => {
    const name = 'A'.repeat(length / 4);
    return `SELECT "${name}", ${name.toLowerCase()} FROM (SELECT ID AS "${name}" FROM CUSTOMERS)`;
  }),
  shape('longPath', (length) => list(length, 'SELECT PROFILE:a', () => '.b', '', ' FROM CUSTOMERS')),
  shape('pivotList', (length) =>
    list(
      length,
      'SELECT * FROM (SELECT ID, CITY FROM CUSTOMERS) PIVOT (COUNT(ID) FOR CITY IN (',
      (i) => `'c${i}'`,
      ', ',
      '))',
    ),
  ),
  shape('lateralAliases', (length) =>
    list(
      length,
      'SELECT ID AS A, ',
      (i) => (i === 0 ? 'A + A AS A0' : `A${i - 1} + A${i - 1} AS A${i}`),
      ', ',
      ' FROM CUSTOMERS',
    ),
  ),
  shape('excludeList', (length) => {
    const columns = names(Math.floor(length / 30), 'COLUMN');
    const from = columns.map((name) => `ID AS ${name}`).join(', ');
    return `SELECT * EXCLUDE (${columns.slice(1).join(', ')}) FROM (SELECT ${from} FROM CUSTOMERS)`;
  }),
  shape('renameList', (length) => {
    const columns = names(Math.floor(length / 42), 'COLUMN');
    const from = columns.map((name) => `ID AS ${name}`).join(', ');
    const renamed = columns.map((name) => `${name} AS R${name}`).join(', ');
    return `SELECT * RENAME (${renamed}) FROM (SELECT ${from} FROM CUSTOMERS)`;
  }),
  shape('multiStatements', (length) => list(length, '', () => 'SELECT ID FROM CUSTOMERS', '; ')),
  shape('variables', (length) => list(length, '', (i) => `SET V${i} = (SELECT MAX(ID) FROM ORDERS)`, '; ')),
  shape('variablesRead', (length) => list(length, 'SELECT ', (i) => `$V${i}`)),
  shape('scalarSubqueries', (length) =>
    list(length, 'SELECT ', () => '(SELECT MAX(ID) FROM CUSTOMERS)', ', '),
  ),
  shape('correlatedSubqueries', (length) =>
    list(
      length,
      'SELECT ID FROM CUSTOMERS C WHERE ',
      () => 'EXISTS (SELECT 1 FROM ORDERS O WHERE O.ID = C.ID)',
      ' AND ',
    ),
  ),
  shape('lateralFlattens', (length) =>
    list(
      length,
      'SELECT 1 FROM CUSTOMERS C, ',
      (i) => `LATERAL FLATTEN(INPUT => ${i === 0 ? 'C.PROFILE' : `F${i - 1}.VALUE`}) F${i}`,
    ),
  ),
  shape('executeImmediate', (length) => {
    // Each nesting doubles the quotes of the one inside.
    let sql = 'SELECT ID FROM CUSTOMERS';
    while (2 * sql.length + 20 < length)
      sql = `EXECUTE IMMEDIATE '${sql.replaceAll("'", "''")}'`.padEnd(sql.length * 2);
    return padded(length, sql);
  }),
  shape('blockOfCopies', (length) =>
    list(length, 'BEGIN ', (i) => `INSERT INTO ORDERS SELECT * FROM ORDERS WHERE ID = ${i}; `, '', ' END'),
  ),
];

/** Results as wide as they get, of plain values, of tokens, and of documents: what is hard is not the text. */
export const wideShapes: readonly Shape[] = [
  shape('wideResult', () => wide(5_000, 'ID')),
  shape('wideTokens', () => wide(5_000, 'EMAIL')),
  shape('wideDocuments', () => wide(2_000, 'PROFILE')),
];

const MIB = 1_024 * 1_024;

function shape(name: string, make: Shape['make']): Shape {
  return { name, make };
}

/** As many pieces as make up the length. */
function list(
  length: number,
  head: string,
  piece: (index: number) => string,
  separator = ', ',
  tail = '',
): string {
  const pieces: string[] = [];
  for (let size = head.length + tail.length, index = 0; size < length; index += 1) {
    const next = piece(index);
    pieces.push(next);
    size += next.length + separator.length;
  }
  return `${head}${pieces.join(separator)}${tail}`;
}

function wrapped(times: number, before: string, inner: string, after: string): string {
  return before.repeat(times) + inner + after.repeat(times);
}

/** Many outputs, each as deep as can be. */
function deep(before: string, inner: string, after: string): Shape['make'] {
  const nested = wrapped(DEEP, before, inner, after);
  return (length) => list(length, 'SELECT ', () => nested, ', ', ' FROM CUSTOMERS');
}

function names(count: number, prefix: string): string[] {
  return Array.from({ length: Math.max(2, count) }, (_, index) => `${prefix}${index}`);
}

/** With a comment behind it, so that it is as long as the others. */
function padded(length: number, sql: string): string {
  return sql.length + 4 >= length ? sql : `${sql} /*${'-'.repeat(length - sql.length - 5)}*/`;
}

function wide(columns: number, column: string): string {
  const outputs = Array.from({ length: columns }, (_, index) => `${column} AS C${index}`);
  return `SELECT ${outputs.join(', ')} FROM CUSTOMERS`;
}
