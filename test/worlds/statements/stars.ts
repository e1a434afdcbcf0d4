import type { Query } from './queries.ts';
import type { From } from './relations.ts';
import { literal } from './literals.ts';
import type { Pen } from './scope.ts';

/** `SELECT *` in its forms: what comes out is what the relations have. */
export function starred(pen: Pen, { sql, columns, aliases }: From, where: string): Query {
  const { chance } = pen;
  const alias = chance.pick(aliases);
  const hot = columns.filter((column) => column.hot);
  if (hot.length > 0) pen.touched += 1;
  const own = columns.filter(({ ref, name }) => ref === name || ref.startsWith(`${alias}.`));
  const isOwn = chance.happens(0.5);
  const shown = isOwn ? own : columns;
  const star = isOwn ? `${alias}.*` : '*';
  const suffix =
    aliases.length > 1 || shown.length < 2
      ? ''
      : ending(
          pen,
          shown.map(({ name }) => name),
        );
  const count = columns.length === 0 || chance.happens(0.12);
  const item = count
    ? chance.pick(['COUNT(*) AS N', 'COUNT(DISTINCT *) AS N', `COUNT(${alias}.*) AS N`])
    : star + suffix;
  return {
    sql: `SELECT ${item} FROM ${sql}${where === '' ? '' : ` ${where}`}`,
    columns: count
      ? [{ name: 'N', type: 'number', hot: hot.length > 0 }]
      : suffix === ''
        ? shown.filter(({ name }, index) => shown.findIndex((one) => one.name === name) === index)
        : shown.filter(({ name }) => !suffix.includes(name)),
  };
}

function ending(pen: Pen, names: readonly string[]): string {
  const { chance } = pen;
  const name = chance.pick(names);
  return chance.weighed<string>([
    [5, () => ''],
    [1, () => ` EXCLUDE (${name})`],
    [1, () => ` RENAME (${name} AS ${pen.fresh('Z')})`],
    [1, () => ` REPLACE (${literal(pen, 'text')} AS ${name})`],
    [0.5, () => " ILIKE '%I%'"],
  ]);
}
