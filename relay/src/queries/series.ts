import { SluiceError } from '../errors.ts';
import type { Binds } from '../warehouse/index.ts';

/** One statement of a series, with the values that are its own. */
export interface SeriesPart {
  readonly sql: string;
  readonly binds: Binds;
}

/**
 * The statements of one request, which share its binds: each `?` takes the next value, as Snowflake counts them through all
 * of the text. A bind that is named, or numbered in the text, means the same in every statement. Errors: `request_unsupported`
 * for batches, which a driver makes for one statement.
 *
 * @param statements - each with how many `?` it has.
 */
export function seriesOf(
  statements: readonly { readonly sql: string; readonly places: number }[],
  binds: Binds,
): readonly SeriesPart[] {
  if (Object.values(binds).some(({ value }) => Array.isArray(value))) {
    throw new SluiceError('request_unsupported', 'a batch of binds with several statements is not accepted', {
      advice: 'send the statements one by one',
    });
  }
  let before = 0;
  return statements.map(({ sql, places }) => {
    const from = before;
    before += places;
    return { sql, binds: places === 0 ? binds : bindsFrom(binds, from) };
  });
}

/** Without the first ones, which earlier statements have taken. */
function bindsFrom(binds: Binds, from: number): Binds {
  return Object.fromEntries(
    Object.entries(binds).flatMap(([name, bind]) => {
      const place = Number(name);
      if (!Number.isInteger(place)) return [[name, bind]];
      return place > from ? [[String(place - from), bind]] : [];
    }),
  );
}
