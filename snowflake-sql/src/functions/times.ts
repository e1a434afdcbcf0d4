import { signatures } from './notation.ts';

/** Reading a field of a time always succeeds; a time computed from another may be out of range. */
export const TIMES = signatures(
  'scalar',
  `
  DATEADD, TIMEADD, TIMESTAMPADD(part, number!, time!): time
  DATEDIFF, TIMEDIFF, TIMESTAMPDIFF(part, time!, time!): integer
  ADD_MONTHS(time!, number!): time
  MONTHS_BETWEEN(time!, time!): float
  TIME_SLICE(time!, number!, part, part?): time
  -- Where a month, a quarter or a week begins or ends may lie beyond the first or the last date that there is.
  DATE_TRUNC(part, time!): time
  DATE_PART(part, time!): integer
  LAST_DAY(time!, part?): time
  WEEK, WEEKOFYEAR, WEEKISO, YEAROFWEEK, YEAROFWEEKISO(time!): integer
  NEXT_DAY, PREVIOUS_DAY(time!, text!): time
  YEAR, QUARTER, MONTH, DAY, DAYOFMONTH, DAYOFWEEK, DAYOFWEEKISO, DAYOFYEAR, HOUR, MINUTE, SECOND(time): integer
  DAYNAME, MONTHNAME(time): text
  DATE_FROM_PARTS, DATEFROMPARTS(number!, number!, number!): time
  TIME_FROM_PARTS, TIMEFROMPARTS(number!, number!, number!, number!?): time
  TIMESTAMP_FROM_PARTS, TIMESTAMPFROMPARTS, TIMESTAMP_NTZ_FROM_PARTS, TIMESTAMPNTZFROMPARTS, TIMESTAMP_LTZ_FROM_PARTS,
    TIMESTAMPLTZFROMPARTS, TIMESTAMP_TZ_FROM_PARTS,
    TIMESTAMPTZFROMPARTS(time!, time!) | (number!, number!, number!, number!, number!, number!, number!?, text!?): time
  CONVERT_TIMEZONE(text!, time!) | (text!, text!, time!): time
  `,
);
