import type { Form } from '../form.ts';
import type { Group, Setting } from './block.ts';
import { type Token, tokensOf } from './tokens.ts';

interface Bracket {
  readonly mark: string;
  readonly callee: string;
  readonly path: readonly string[];
  readonly own: Setting[];
  readonly calls: Setting[];
  /** Texts that stand in it one after the other, as `Map.of` has them. */
  position: number;
}

/**
 * What has a name and a value in a program, in JSON and in HCL: arguments by name, entries of objects, variables, and pairs
 * that are handed to calls. Those within one pair of brackets stand together.
 */
export function readBrackets(text: string, form: Form): readonly Group[] {
  const tokens = tokensOf(text, form);
  const top = bracket('', '', []);
  const all = [top];
  const open = [top];
  tokens.forEach((token, index) => {
    const around = open.at(-1)!;
    if (token.type === 'mark' && '([{'.includes(token.value)) {
      // Nobody nests so deep: what is deeper stands with what is around it.
      if (open.length > DEEPEST) {
        open.push(around);
        return;
      }
      const callee = token.value === '{' ? '' : calleeOf(tokens, index);
      const key = keyBefore(tokens, index);
      const opened = bracket(
        token.value,
        callee === '' && token.value === '{'
          ? `${blockName(tokens, index)}${around.callee}`.slice(0, 200)
          : callee,
        key === null ? around.path : [...around.path, key],
      );
      all.push(opened);
      open.push(opened);
    } else if (token.type === 'mark' && ')]}'.includes(token.value)) {
      if (open.length > 1) open.pop();
    } else if (token.type === 'mark' && token.value === ',') around.position += 1;
    else if (token.type !== 'mark') {
      const named = namedAt(tokens, index, text, form);
      // `settings["password"] = ...` is said of what stands before the brackets.
      const isIndexed = tokens[index + 1]?.value === ']';
      if (named !== null) (isIndexed ? (open.at(-2) ?? top) : around).own.push(named);
      const handed = handedAt(tokens, index, around, text, form);
      if (handed !== null) (open.at(-2) ?? top).calls.push(handed);
    }
  });
  return all.flatMap(({ mark, callee, path, own, calls }) => [
    ...(own.length === 0
      ? []
      : [
          {
            form,
            path,
            callee,
            style: mark === '(' ? 'arguments' : mark === '' ? 'variables' : 'entries',
            settings: own,
          } as const,
        ]),
    ...(calls.length === 0 ? [] : [{ form, path, callee: '', style: 'calls', settings: calls } as const]),
  ]);
}

const DEEPEST = 60;

function bracket(mark: string, callee: string, path: readonly string[]): Bracket {
  return { mark, callee, path, own: [], calls: [], position: 0 };
}

/** `snowflake.connector.connect` before its `(`. */
function calleeOf(tokens: readonly Token[], index: number): string {
  let from = index;
  while (from > 0 && index - from < 12) {
    const before = tokens[from - 1]!;
    if (before.type === 'word' || (before.type === 'mark' && /^[.:!]$/.test(before.value))) from -= 1;
    else break;
  }
  return tokens
    .slice(from, index)
    .map(({ value }) => value)
    .join('')
    .slice(-200);
}

/** `sf.Config` before a Go struct's `{`, `provider "snowflake"` before HCL's; with what it is handed to after it. */
function blockName(tokens: readonly Token[], index: number): string {
  const before = tokens.slice(Math.max(0, index - 4), index);
  if (before.at(-1)?.type === 'word' || before.at(-1)?.type === 'text')
    return `${before.map(({ value }) => value.slice(0, 60)).join('')} `;
  return '';
}

function keyBefore(tokens: readonly Token[], index: number): string | null {
  const [key, mark] = [tokens[index - 2], tokens[index - 1]];
  return key !== undefined && key.type !== 'mark' && mark?.type === 'mark' && /^(?::|=|=>)$/.test(mark.value)
    ? key.value
    : null;
}

