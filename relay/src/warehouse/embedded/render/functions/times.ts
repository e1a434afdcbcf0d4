import { dateAdd, dateDiff, dateTrunc, partOf } from '../date-parts.ts';
import { asScalar, castTo } from '../casts.ts';
import type { Arguments, Rendered } from './arguments.ts';

export const times: Readonly<Record<string, Rendered>> = {
  DATEADD: (args) => added(args),
  TIMESTAMPADD: (args) => added(args),
  TIMEADD: (args) => added(args),
  DATEDIFF: (args) => apart(args),
  TIMESTAMPDIFF: (args) => apart(args),
  TIMEDIFF: (args) => apart(args),
  DATE_TRUNC: (args) => dateTrunc(args.place.rendering, args.literal(0), time(args, 1)),
  DATE_PART: (args) => `date_part('${partOf(args.literal(0))}', ${time(args, 1)})`,
  MINUTE: (args) => `date_part('minute', ${time(args, 0)})`,
  DAYOFWEEK: (args) => `date_part('dow', ${time(args, 0)})`,
  DAYOFYEAR: (args) => `date_part('doy', ${time(args, 0)})`,
  WEEKOFYEAR: (args) => `date_part('week', ${time(args, 0)})`,
  DAYNAME: (args) => `strftime(${time(args, 0)}, '%a')`,
  MONTHNAME: (args) => `strftime(${time(args, 0)}, '%b')`,
  ADD_MONTHS: (args) => `CAST(${time(args, 0)} + to_months(CAST(${args.number(1)} AS INTEGER)) AS DATE)`,
  MONTHS_BETWEEN: (args) =>
    `date_diff('month', CAST(${time(args, 1)} AS TIMESTAMP), CAST(${time(args, 0)} AS TIMESTAMP))`,
  CURRENT_TIMESTAMP: () => 'now()',
  SYSDATE: () => 'CAST(now() AS TIMESTAMP)',
  GETDATE: () => 'now()',
  LOCALTIMESTAMP: () => 'now()',
  CURRENT_DATE: () => 'current_date',
  CURRENT_TIME: () => 'CAST(now() AS TIME)',
};

function added(args: Arguments): string {
  return dateAdd(args.place.rendering, args.literal(0), args.number(1), time(args, 2));
}

function apart(args: Arguments): string {
  return dateDiff(args.literal(0), time(args, 1), time(args, 2));
}

/** A text in the place of a time: Snowflake reads it as a timestamp. */
function time(args: Arguments, index: number): string {
  const expression = args.expression(index);
  const family = args.place.rendering.types.familyOf(expression);
  return family === 'text' || family === 'variant'
    ? castTo(args.place, expression, 'TIMESTAMP')
    : asScalar(args.place, expression);
}
