import type { ExecuteObject } from '../tree/admin.ts';
import type { Option, OptionValue } from '../tree/options.ts';
import { objectName, wordsOf } from './names.ts';
import { isOption, option, optionValue } from './options.ts';
import {
  type Parser,
  eatWord,
  endOf,
  expectWord,
  isAnyWord,
  isName,
  isSymbol,
  isWord,
  optionalItems,
  refuse,
  startOf,
} from './parser.ts';

/** `EXECUTE TASK t`, `EXECUTE ALERT a`, `EXECUTE NOTEBOOK n('x')`, `EXECUTE JOB SERVICE ...`, `EXECUTE DBT PROJECT ...`. */
export function executeObject(p: Parser): ExecuteObject {
  const start = startOf(p);
  expectWord(p, 'EXECUTE');
  const what = target(p);
  const name = what !== 'job_service' && (isName(p) || isWord(p, 'IDENTIFIER')) ? objectName(p) : null;
  const args = isSymbol(p, '(') ? optionalItems(p, p.grammar.expression) : [];
  const options: (Option | OptionValue)[] = [];
  while (isAnyWord(p) || isSymbol(p, 'stage') || isSymbol(p, 'string') || isSymbol(p, 'dollars')) {
    if (isOption(p)) options.push(option(p));
    else options.push(isAnyWord(p) ? wordsOf(p, 1) : optionValue(p));
  }
  return { kind: 'execute_object', start, end: endOf(p), what, name, arguments: args, options };
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
