import type { Family } from './family.ts';
import type { ArgumentRole, FunctionKind, FunctionSignature } from './signature.ts';

/**
 * Reads the notation of the table: one function per line, written like the heading of a reference page.
 *
 *     UPPER(text): text                            takes text, returns text, and cannot fail
 *     SQRT(number!): float                         `!`  can fail because of the argument's value
 *     LTRIM(text, text?): text                     `?`  is optional
 *     COALESCE(common...): common                  `...`  one or more times;  `...?`  any number of times
 *     OBJECT_CONSTRUCT((text!, any)...?): variant  a group repeats as a whole
 *     DECODE(compared, (compared, common)..., common?): common
 *                                                  after a group: arguments left over when it no longer fits
 *     TO_CHAR(any) | (any!, text!): text           alternative lists for different numbers of arguments
 *     FLATTEN(INPUT => variant#, ...)              may be given by name or position; `#`  makes rows
 *     POW, POWER(number!, number!): float          several names; a line that ends in `,` continues
 *     -- why                                       a comment, to the end of the line
 *
 * An argument is written as what it takes (a family, `any`, `common`), what it does (`choice`, `compared`, `part`,
 * `lambda`), or both: `number part`. On its own, a `choice` takes a boolean, `compared` takes `common`, and a `part` or
 * `lambda` takes `any`.
 *
 * @throws when a line is not valid in this notation
 */
export function signatures(kind: FunctionKind, text: string): readonly FunctionSignature[] {
  return text
    .replace(/--.*$/gm, '')
    .replace(/,\s*\n\s*/g, ', ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .flatMap((line) => signaturesOf(kind, line));
}

/** The role of an argument that no list has a position for: anything may depend on it. */
const cautious: ArgumentRole = { takes: 'any', does: 'value', fails: true, rows: true };

interface Parameter {
  readonly name: string | null;
  readonly role: ArgumentRole;
  readonly optional: boolean;
}

/** A list of parameters: those before a repeating group, the group, and the arguments left over after it. */
interface Parameters {
  readonly before: readonly Parameter[];
  readonly group: readonly ArgumentRole[];
  readonly after: readonly Parameter[];
  readonly fewest: number;
  readonly most: number | null;
}

function signaturesOf(kind: FunctionKind, line: string): readonly FunctionSignature[] {
  const match = /^([A-Z0-9_$]+(?:, [A-Z0-9_$]+)*)(\(.*\)): ([a-z]+)$/.exec(line);
  if (match === null) throw new Error(`Not a function's signature: ${line}`);
  const [, names = '', lists = '', returns = ''] = match;
  if (!isReturned(returns)) throw new Error(`A function cannot return ${returns}: ${line}`);
  const overloads = lists.split(' | ').map((list) => parametersOf(list, line));
  const overlap = overloads.some((one, at) => overloads.slice(0, at).some((other) => fitsBoth(one, other)));
  if (overlap) throw new Error(`Two parameter lists accept the same number of arguments: ${line}`);
  const argument = (place: number, given: number) => {
    const list = overloads.find(({ fewest, most }) => given >= fewest && (most === null || given <= most));
    return list === undefined ? cautious : roleAt(list, place, given);
  };
  const shared = {
    kind,
    argument,
    named: namesOf(overloads, line),
    fewest: Math.min(...overloads.map(({ fewest }) => fewest)),
    most: overloads.some(({ most }) => most === null)
      ? null
      : Math.max(...overloads.map(({ most }) => most ?? 0)),
    returns,
  };
  return names.split(', ').map((name) => ({ name, ...shared }));
}

function fitsBoth(one: Parameters, other: Parameters): boolean {
  const most = Math.min(one.most ?? Infinity, other.most ?? Infinity);
  return Math.max(one.fewest, other.fewest) <= most;
}

function roleAt({ before, group, after }: Parameters, place: number, given: number): ArgumentRole {
  if (place < before.length) return before[place]!.role;
  if (group.length === 0) return cautious;
  const grouped = Math.floor((given - before.length) / group.length) * group.length;
  const beyond = place - before.length;
  return (beyond < grouped ? group[beyond % group.length] : after[beyond - grouped]?.role) ?? cautious;
}

function namesOf(overloads: readonly Parameters[], line: string): ReadonlyMap<string, ArgumentRole> {
  const named = overloads
    .flatMap(({ before, after }) => [...before, ...after])
    .flatMap(({ name, role }) => (name === null ? [] : [[name, role] as const]));
  const roles = new Map(named);
  if (roles.size !== named.length) throw new Error(`A name is used twice: ${line}`);
  return roles;
}

function parametersOf(list: string, line: string): Parameters {
  const inner = /^\((.*)\)$/.exec(list)?.[1];
  if (inner === undefined) throw new Error(`Not a parameter list: ${list} in ${line}`);
  const items = inner === '' ? [] : inner.split(/, (?![^()]*\))/);
  const repeats = items.filter((item) => /\.\.\.\??$/.test(item));
  const at = repeats.length === 0 ? items.length : items.indexOf(repeats[0]!);
  const before = items.slice(0, at).map((item) => parameterOf(item, line));
  const group = repeats.length === 0 ? [] : groupOf(items[at]!, line);
  const after = items.slice(at + 1).map((item) => parameterOf(item, line));
  const required = before.filter(({ optional }) => !optional).length;
  const isAmbiguous =
    repeats.length > 1 ||
    before.slice(0, required).some(({ optional }) => optional) ||
    (group.length > 0 && required < before.length) ||
    after.some(({ optional }) => !optional) ||
    after.length > Math.max(group.length - 1, 0);
  if (isAmbiguous) throw new Error(`The arguments are ambiguous: ${line}`);
  const isGroupNeeded = repeats.length > 0 && !repeats[0]!.endsWith('?');
  return {
    before,
    group,
    after,
    fewest: required + (isGroupNeeded ? group.length : 0),
    most: repeats.length > 0 ? null : before.length,
  };
}

