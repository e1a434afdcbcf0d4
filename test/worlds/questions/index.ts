import { analyst } from './analyst.ts';
import { checks } from './checks.ts';
import { dates } from './dates.ts';
import { documents } from './documents.ts';
import { joins } from './joins.ts';
import { morning } from './morning.ts';
import { people } from './people.ts';
import type { Question } from './question.ts';
import { reports } from './reports.ts';
import { sums } from './sums.ts';
import { tables } from './tables.ts';
import { windows } from './windows.ts';
import { work } from './work.ts';

/** What honest people ask of the shop. */
export const everydayQuestions: readonly Question[] = [
  ...tables,
  ...sums,
  ...joins,
  ...dates,
  ...windows,
  ...people,
  ...documents,
  ...work,
  ...checks,
  ...reports,
  ...analyst,
  ...morning,
];
