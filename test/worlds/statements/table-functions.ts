import { expression, leaf } from './expressions.ts';
import { subquery } from './queries.ts';
import type { Relation } from './relations.ts';
import { choose, deeper, type Pen, type Spot, watching } from './scope.ts';
import { type Column, profilePaths } from './shop-schema.ts';

/** A table function's call, in one of its spellings. */
export function tableFunction(
  pen: Pen,
  spot: Spot,
  alias: string,
  how: 'lateral' | 'table' | 'alone',
): Relation {
  const { call, columns, hot } = choose<Made>(pen, [
    ['FLATTEN', 5, () => flatten(pen, spot)],
    ['SPLIT_TO_TABLE', 3, () => split(pen, spot, 'SPLIT_TO_TABLE')],
    ['SPLIT_TO_TABLE', 2, () => split(pen, spot, 'STRTOK_SPLIT_TO_TABLE')],
    ['GENERATOR', how === 'alone' ? 5 : 0.7, () => generator(pen, spot)],
  ]);
  const sql =
    how === 'lateral' && !call.startsWith('GENERATOR')
      ? `LATERAL ${call} ${alias}`
      : `TABLE(${call}) ${alias}`;
  return { sql, alias, columns: columns.map((column) => ({ ...column, hot })) };
}

interface Made {
  readonly call: string;
  readonly columns: readonly Omit<Column, 'hot'>[];
  readonly hot: boolean;
}

function flatten(pen: Pen, spot: Spot): Made {
  const { chance } = pen;
  const { text, hot } = watching(pen, () => input(pen, 'json', spot));
  const options = [
    chance.happens(0.25) ? `, OUTER => ${chance.pick(['TRUE', 'FALSE'])}` : '',
    chance.happens(0.25) ? `, RECURSIVE => ${chance.pick(['TRUE', 'TRUE', 'FALSE'])}` : '',
    chance.happens(0.25) ? `, PATH => '${chance.pick([...profilePaths.cold, ...profilePaths.hot])}'` : '',
    chance.happens(0.1) ? `, MODE => '${chance.pick(['OBJECT', 'ARRAY', 'BOTH'])}'` : '',
  ].join('');
  const given = options === '' && chance.happens(0.3) ? text : `INPUT => ${text}${options}`;
  return {
    call: `FLATTEN(${given})`,
    columns: [
      { name: 'SEQ', type: 'number' },
      { name: 'KEY', type: 'text' },
      { name: 'PATH', type: 'text' },
      { name: 'INDEX', type: 'number' },
      { name: 'VALUE', type: 'json' },
      { name: 'THIS', type: 'json' },
    ],
    hot,
  };
}

function split(pen: Pen, spot: Spot, name: string): Made {
  const { text, hot } = watching(pen, () => input(pen, 'text', spot));
  return {
    call: `${name}(${text}, ${pen.chance.pick(["'@'", "'.'", "'a'", "'1'", "','", "'-'", "' '"])})`,
    columns: [
      { name: 'SEQ', type: 'number' },
      { name: 'INDEX', type: 'number' },
      { name: 'VALUE', type: 'text' },
    ],
    hot,
  };
}

/** A column as it is, mostly: what is made of it has as many parts as it says. */
function input(pen: Pen, type: 'json' | 'text', spot: Spot): string {
  // How many parts there are tells of the whole, which nothing else of a statement does.
  const { output, use } = pen.heat;
  const hotter = { ...pen, heat: { output: Math.min(1, output * 1.3), use } };
  const text = pen.chance.happens(0.7) ? leaf(hotter, type, spot) : expression(hotter, type, deeper(spot));
  pen.touched = hotter.touched;
  return text;
}

/** As many rows as a number says, which a query may have found. */
function generator(pen: Pen, spot: Spot): Made {
  const { chance } = pen;
  const at = deeper(spot, { place: 'output' });
  const { text, hot } = watching(pen, () =>
    chance.weighed([
      [2, () => String(chance.between(1, 5))],
      [1, () => `LEAST(9, ${subquery(pen, ['number'], at).sql})`],
      [2, () => `LEAST(40, LENGTH(${subquery(pen, ['text'], at).sql}))`],
    ]),
  );
  return { call: `GENERATOR(ROWCOUNT => ${text})`, columns: [], hot };
}
