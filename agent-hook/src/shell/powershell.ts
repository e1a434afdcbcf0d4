import { DEEPEST, TooMuch } from '../budget.ts';
import { decoded } from '../encodings.ts';
import type { Finding } from '../finding.ts';
import { inside, type Looking, type Scope } from '../looking.ts';
import type { JudgeRun } from './read-shell.ts';
import { UNKNOWN } from './words.ts';

/**
 * Looks at the commands of a PowerShell text. It is read by its words: strings, backticks, variables and what is joined
 * with `+`; blocks and parentheses only part commands.
 *
 * @throws TooMuch
 */
export function readPowerShell(
  text: string,
  looking: Looking,
  scope: Scope,
  judge: JudgeRun,
): Finding | null {
  looking.budget.spend(text.length);
  if (scope.depth > DEEPEST) throw new TooMuch();
  const used = MAKES.test(text) ? looking.code(text.replaceAll('`', ''), inside(scope)) : null;
  if (used !== null) return used;
  let input: string | null = null;
  let listed: string | null = null;
  for (const { words, strings, isPiped } of commandsIn(
    withTables(withJoined(withReversed(text)), scope),
    scope,
  )) {
    const argv = words.flatMap((word) =>
      word === '&' || word === '.' ? [] : (splatted(word, scope) ?? [withSlashes(word)]),
    );
    const [name = '', ...rest] = argv;
    // Files that are listed into what reads them.
    if (isPiped && listed !== null && READS.test(name)) argv.push(listed);
    listed = LISTS.test(name) ? `${rest.find((word) => !word.startsWith('-')) ?? '.'}/*` : null;
    const finding =
      judge(
        {
          argv,
          assigned: assignedBy(argv, scope),
          input: isPiped ? input : null,
          expanded: argv.flatMap((word) => /^\$\{?env:(\w+)\}?$/i.exec(word)?.[1] ?? []),
          files: [],
        },
        looking,
        scope,
      ) ??
      encoded(argv, looking, scope) ??
      (/^(?:Invoke-Expression|iex)$/i.test(name)
        ? readPowerShell(
            [...rest, ...(isPiped && input !== null ? [input] : [])].join(' '),
            looking,
            inside(scope),
            judge,
          )
        : null) ??
      (/^(?:Start-Process|saps|start|Invoke-Command|icm|Start-Job)$/i.test(name)
        ? readPowerShell(
            rest
              .filter((word) => !word.startsWith('-'))
              .join(' ')
              .replaceAll(',', ' '),
            looking,
            inside(scope),
            judge,
          )
        : null);
    if (finding !== null) return finding;
    input = strings.length > 0 ? strings.join('\n') : null;
  }
  return null;
}

const LISTS = /^(?:Get-ChildItem|gci|ls|dir|Get-Item|gi|Resolve-Path)$/i;
const READS = /^(?:Get-Content|gc|cat|type|Copy-Item|cpi|copy|cp)$/i;

/** It makes objects of types, as a program does. */
const MAKES = /\bNew-Object\b|\]::(?:new|Load\w*|Create\w*)\b|\bAdd-Type\b/i;

/** `('a' + 'b')` is the text `'ab'`, wherever it stands, and `'a{0}' -f 'b'` is too. What calls with it still calls. */
function withJoined(text: string): string {
  return text
    .replace(FORMATTED, formatted)
    .replace(
      /(?<![\w\])])\(\s{0,8}((?:'[^'\n]{0,400}'|"[^"\n$]{0,400}")(?:\s{0,8}\+\s{0,8}(?:'[^'\n]{0,400}'|"[^"\n$]{0,400}")){0,40})\s{0,8}\)/g,
      (_, strings: string) =>
        `'${[...strings.matchAll(/'([^']*)'|"([^"]*)"/g)].map(([, a, b]) => a ?? b).join('')}'`,
    );
}

