import { condition } from './conditions.ts';
import { expression } from './expressions.ts';
import { literal } from './literals.ts';
import type { Chance } from './chance.ts';
import { columnDefinition, columnType, narrowType } from './column-definitions.ts';
import { query } from './queries.ts';
import { choose, isSought, NOWHERE, type Pen, type Scope, type Spot, takes, typeOf } from './scope.ts';
import type { Column, Table, Type } from './shop-schema.ts';
import { wholeQuery } from './whole-queries.ts';

/** A statement that changes something, and what is there once it has. */
export interface Change {
  readonly sql: string;
  readonly made: readonly Table[];
  /** Names of tables that are there no more. */
  readonly gone: readonly string[];
}

/** Of the tables in SCRATCH, mostly: the shop's own are asked about. */
export function change(pen: Pen, scratch: readonly Table[]): Change {
  const { chance } = pen;
  const makes = (
    [
      'CREATE TABLE AS',
      'types of a new table',
      'CREATE VIEW',
      'CREATE TABLE',
      'column definitions',
      'CLONE',
    ] as const
  ).some((feature) => isSought(pen, feature));
  if (scratch.length === 0 || makes || chance.happens(0.3)) return creation(pen, scratch);
  const target = chance.happens(0.85) ? chance.pick(scratch) : chance.pick(pen.tables);
  return choose<Change>(pen, [
    ['INSERT', 4, () => only(insertion(pen, target, 'INSERT INTO'))],
    ['INSERT OVERWRITE', 1.5, () => only(insertion(pen, target, 'INSERT OVERWRITE INTO'))],
    ['INSERT ALL', 1.5, () => only(insertionOfMany(pen, scratch.length === 0 ? [target] : scratch))],
    ['INSERT into the same names', 2, () => only(insertionByName(pen, target))],
    ['UPDATE', 3, () => only(update(pen, target))],
    ['DELETE', 2, () => only(`DELETE FROM ${target.name} WHERE ${condition(pen, of(target, 'use'))}`)],
    ['MERGE', 2, () => only(merge(pen, target))],
    ['TRUNCATE', 0.5, () => only(`TRUNCATE TABLE ${target.name}`)],
    ['DROP', 0.7, () => ({ sql: `DROP TABLE ${target.name}`, made: [], gone: [target.name] })],
    ['ALTER', 1.2, () => alteration(pen, target)],
    ['ALTER COLUMN', 1.5, () => only(alterColumn(pen, target))],
    ['ALTER', 0.3, () => only(`COMMENT ON TABLE ${target.name} IS 'x'`)],
  ]);
}

function only(sql: string): Change {
  return { sql, made: [], gone: [] };
}

/** A scratch table that has what is written, or a place for it. */
function creation(pen: Pen, scratch: readonly Table[]): Change {
  const { chance } = pen;
  const name = `SCRATCH.T${chance.between(1, 4)}`;
  const head = `CREATE${chance.pick(['', ' OR REPLACE', ' OR REPLACE'])}${chance.pick(['', '', '', ' TEMPORARY'])}`;
  return choose<Change>(pen, [
    [
      'CREATE TABLE AS',
      5,
      () => {
        const { sql, columns } = query(pen, { scope: NOWHERE, place: 'output', depth: 3 }, { named: true });
        const list = takes(pen, 'column definitions', 0.25) ? ` (${listOf(chance, columns)})` : '';
        return { sql: `${head} TABLE ${name}${list} AS ${sql}`, made: [{ name, columns }], gone: [] };
      },
    ],
    ['types of a new table', 1.5, () => tableByName(pen, head, name)],
    [
      'CREATE VIEW',
      2,
      () => {
        const { sql, columns } = wholeQuery(pen, 3);
        const usable = columns.filter((column) => !column.name.startsWith('UNNAMED'));
        return {
          sql: `CREATE OR REPLACE VIEW ${name} AS ${sql}`,
          made: [{ name, columns: usable }],
          gone: [],
        };
      },
    ],
    ['CREATE TABLE', 2, () => emptyTable(pen, head, name)],
    ['column definitions', 1, () => emptyTable(pen, head, name)],
    [
      'CLONE',
      1,
      () => {
        const source = chance.pick([...pen.tables, ...scratch]);
        const how = chance.pick(['CLONE', 'LIKE']);
        return {
          sql: `${head} TABLE ${name} ${how} ${source.name}`,
          made: [{ name, columns: source.columns }],
          gone: [],
        };
      },
    ],
  ]);
}

/** Of columns under their own names, and so with their own tags: it is let through where another name is asked about. */
function tableByName(pen: Pen, head: string, name: string): Change {
  const { chance } = pen;
  const source = chance.pick(pen.tables);
  const columns = chance.some(source.columns, 1, 3);
  pen.touched += columns.filter(({ hot }) => hot).length;
  const from = `SELECT ${columns.map((column) => column.name).join(', ')} FROM ${source.name}`;
  return {
    sql: `${head} TABLE ${name} (${listOf(chance, columns)}) AS ${from}`,
    made: [{ name, columns }],
    gone: [],
  };
}

