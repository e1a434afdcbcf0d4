import type { Keyword } from '../keywords.ts';
import type { NumberLiteral, Words } from '../tree/names.ts';
import type { Option, OptionList, OptionValue } from '../tree/options.ts';
import { call } from './call.ts';
import {
  bind,
  booleanLiteral,
  nullLiteral,
  numberLiteral,
  sessionVariable,
  stringLiteral,
} from './literals.ts';
import { anyIdentifier, dynamicName, isDynamicName, stageReference, wordsOf } from './names.ts';
import {
  type Parser,
  Refusal,
  areWords,
  descend,
  eatSymbol,
  endOf,
  expectSymbol,
  isAnyWord,
  isSymbol,
  isWord,
  refuse,
  startOf,
  symbol,
  takeAnyWord,
  word,
} from './parser.ts';

/** Any number of options, with or without commas: `A = 1 B = (...) C = 'x'`. */
export function options(p: Parser): Option[] {
  const found: Option[] = [];
  while (isOption(p) || (isSymbol(p, ',') && isOption(p, 1))) {
    eatSymbol(p, ',');
    found.push(option(p));
  }
  refuseRepeats(found);
  return found;
}

/** `COMMENT 'x'`, `COMMENT = 'x'`. */
export function comment(p: Parser): Option {
  const name = wordsOf(p, 1);
  eatSymbol(p, '=');
  const value = stringLiteral(p);
  return { kind: 'option', start: name.start, end: value.end, name, value };
}

/** Refuses an option, flag or other clause that is given twice, since it is unclear which one is meant. */
export function refuseRepeats(items: readonly (Option | Words)[], keyOf = nameOf): void {
  const seen = new Set<string>();
  for (const item of items) {
    const key = keyOf(item);
    // A resource monitor may have any number of triggers: `ON 75 PERCENT DO ...`.
    if (key === 'ON') continue;
    if (seen.has(key)) throw new Refusal(item, `\`${key}\` is repeated`, []);
    seen.add(key);
  }
}

/** An option's name, or the words themselves. A string name is quoted, to distinguish it from words. */
function nameOf(item: Option | Words): string {
  if (item.kind === 'words') return item.text;
  return item.name.kind === 'words' ? item.name.text : `'${item.name.value}'`;
}

/** Whether `NAME =` is at the token `ahead`. */
export function isOption(p: Parser, ahead = 0): boolean {
  return isAnyWord(p, ahead) && isSymbol(p, '=', ahead + 1);
}

/** `NAME = value`. */
export function option(p: Parser): Option {
  const name = wordsOf(p, 1);
  expectSymbol(p, '=');
  return optionAfter(p, name);
}

/** An option whose name was already taken, with a single value: a comma separates it from the next option. */
export function singleOptionAfter(p: Parser, name: Option['name']): Option {
  const value = optionValue(p);
  return { kind: 'option', start: name.start, end: value.end, name, value };
}

/** An option whose name and equals sign, if any, were already taken, with one or more values. */
export function optionAfter(p: Parser, name: Option['name']): Option {
  const value = optionValues(p, name.kind === 'words' && PHRASE_OPTIONS.has(name.text));
  return { kind: 'option', start: name.start, end: endOf(p), name, value };
}

/** Options whose values are phrases: `OBJECT_TYPES = DATABASES, ACCOUNT PARAMETERS`. */
const PHRASE_OPTIONS: ReadonlySet<string> = new Set(['OBJECT_TYPES', 'ALLOWED_INTEGRATION_TYPES']);

/** Words followed by more words after dots, such as a class: `SNOWFLAKE.ML.FORECAST`. */
export function dottedWords(p: Parser, count: number): Words {
  const { start, text } = wordsOf(p, count);
  let whole = text;
  while (eatSymbol(p, '.')) whole += `.${takeAnyWord(p)}`;
  return { kind: 'words', start, end: endOf(p), text: whole };
}

/** One value, or several separated by commas without parentheses: `WAREHOUSES = a, b`. */
function optionValues(p: Parser, phrases: boolean): OptionValue {
  const start = startOf(p);
  const first = phrases ? phrase(p) : optionValue(p);
  const items = [first];
  while (continuesList(p, first)) {
    p.at++;
    items.push(phrases ? phrase(p) : optionValue(p));
  }
  if (items.length === 1) return first;
  return { kind: 'option_list', start, end: endOf(p), items };
}