/** `-join $s[-1..-9]` and its like: a constant text, from its end. */
function withReversed(text: string): string {
  if (!/-join\b/i.test(text)) return text;
  const constants = new Map(
    Array.from(text.matchAll(/\$(\w{1,60})\s{0,8}=\s{0,8}['"]([^'"\n]{1,400})['"]/g), ([, name, value]) => [
      name!.toLowerCase(),
      value!,
    ]),
  );
  const reversed = (value: string): string => `'${value.split('').toReversed().join('')}'`;
  return text
    .replace(
      /-join\s{0,8}\(?\$(\w{1,60})\[\s{0,4}(?:-1\s{0,4}\.\.|\(?\s{0,4}\$\w{1,60}\.(?:Length|Count)\b)[^\]\n]{0,80}\]\)?/gi,
      (whole, name: string) => {
        const value = constants.get(name.toLowerCase());
        return value === undefined ? whole : reversed(value);
      },
    )
    .replace(
      /['"]([^'"\n]{1,400})['"]\[-1\.\.[^\]\n]{0,80}\]\s{0,8}-join\s{0,8}(?:''|"")/gi,
      (_, value: string) => reversed(value),
    );
}

const FORMATTED =
  /(?:'([^'\n]{0,400})'|"([^"\n$]{0,400})")\s{0,8}-f\s{1,8}((?:'[^'\n]{0,400}'|"[^"\n$]{0,400}")(?:\s{0,8},\s{0,8}(?:'[^'\n]{0,400}'|"[^"\n$]{0,400}")){0,20})/gi;

function formatted(_: string, single: string | undefined, double: string | undefined, given: string): string {
  const values = Array.from(given.matchAll(/'([^']*)'|"([^"]*)"/g), ([, a, b]) => a ?? b ?? '');
  return `'${(single ?? double ?? '').replace(/\{(\d)\}/g, (whole, place: string) => values[Number(place)] ?? whole)}'`;
}

/** `$name = @{ Key = 'value' }` and `$name = @('word')` are kept for `@name`, which hands them on as words. */
function withTables(text: string, { variables }: Scope): string {
  return text.replace(
    /\$([A-Za-z_]\w{0,60})\s{0,8}=\s{0,8}@(?:\{([^{}]{0,4000})\}|\(([^()]{0,4000})\))/g,
    (whole, name: string, table: string | undefined, list: string | undefined) => {
      const words =
        table === undefined
          ? Array.from((list ?? '').matchAll(/'([^']*)'|"([^"]*)"|([^\s,]+)/g), ([, a, b, c]) => a ?? b ?? c!)
          : Array.from(
              table.matchAll(/(\w+)\s*=\s*(?:'([^'\n]*)'|"([^"\n]*)"|([^;\n]+))/g),
              ([, key = '', a, b, c = '']) => [`-${key}`, a ?? b ?? c.trim()],
            ).flat();
      variables.set(`@${name.toLowerCase()}`, words.join('\0'));
      return whole;
    },
  );
}

/** A path as other systems write it. */
function withSlashes(word: string): string {
  return /^[\w.~:\uFFFD-]*(?:\\[\w.-]+)+$/.test(word) ? word.replaceAll('\\', '/') : word;
}

function splatted(word: string, { variables }: Scope): readonly string[] | null {
  const name = /^@([A-Za-z_]\w*)$/.exec(word)?.[1];
  return name === undefined ? null : (variables.get(`@${name.toLowerCase()}`)?.split('\0') ?? null);
}

function encoded(argv: readonly string[], looking: Looking, scope: Scope): Finding | null {
  for (const word of argv) {
    if (!/^[A-Za-z0-9+/]{16,}={0,2}$/.test(word)) continue;
    const text = decoded(word, 'base64');
    const found = text === null ? null : looking.powershell(text, inside(scope));
    if (found !== null) return found;
  }
  return null;
}

/** `$env:NAME = value`, and the other ways to set a variable of the environment. */
function assignedBy(
  [first = '', equals = '', ...rest]: readonly string[],
  { variables }: Scope,
): readonly [string, string][] {
  if (/^\[(?:System\.)?Environment\]::SetEnvironmentVariable$/i.test(first)) return [[equals, rest[0] ?? '']];
  if (/^(?:Set|New)-(?:Item|Content|Variable|ItemProperty)$|^(?:si|ni|sv|sc)$/i.test(first)) {
    const [place = '', value = ''] = [equals, ...rest].filter((word) => !/^-\w+$/.test(word));
    const name = /^env:[\\/]?(\w+)$/i.exec(place)?.[1];
    return name === undefined ? [] : [[name, value]];
  }
  const name = /^\$(?:env:)?([A-Za-z_]\w*)$/i.exec(first)?.[1];
  if (name === undefined || equals !== '=') return [];
  const value = rest.join(' ');
  variables.set(name.toLowerCase(), value);
  return /^\$env:/i.test(first) ? [[name, value]] : [];
}

