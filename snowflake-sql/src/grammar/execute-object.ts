import type { ExecuteObject } from '../tree/admin.ts';
import type { Option, OptionValue } from '../tree/options.ts';
import { objectName, wordsOf } from './names.ts';
import { stringLiteral } from './literals.ts';
import { isOption, option, optionValue, refuseRepeats } from './options.ts';
import {
  type Parser,
  areWords,
  eatWord,
  endOf,
  expectWord,
  isAnyWord,
  isSymbol,
  isWord,
  optionalItems,
  refuse,
  startOf,
} from './parser.ts';

/** `EXECUTE` of a task (`TASK t`), an alert, a notebook (`NOTEBOOK n('x')`), a job service or a dbt project. */
export function executeObject(p: Parser): ExecuteObject {
  const start = startOf(p);
  expectWord(p, 'EXECUTE');
  const what = target(p);
  const name = what === 'job_service' ? null : objectName(p);
  const args = isSymbol(p, '(') ? optionalItems(p, p.grammar.expression) : [];
  const options = what === 'task' ? taskOptions(p) : openOptions(p, what);
  refuseRepeats(options.filter((item) => item.kind === 'option' || item.kind === 'words'));
  return { kind: 'execute_object', start, end: endOf(p), what, name, arguments: args, options };
}

/** `RETRY LAST`, `RETRY GRAPH RUN GROUP 'id'`, `USING CONFIG = '{}'`. */
function taskOptions(p: Parser): (Option | OptionValue)[] {
  if (areWords(p, 'RETRY', 'LAST')) return [wordsOf(p, 2)];
  if (areWords(p, 'RETRY', 'GRAPH', 'RUN', 'GROUP')) return [wordsOf(p, 4), stringLiteral(p)];
  if (!isWord(p, 'USING')) return [];
  const using = wordsOf(p, 1);
  return isOption(p) ? [using, option(p)] : refuse(p, 'an option');
}

/** The options of notebooks, jobs and projects, whose forms are not listed. An alert has none. */
function openOptions(p: Parser, what: ExecuteObject['what']): (Option | OptionValue)[] {
  const options: (Option | OptionValue)[] = [];
  if (what === 'alert') return options;
  while (isAnyWord(p) || isSymbol(p, 'stage') || isSymbol(p, 'string') || isSymbol(p, 'dollars')) {
    if (isOption(p)) options.push(option(p));
    else options.push(isAnyWord(p) ? wordsOf(p, 1) : optionValue(p));
  }
  return options;
}

function target(p: Parser): ExecuteObject['what'] {
  if (eatWord(p, 'TASK')) return 'task';
  if (eatWord(p, 'ALERT')) return 'alert';
  if (isWord(p, 'JOB')) {
    p.at++;
    expectWord(p, 'SERVICE');
    return 'job_service';
  }
  if (
    eatWord(p, 'DBT') ||
    eatWord(p, 'DCM') ||
    (isWord(p, 'NOTEBOOK') && isWord(p, 'PROJECT', 1) && eatWord(p, 'NOTEBOOK'))
  ) {
    expectWord(p, 'PROJECT');
    return 'project';
  }
  if (eatWord(p, 'NOTEBOOK')) return 'notebook';
  return refuse(p, '`IMMEDIATE`', '`TASK`', '`ALERT`', '`NOTEBOOK`', '`JOB SERVICE`', '`DBT PROJECT`');
}
