import type { SessionParameters } from '../../session-state.ts';
import { parameterOf } from '../parameters/parameters.ts';

/*
 * What depends on WEEK_START and WEEK_OF_YEAR_POLICY (Snowflake's documentation: Calendar weeks and weekdays). A value is
 * written several times: it is to be something short.
 */

/** The day on which the week begins that a day is in. */
export function weekOf(parameters: SessionParameters, day: string): string {
  const start = parameterOf(parameters, 'WEEK_START');
  if (start <= 1) return `date_trunc('week', ${day})`;
  return `(date_trunc('day', ${day}) - to_days(CAST((isodow(${day}) - ${start} + 7) % 7 AS INTEGER)))`;
}

/** 0 to 6 from Sunday on, or 1 to 7 from the first day of the week on. */
export function dayOfWeek(parameters: SessionParameters, day: string): string {
  const start = parameterOf(parameters, 'WEEK_START');
  return start === 0 ? `date_part('dow', ${day})` : `((isodow(${day}) - ${start} + 7) % 7 + 1)`;
}

export function weekOfYear(parameters: SessionParameters, day: string): string {
  if (isIso(parameters)) return `date_part('week', ${day})`;
  if (parameterOf(parameters, 'WEEK_OF_YEAR_POLICY') === 0)
    return `((dayofyear(${middleOf(parameters, day)}) - 1) // 7 + 1)`;
  const first = `date_trunc('year', ${day})`;
  return `(date_diff('day', ${weekOf(parameters, first)}, ${weekOf(parameters, day)}) // 7 + 1)`;
}

export function yearOfWeek(parameters: SessionParameters, day: string): string {
  if (isIso(parameters)) return `date_part('isoyear', ${day})`;
  return parameterOf(parameters, 'WEEK_OF_YEAR_POLICY') === 0
    ? `year(${middleOf(parameters, day)})`
    : `year(${day})`;
}

function isIso(parameters: SessionParameters): boolean {
  return parameterOf(parameters, 'WEEK_OF_YEAR_POLICY') === 0 && parameterOf(parameters, 'WEEK_START') <= 1;
}

/** A week is of the year in which most of its days are: that of the fourth. */
function middleOf(parameters: SessionParameters, day: string): string {
  return `(${weekOf(parameters, day)} + to_days(3))`;
}