interface Words {
  readonly words: readonly string[];
  /** Those that were in quotes. */
  readonly strings: readonly string[];
  readonly isPiped: boolean;
}

function* commandsIn(text: string, scope: Scope): Generator<Words> {
  let words: string[] = [];
  let strings: string[] = [];
  let word: string | null = null;
  let isPiped = false;
  const outer: Words[] = [];
  const end = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at]!;
    if (letter === '`') {
      at += 1;
      if (text[at] !== '\n') word = (word ?? '') + (text[at] ?? '');
    } else if (letter === "'" || letter === '"') {
      const close = closing(text, at);
      const inner = text.slice(at + 1, close).replaceAll(letter + letter, letter);
      const value = letter === '"' ? filled(inner, scope) : inner;
      word = (word ?? '') + value;
      strings.push(value);
      at = close;
    } else if (
      letter === '+' &&
      /^\s*['"$(]/.test(text.slice(at + 1, at + 8)) &&
      (word !== null || words.length > 0)
    ) {
      // What is joined is one word.
      word ??= words.pop() ?? '';
      while (/\s/.test(text[at + 1] ?? '')) at += 1;
    } else if (letter === '$' && /^\$\{?(?:env:)?[A-Za-z_]/i.test(text.slice(at))) {
      const [whole, name = ''] = /^\$\{?(?:env:)?([A-Za-z_]\w*)\}?/i.exec(text.slice(at, at + 100))!;
      const value = scope.variables.get(name.toLowerCase()) ?? scope.variables.get(name);
      const isSet = /^\s*=(?!=)/.test(text.slice(at + whole.length, at + whole.length + 8));
      word = (word ?? '') + (isSet ? whole : (value ?? UNKNOWN));
      at += whole.length - 1;
    } else if (/\s/.test(letter) && letter !== '\n') end();
    else if (letter === '(') {
      end();
      outer.push({ words, strings, isPiped });
      [words, strings, isPiped] = [[], [], false];
    } else if (letter === ')' && outer.length > 0) {
      end();
      if (words.length > 0) yield { words, strings, isPiped };
      // What is in parentheses is a word of what is around them, too.
      const around = outer.pop()!;
      const isNamed = /^(?:Get-Command|gcm)$/i.test(words[0] ?? '') && around.words.length > 0;
      words = [...around.words, ...(isNamed ? words.slice(1) : words)];
      strings = [...around.strings, ...strings];
      isPiped = around.isPiped;
    } else if (/[;\n|{}()&,]/.test(letter)) {
      end();
      if (letter === ',') continue;
      if (/[;\n]/.test(letter)) yield* outer.splice(0);
      if (words.length > 0) yield { words, strings, isPiped };
      isPiped = letter === '|' && text[at + 1] !== '|';
      // What is assigned is known to what comes after it.
      words = [];
      strings = [];
    } else if (letter === '=' && word !== null && word.startsWith('$')) {
      end();
      words.push('=');
    } else word = (word ?? '') + letter;
  }
  end();
  yield* outer;
  if (words.length > 0) yield { words, strings, isPiped };
}

function closing(text: string, at: number): number {
  const quote = text[at]!;
  for (let place = at + 1; place < text.length; place += 1) {
    if (quote === '"' && text[place] === '`') place += 1;
    else if (text[place] === quote && text[place + 1] === quote) place += 1;
    else if (text[place] === quote) return place;
  }
  return text.length;
}

function filled(text: string, { variables }: Scope): string {
  return text
    .replace(/`(.)/gs, '$1')
    .replace(
      /\$\{?(?:env:)?([A-Za-z_]\w*)\}?/gi,
      (_, name: string) => variables.get(name.toLowerCase()) ?? variables.get(name) ?? UNKNOWN,
    );
}
