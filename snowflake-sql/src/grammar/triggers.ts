import type { Option } from '../tree/options.ts';
import { wordsOf } from './names.ts';
import { optionValue } from './options.ts';
import { type Parser, expectWord, isWord, refuse } from './parser.ts';

/** `TRIGGERS ON 75 PERCENT DO SUSPEND ...` of a resource monitor. */
export function triggers(p: Parser): Option[] {
  expectWord(p, 'TRIGGERS');
  const found = [trigger(p)];
  while (isWord(p, 'ON')) found.push(trigger(p));
  return found;
}

function trigger(p: Parser): Option {
  if (!isWord(p, 'ON')) expectWord(p, 'ON');
  const name = wordsOf(p, 1);
  const value = optionValue(p);
  expectWord(p, 'PERCENT');
  expectWord(p, 'DO');
  if (!TRIGGERED.some((each) => isWord(p, each))) refuse(p, ...TRIGGERED.map((each) => `\`${each}\``));
  const action = wordsOf(p, 1);
  const { start } = value;
  const both = { kind: 'option_list', start, end: action.end, items: [value, action] } as const;
  return { kind: 'option', start: name.start, end: action.end, name, value: both };
}

const TRIGGERED = ['NOTIFY', 'SUSPEND', 'SUSPEND_IMMEDIATE'] as const;