/** Whether a comma is followed by another value, rather than another option. Only names and strings form such lists. */
function continuesList(p: Parser, first: OptionValue): boolean {
  if (!isSymbol(p, ',') || isOption(p, 1) || isSymbol(p, '(', 1)) return false;
  if (first.kind === 'string') return isSymbol(p, 'string', 1);
  return first.kind !== 'number' && first.kind !== 'boolean' && first.kind !== 'null';
}

function phrase(p: Parser): Words {
  const phrase = PHRASES.find((words) => areWords(p, ...words));
  return phrase === undefined ? refuse(p, 'an object type') : wordsOf(p, phrase.length);
}

/** The types of object that a replication or failover group lists. */
const PHRASES: readonly (readonly Keyword[])[] = [
  ['ACCOUNT', 'PARAMETERS'],
  ['DATABASES'],
  ['INTEGRATIONS'],
  ['NETWORK', 'POLICIES'],
  ['RESOURCE', 'MONITORS'],
  ['ROLES'],
  ['SHARES'],
  ['USERS'],
  ['WAREHOUSES'],
  ['API', 'INTEGRATIONS'],
  ['CATALOG', 'INTEGRATIONS'],
  ['EXTERNAL', 'ACCESS', 'INTEGRATIONS'],
  ['NOTIFICATION', 'INTEGRATIONS'],
  ['SECURITY', 'INTEGRATIONS'],
  ['STORAGE', 'INTEGRATIONS'],
];

export function optionValue(p: Parser): OptionValue {
  switch (symbol(p)) {
    case 'string':
    case 'dollars':
      return stringLiteral(p);
    case 'number':
      return numberLiteral(p);
    case '-':
      return negativeNumber(p);
    case 'variable':
      return sessionVariable(p);
    case ':':
    case '?':
      return bind(p);
    case 'stage':
      return stageReference(p);
    case '(':
      return optionList(p, '(', ')');
    case '[':
      return optionList(p, '[', ']');
    case 'word':
    case 'quoted':
      return namedValue(p);
    default:
      return refuse(p, 'a value');
  }
}

function negativeNumber(p: Parser): NumberLiteral {
  const start = startOf(p);
  expectSymbol(p, '-');
  const number = numberLiteral(p);
  return { ...number, start, text: `-${number.text}` };
}

function namedValue(p: Parser): OptionValue {
  switch (word(p)) {
    case 'TRUE':
      return booleanLiteral(p, true);
    case 'FALSE':
      return booleanLiteral(p, false);
    case 'NULL':
      return nullLiteral(p);
    default:
      break;
  }
  if (isDynamicName(p)) return dynamicName(p);
  const start = startOf(p);
  const parts = [anyIdentifier(p)];
  while (eatSymbol(p, '.')) parts.push(anyIdentifier(p));
  const name = { kind: 'qualified_name', start, end: endOf(p), parts, publicSchema: false } as const;
  return isSymbol(p, '(') ? call(p, name) : name;
}

/** Values or options in brackets, with or without commas. */
export function optionList(p: Parser, open: '(' | '[', close: ')' | ']'): OptionList {
  const start = startOf(p);
  descend(p);
  expectSymbol(p, open);
  const items: (OptionValue | Option)[] = [];
  while (!isSymbol(p, close)) {
    const item = listItem(p);
    items.push(item);
    // Only options may follow one another without a comma.
    if (eatSymbol(p, ',') || isSymbol(p, close)) continue;
    if (item.kind !== 'option' || !isListOption(p)) refuse(p, '`,`', `\`${close}\``);
  }
  p.at++;
  p.depth--;
  refuseRepeats(items.filter((item) => item.kind === 'option'));
  return { kind: 'option_list', start, end: endOf(p), items };
}

function isListOption(p: Parser): boolean {
  return isSymbol(p, '=', 1) || isSymbol(p, '=>', 1) || (isWord(p, 'COMMENT') && isSymbol(p, 'string', 1));
}

function listItem(p: Parser): OptionValue | Option {
  if (!isListOption(p)) return optionValue(p);
  const name = isSymbol(p, 'string') ? stringLiteral(p) : wordsOf(p, 1);
  if (!isSymbol(p, 'string')) p.at++;
  return singleOptionAfter(p, name);
}