/** Of a query that fills them: whether its values fit is an answer. */
function listOf(chance: Chance, columns: readonly Column[]): string {
  const required = () => (chance.happens(0.3) ? ' NOT NULL' : '');
  const typed = ({ name, type, hot }: Column) =>
    `${name} ${hot && chance.happens(0.4) ? narrowType(chance) : columnType(chance, type)}`;
  return columns.map((column) => `${typed(column)}${required()}`).join(', ');
}

function emptyTable(pen: Pen, head: string, name: string): Change {
  const columns = pen.chance.happens(0.7) ? tagged(pen) : plain(pen);
  const list = columns.map((column) => columnDefinition(pen, column, columns));
  return { sql: `${head} TABLE ${name} (${list.join(', ')})`, made: [{ name, columns }], gone: [] };
}

function plain(pen: Pen): readonly Column[] {
  return ['A', 'B', 'C'].map((name) => ({ name, type: typeOf(pen), hot: false }));
}

/** Columns that are sensitive by their names alone, whoever makes them and whatever they put there. */
function tagged({ chance }: Pen): readonly Column[] {
  // Where which values are equal shows, a guess tells most.
  const names = chance.happens(0.4)
    ? ['EMAIL']
    : ['EMAIL', 'PHONE', 'NATIONAL_ID', 'SSN', 'CARD_NUMBER', 'IBAN'];
  // What is written to a column of another type must fit there.
  const type = (): Type =>
    chance.happens(0.25) ? chance.pick(['number', 'date', 'truth', 'json'] as const) : 'text';
  const picked = chance.some(names, 1, 2).map((name) => ({ name, type: type(), hot: true }));
  return [{ name: 'ID', type: 'number', hot: false }, ...picked];
}

function insertion(
  pen: Pen,
  { name, columns }: Table,
  into: 'INSERT INTO' | 'INSERT OVERWRITE INTO',
): string {
  const { chance } = pen;
  const some = chance.happens(0.5) ? columns : chance.some(columns, 1, columns.length);
  const list =
    chance.happens(0.5) && some === columns ? '' : ` (${some.map((column) => column.name).join(', ')})`;
  const types = some.map(({ type }) => type);
  if (chance.happens(some.some(({ hot }) => hot) ? 0.5 : 0.3) && !types.includes('json')) {
    const given = some.map((column) => {
      // A guess of what others have there.
      pen.near = column.hot ? column.name : null;
      return literal(pen, column.type);
    });
    return `${into} ${name}${list} VALUES (${given.join(', ')})`;
  }
  return `${into} ${name}${list} ${query(pen, { scope: NOWHERE, place: 'output', depth: 3 }, { types }).sql}`;
}

/** Into several tables, by conditions. */
function insertionOfMany(pen: Pen, targets: readonly Table[]): string {
  const { chance } = pen;
  const source = chance.pick(pen.tables);
  const scope: Scope = {
    ...NOWHERE,
    columns: source.columns.map((column) => ({ ...column, ref: column.name })),
  };
  const into = () => {
    const target = chance.pick(targets);
    const picked = chance.some(target.columns, 1, 2);
    const values = picked.map(({ type }) => expression(pen, type, { scope, place: 'output', depth: 1 }));
    return `INTO ${target.name} (${picked.map(({ name }) => name).join(', ')}) VALUES (${values.join(', ')})`;
  };
  const when = () => `WHEN ${condition(pen, { scope, place: 'use', depth: 1 })} THEN ${into()}`;
  const from = `SELECT * FROM ${source.name}`;
  if (chance.happens(0.4)) return `INSERT ALL ${into()} ${into()} ${from}`;
  const otherwise = chance.happens(0.5) ? ` ELSE ${into()}` : '';
  return `INSERT ${chance.pick(['ALL', 'FIRST'])} ${when()} ${when()}${otherwise} ${from}`;
}

/** From columns of the same names: what looks there as it does here is copied unasked. */
function insertionByName(pen: Pen, target: Table): string {
  const { chance } = pen;
  const alike = pen.tables.filter(({ columns }) =>
    columns.some((column) => column.hot && named(target, column)),
  );
  if (alike.length === 0) return insertion(pen, target, 'INSERT INTO');
  const source = chance.pick(alike);
  const shared = source.columns.filter((column) => named(target, column));
  const picked = chance.some(shared, 1, 3);
  const values = picked.map((column) => {
    if (!column.hot || chance.happens(0.6)) return column.name;
    const own: Scope = { ...NOWHERE, columns: [{ ...column, ref: column.name }] };
    return expression(pen, 'text', { scope: own, place: 'output', depth: 2 });
  });
  pen.touched += 1;
  const into = chance.happens(0.2) ? 'INSERT OVERWRITE INTO' : 'INSERT INTO';
  return `${into} ${target.name} (${picked.map(({ name }) => name).join(', ')}) SELECT ${values.join(', ')} FROM ${source.name}`;
}

