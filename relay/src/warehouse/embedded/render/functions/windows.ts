import { unsupported } from '../../errors.ts';
import { divide } from '../arithmetic.ts';
import { once } from '../once.ts';
import { renderWindow } from '../windows.ts';
import type { Arguments, Rendered } from './arguments.ts';

/** Functions of a window that DuckDB has under no name. A window inside another is no SQL: nothing doubles here. */
export const windowFunctions: Readonly<Record<string, Rendered>> = {
  RATIO_TO_REPORT: (args) => {
    const { call, place } = args;
    if (call.over === null) throw unsupported('RATIO_TO_REPORT without OVER');
    const value = args.number(0);
    const all = `sum(${value}) ${renderWindow(call.over, place)}`;
    return once(place.rendering, [value, all], (one, total) =>
      divide(place, one, `nullif(${total}, 0)`, place.rendering.types.of(call)),
    );
  },
  CONDITIONAL_TRUE_EVENT: (args) => {
    const { call, place } = args;
    if (call.over === null) throw unsupported('CONDITIONAL_TRUE_EVENT without OVER');
    return `sum(CASE WHEN ${args.value(0)} THEN 1 ELSE 0 END) ${renderWindow(call.over, place, 'ROWS UNBOUNDED PRECEDING')}`;
  },
  // As Snowflake defines it: CONDITIONAL_TRUE_EVENT(value <> LAG(value) OVER (...)) OVER (...).
  CONDITIONAL_CHANGE_EVENT: (args) => {
    const { call, place } = args;
    if (call.over === null) throw unsupported('CONDITIONAL_CHANGE_EVENT without OVER');
    if (place.scope.inner === null) throw unsupported('CONDITIONAL_CHANGE_EVENT of rows that are grouped');
    const value = args.value(0);
    const before = place.scope.inner(`lag(${value}) ${renderWindow(call.over, place)}`);
    return `sum(CASE WHEN ${value} <> ${before} THEN 1 ELSE 0 END) ${renderWindow(call.over, place, 'ROWS UNBOUNDED PRECEDING')}`;
  },
  INTERPOLATE_FFILL: (args) => filled(args, 'last_value', 'UNBOUNDED PRECEDING AND CURRENT ROW'),
  INTERPOLATE_BFILL: (args) => filled(args, 'first_value', 'CURRENT ROW AND UNBOUNDED FOLLOWING'),
};

/** The nearest value of the rows on one side that is not NULL. */
function filled(args: Arguments, name: string, rows: string): string {
  const { call, place } = args;
  if (call.over === null) throw unsupported(`${call.name.name} without OVER`);
  return `${name}(${args.value(0)} IGNORE NULLS) ${renderWindow(call.over, place, `ROWS BETWEEN ${rows}`)}`;
}
