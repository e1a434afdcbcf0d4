/** Where in a YAML text somebody writes. */
export interface YamlPlace {
  /** The keys that lead there; `ITEM` for an item of a list. With a value, its own key is the last. */
  readonly path: readonly string[];
  readonly writes: 'key' | 'value';
  /** Where the word begins that is being written. */
  readonly from: number;
  /** What stands beside it in the same mapping: keys with the text of their values. */
  readonly beside: ReadonlyMap<string, string>;
}

export const ITEM = '[]';

/**
 * Found by indentation, and on the line itself by brackets, so that it holds for a text that is not whole. It is for help while
 * writing: what a text means, the relay says.
 *
 * @returns null within a comment.
 */
export function placeAt(text: string, offset: number): YamlPlace | null {
  const lines = text.split('\n');
  let start = 0;
  let at = 0;
  while (at < lines.length - 1 && start + lines[at]!.length < offset) {
    start += lines[at]!.length + 1;
    at += 1;
  }
  const before = lines[at]!.slice(0, offset - start);
  if (/(^|\s)#/.test(withoutQuoted(before))) return null;
  const line = readLine(before);
  const flow = readFlow(line.rest);
  const from = offset - flow.word.length;
  const own = line.key === null ? [] : [line.key];
  if (flow.path !== null) {
    return {
      path: [...pathTo(lines, at, line), ...own, ...flow.path],
      writes: flow.writes,
      from,
      beside: flow.beside,
    };
  }
  return {
    path: [...pathTo(lines, at, line), ...own],
    writes: line.key === null ? 'key' : 'value',
    from,
    beside: line.key === null ? neighbours(lines, at, line.column) : new Map(),
  };
}

interface Line {
  /** Of its dashes, from left to right. */
  readonly dashes: readonly number[];
  /** Of its key, or of where one would be. */
  readonly column: number;
  readonly key: string | null;
  /** Behind the key. */
  readonly rest: string;
}

function readLine(text: string): Line {
  let column = /^ */.exec(text)![0].length;
  const dashes: number[] = [];
  for (let dash; (dash = /^-( +|$)/.exec(text.slice(column))) !== null;) {
    dashes.push(column);
    column += dash[0].length;
  }
  const [, quoted, plain, rest] =
    /^(?:(?:"([^"]*)"|'[^']*'|([^\s{}[\],#'":][^{}[\],#]*?))\s*:(?:\s+|$))(.*)$/s.exec(text.slice(column)) ??
    [];
  if (rest === undefined) return { dashes, column, key: null, rest: text.slice(column) };
  const key = quoted ?? plain ?? /'([^']*)'/.exec(text.slice(column))![1]!;
  return { dashes, column, key, rest };
}

/** The keys above that a line is below. */
function pathTo(lines: readonly string[], at: number, { dashes, column }: Line): readonly string[] {
  const path: string[] = [];
  let limit = column;
  /** The items of a list may stand as far to the left as its key. */
  let isItem = false;
  const below = (dashed: readonly number[]) => {
    for (const dash of dashed.toReversed()) {
      if (dash >= limit) continue;
      path.unshift(ITEM);
      limit = dash;
      isItem = true;
    }
  };
  below(dashes);
  for (let index = at - 1; index >= 0 && (limit > 0 || isItem); index -= 1) {
    const text = withoutQuoted(lines[index]!).replace(/(^|\s)#.*$/, '');
    if (text.trim() === '') continue;
    const line = readLine(lines[index]!);
    if (
      line.key !== null &&
      (line.column < limit || (isItem && line.dashes.length === 0 && line.column === limit))
    ) {
      path.unshift(line.key);
      limit = line.column;
      isItem = false;
    }
    below(line.dashes);
  }
  return path;
}

/** The other keys of a block's mapping. */
function neighbours(lines: readonly string[], at: number, column: number): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const step of [-1, 1]) {
    for (let index = at + step; index >= 0 && index < lines.length; index += step) {
      if (lines[index]!.trim() === '') continue;
      const line = readLine(lines[index]!);
      const begins = line.dashes[0] ?? line.column;
      // An item of the list begins with its dash; the next one is another mapping.
      if (line.column === column && line.key !== null && !(step === 1 && line.dashes.length > 0)) {
        found.set(line.key, line.rest.trim());
      }
      if (begins < column) break;
    }
  }
  return found;
}

interface Flow {
  /** Null outside of all brackets. */
  readonly path: readonly string[] | null;
  readonly writes: 'key' | 'value';
  readonly word: string;
  readonly beside: ReadonlyMap<string, string>;
}

/** Brackets on one line, as far as it is written: `{ method: partial, keep_`. */
function readFlow(text: string): Flow {
  const open: { readonly type: '{' | '['; key: string | null; readonly beside: Map<string, string> }[] = [];
  let word = '';
  let quote = '';
  const end = () => {
    const top = open.at(-1);
    if (top?.type === '{' && top.key !== null) top.beside.set(top.key, word.trim());
    word = '';
    if (top !== undefined) top.key = null;
  };
  for (let index = 0; index < text.length; index += 1) {
    const letter = text[index]!;
    const top = open.at(-1);
    if (quote !== '') {
      if (letter === quote) quote = '';
      else word += letter;
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '{' || letter === '[') {
      open.push({ type: letter, key: null, beside: new Map() });
      word = '';
    } else if (letter === '}' || letter === ']') {
      end();
      open.pop();
    } else if (letter === ',' && top !== undefined) end();
    else if (
      letter === ':' &&
      top?.type === '{' &&
      top.key === null &&
      /^(\s|$)/.test(text.slice(index + 1))
    ) {
      top.key = word.trim();
      word = '';
    } else word += letter;
  }
  const top = open.at(-1);
  const path = open.flatMap(({ type, key }) => (type === '[' ? [ITEM] : key === null ? [] : [key]));
  return {
    path: top === undefined ? null : path,
    writes: top?.type === '{' && top.key === null ? 'key' : 'value',
    word: word.trimStart(),
    beside: top?.beside ?? new Map(),
  };
}

/** As long as it was. */
function withoutQuoted(text: string): string {
  return text.replace(/"[^"]*"|'[^']*'/g, (quoted) => '_'.repeat(quoted.length));
}