function named({ columns }: Table, { name }: Column): boolean {
  return columns.some((column) => column.name === name);
}

function update(pen: Pen, target: Table): string {
  const { chance } = pen;
  const changed = chance.some(target.columns, 1, 2);
  const set = changed.map(({ name, type }) => `${name} = ${expression(pen, type, of(target, 'output'))}`);
  const where = chance.happens(0.75) ? ` WHERE ${condition(pen, of(target, 'use'))}` : '';
  return `UPDATE ${target.name} SET ${set.join(', ')}${where}`;
}

function merge(pen: Pen, target: Table): string {
  const { chance } = pen;
  const source = chance.pick(pen.tables);
  const columns = [
    ...target.columns.map((column) => ({ ...column, ref: `T.${column.name}` })),
    ...source.columns.map((column) => ({ ...column, ref: `S.${column.name}` })),
  ];
  const scope: Scope = { ...NOWHERE, columns };
  const [key] = target.columns;
  const other = source.columns.find(({ type, hot }) => type === key?.type && !hot);
  const on =
    key !== undefined && other !== undefined
      ? `T.${key.name} = S.${other.name}`
      : condition(pen, { scope, place: 'use', depth: 1 });
  const set = chance.pick(target.columns);
  const value = expression(pen, set.type, { scope, place: 'output', depth: 1 });
  const when = chance.happens(0.3) ? ` AND ${condition(pen, { scope, place: 'use', depth: 1 })}` : '';
  return `MERGE INTO ${target.name} T USING ${source.name} S ON ${on} WHEN MATCHED${when} THEN UPDATE SET T.${set.name} = ${value} WHEN NOT MATCHED THEN INSERT (${set.name}) VALUES (${literal(pen, set.type)})`;
}

/** Names that change hands: what was sensitive must stay so. */
function alteration(pen: Pen, { name, columns }: Table): Change {
  const { chance } = pen;
  const [column] = chance.some(columns, 1, 1);
  const to = `SCRATCH.T${chance.between(1, 4)}`;
  return chance.weighed<Change>([
    [1, () => ({ sql: `ALTER TABLE ${name} RENAME TO ${to}`, made: [{ name: to, columns }], gone: [name] })],
    [1, () => swapped(pen, { name, columns }, to)],
    [1, () => ({ sql: `ALTER TABLE ${name} RENAME COLUMN ${column?.name} TO Q`, made: [], gone: [] })],
    [1, () => only(`ALTER TABLE ${name} DROP COLUMN ${column?.name}`)],
    [
      1,
      () =>
        only(
          `ALTER TABLE ${name} ADD COLUMN E VARCHAR${chance.happens(0.5) ? ` DEFAULT ${literal(pen, 'text')}` : ''}`,
        ),
    ],
    [0.5, () => only(`ALTER TABLE ${name} ADD COLUMN F NUMBER AUTOINCREMENT`)],
  ]);
}

function swapped({ tables }: Pen, { name, columns }: Table, to: string): Change {
  const other = tables.find((one) => one.name === to);
  const sql = `ALTER TABLE ${name} SWAP WITH ${to}`;
  return other === undefined
    ? only(sql)
    : {
        sql,
        made: [
          { name: to, columns },
          { ...other, name },
        ],
        gone: [],
      };
}

/** What fails, or makes other values, by the values that are there. */
function alterColumn(pen: Pen, { name, columns }: Table): string {
  const { chance } = pen;
  const sensitive = columns.filter(({ hot }) => hot);
  const column = chance.pick(sensitive.length > 0 && chance.happens(0.7) ? sensitive : columns);
  pen.touched += Number(column.hot);
  const alter = `ALTER TABLE ${name} ALTER COLUMN ${column.name}`;
  return chance.weighed<string>([
    [2, () => `${alter} SET NOT NULL`],
    [1, () => `${alter} DROP NOT NULL`],
    [2, () => `${alter} SET DATA TYPE ${columnType(chance, column.type)}`],
    [1, () => `${alter} SET DATA TYPE ${columnType(chance, typeOf(pen))}`],
    [0.5, () => `${alter} DROP DEFAULT`],
    [1, () => `ALTER TABLE ${name} ADD PRIMARY KEY (${column.name})`],
    [1, () => `ALTER TABLE ${name} ADD CONSTRAINT U UNIQUE (${column.name})`],
  ]);
}

function of({ columns }: Table, place: Spot['place']): Spot {
  const scope: Scope = { ...NOWHERE, columns: columns.map((column) => ({ ...column, ref: column.name })) };
  return { scope, place, depth: 2 };
}