function groupOf(item: string, line: string): readonly ArgumentRole[] {
  const one = item.replace(/\.\.\.\??$/, '');
  const inner = /^\((.*)\)$/.exec(one)?.[1];
  return (inner?.split(', ') ?? [one]).map((role) => roleOf(role, line));
}

function parameterOf(item: string, line: string): Parameter {
  const [, name, role = '', optional] = /^(?:([A-Z_]+) => )?([^?]*)(\?)?$/.exec(item) ?? [];
  return { name: name ?? null, role: roleOf(role, line), optional: optional !== undefined };
}

function roleOf(text: string, line: string): ArgumentRole {
  const match = /^([a-z]+)(?: ([a-z]+))?(!)?(#)?$/.exec(text);
  if (match === null) throw new Error(`Not an argument: ${text} in ${line}`);
  const [, first = '', second, fails, rows] = match;
  const does = second ?? first;
  const takes = second === undefined && isDone(first) ? TAKEN_ALONE[first] : first;
  if (!isTaken(takes)) throw new Error(`Not a kind of argument: ${first} in ${line}`);
  if (second !== undefined && !isDone(second))
    throw new Error(`Not an effect of an argument: ${second} in ${line}`);
  return {
    takes,
    does: isDone(does) ? does : 'value',
    fails: fails !== undefined,
    rows: rows !== undefined,
  };
}

const TAKEN_ALONE = { choice: 'boolean', compared: 'common', part: 'any', lambda: 'any' } as const;

const FAMILIES: Readonly<Record<Family, true>> = {
  text: true,
  number: true,
  boolean: true,
  time: true,
  binary: true,
  variant: true,
  geo: true,
  vector: true,
  unknown: true,
};

function isDone(word: string): word is keyof typeof TAKEN_ALONE {
  return Object.hasOwn(TAKEN_ALONE, word);
}

function isTaken(word: string): word is ArgumentRole['takes'] {
  return word === 'any' || word === 'common' || Object.hasOwn(FAMILIES, word);
}

function isReturned(word: string): word is FunctionSignature['returns'] {
  return ['common', 'first', 'integer', 'float'].includes(word) || Object.hasOwn(FAMILIES, word);
}