/** `name = value`, `"name": value`, `name: Type = value`, `settings["name"] = value`. */
function namedAt(tokens: readonly Token[], index: number, text: string, form: Form): Setting | null {
  const name = tokens[index]!;
  let at = index + 1;
  if (name.type === 'text' && tokens[at]?.value === ']' && tokens[at + 1]?.value === '=') at += 1;
  const mark = tokens[at];
  if (mark?.type !== 'mark' || !/^(?:=|:|=>|:=)$/.test(mark.value)) return null;
  // `a ? b : c` and labels are no settings; nor is what a colon of Python ends.
  if (mark.value === ':' && tokens[at + 1]?.type === 'word' && tokens[at + 2]?.value === '=') at += 2;
  return settingFrom(name, tokens, at + 1, text, form);
}

const HANDS =
  /^(?:put|putIfAbsent|setProperty|setdefault|option|options|set|config|configs|add|Add|of|entry|property|setenv|Setenv|set_param)$/;

/** `put("name", value)`, `.option("name", value)`, `Map.of("name", value, ...)`, `setName(value)`. */
function handedAt(
  tokens: readonly Token[],
  index: number,
  around: Bracket,
  text: string,
  form: Form,
): Setting | null {
  const token = tokens[index]!;
  const method = /(?:^|[.:])(\w+)$/.exec(around.callee)?.[1] ?? '';
  const before = tokens[index - 1];
  if (around.mark !== '(' || before?.type !== 'mark' || !'(,'.includes(before.value)) return null;
  const setter = /^set([A-Z]\w{2,60})$/.exec(method)?.[1];
  if (setter !== undefined && setter !== 'Property' && around.position === 0)
    return settingFrom({ ...token, value: setter, end: token.start }, tokens, index, text, form);
  if (token.type !== 'text' || !HANDS.test(method) || tokens[index + 1]?.value !== ',') return null;
  return around.position % 2 === 1 ? null : settingFrom(token, tokens, index + 2, text, form);
}

function settingFrom(
  name: Token,
  tokens: readonly Token[],
  from: number,
  text: string,
  form: Form,
): Setting | null {
  let at = from;
  // Python's `f"..."`, C#'s `$"..."` and `@"..."`, Go's `&Config`.
  while (
    tokens[at] !== undefined &&
    tokens[at + 1]?.start === tokens[at]!.end &&
    tokens[at + 1]!.type === 'text' &&
    /^(?:[bfru]{1,2}|\$|@|s)$/i.test(tokens[at]!.value)
  )
    at += 1;
  const value = tokens[at];
  if (value === undefined) return null;
  const start = tokens[from]!.start;
  if (value.type === 'text') {
    const range = { start: value.start + value.opening, end: value.end - value.closing };
    const isJoined = /^(?:\+|%|\.)$/.test(tokens[at + 1]?.value ?? '') && form !== 'json';
    return {
      name: name.value,
      value: value.isFilled ? null : unescaped(value.value),
      at: range,
      whole: { start: name.start, end: isJoined ? endOfValue(tokens, at, text) : value.end },
    };
  }
  const end = endOfValue(tokens, at, text);
  return { name: name.value, value: null, at: { start, end }, whole: { start: name.start, end } };
}

/** Up to the comma, the bracket or the line's end that ends a value. */
function endOfValue(tokens: readonly Token[], from: number, text: string): number {
  let depth = 0;
  let end = tokens[from]!.start;
  for (let at = from; at < tokens.length && at < from + 30; at += 1) {
    const { type, value, start } = tokens[at]!;
    if (depth === 0 && at > from && text.slice(end, start).includes('\n') && !/^[.+]$/.test(value)) break;
    if (type === 'mark' && '([{'.includes(value)) depth += 1;
    if (type === 'mark' && ')]}'.includes(value)) {
      depth -= 1;
      if (depth < 0) break;
    }
    if (depth === 0 && type === 'mark' && /^[,;]$/.test(value)) break;
    end = tokens[at]!.end;
  }
  return end;
}

function unescaped(value: string): string {
  return value.replace(/\\n/g, '\n').replace(/\\(["'\\/])/g, '$1');
}
