import type { Chance } from './chance.ts';
import { type Column, shopTables, type Table } from './shop-schema.ts';

/** A copy of columns as they are, that people may agree to: only the same values differ afterwards. */
export interface Copy {
  readonly sql: string;
  readonly table: Table;
}

export function copy(chance: Chance): Copy {
  return chance.happens(0.5) ? renamed(chance) : disguised(chance);
}

function renamed(chance: Chance): Copy {
  const source = chance.pick(shopTables.slice(0, 6));
  const picked = chance.some(source.columns, 2, 5);
  const columns = picked.map((column, index) => ({ ...column, name: `K${index + 1}` }));
  return copied(`SCRATCH.T${chance.between(1, 4)}`, source, picked, columns);
}

/** What looks like one of the shop's tables to whoever reads names alone, and holds what another has. */
function disguised(chance: Chance): Copy {
  const model = chance.pick(shopTables.slice(1, 6));
  const source = chance.pick([shopTables[0]!, shopTables[4]!]);
  const pairs = model.columns.flatMap((column) => {
    const fitting = source.columns.filter(({ type }) => type === column.type);
    return fitting.length === 0 ? [] : [{ from: chance.pick(fitting), to: column }];
  });
  const columns = pairs.map(({ from, to }) => ({ ...from, name: to.name }));
  return copied(
    `SCRATCH.${model.name}`,
    source,
    pairs.map(({ from }) => from),
    columns,
  );
}

function copied(name: string, source: Table, from: readonly Column[], columns: readonly Column[]): Copy {
  const list = from.map((column, index) => `${column.name} AS ${columns[index]!.name}`).join(', ');
  return {
    sql: `CREATE OR REPLACE TABLE ${name} AS SELECT ${list} FROM SHOP.PUBLIC.${source.name} WHERE ID < 20`,
    table: { name, columns },
  };
}
