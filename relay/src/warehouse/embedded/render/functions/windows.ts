import { unsupported } from '../../errors.ts';
import { divide } from '../arithmetic.ts';
import { once } from '../once.ts';
import { renderWindow } from '../windows.ts';
import type { Rendered } from './arguments.ts';

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
};
