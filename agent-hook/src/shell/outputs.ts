import { carriedIn, folded } from '../code/fold.ts';
import { asLetters, bytesOf, decoded, fromLetters } from '../encodings.ts';
import type { Surroundings } from '../surroundings.ts';
import { UNKNOWN } from './words.ts';

/**
 * What a command prints, for the few whose output follows from their words and their input alone; null for every other.
 * @param input what it is given on standard input, as far as it can be told.
 */
export function outputOf(
  argv: readonly string[],
  input: string | null,
  files: FilesRead,
  inflated: Surroundings['inflated'],
): string | null {
  const [name = '', ...words] = argv;
  const plain = name.replace(/^.*\//, '').replace(/^\\/, '');
  switch (plain) {
    case 'echo':
      return echo(words);
    case 'printf':
      return printf(words);
    case 'cat': {
      const paths = words.filter((word) => !word.startsWith('-'));
      return paths.length === 0 ? input : joined(paths.map(files));
    }
    case 'tee':
      return input;
    case 'dirname':
      return `${words.at(-1)?.replace(/\/?[^/]*\/?$/, '') || '.'}\n`;
    case 'basename':
      return `${words[0]?.replace(/\/$/, '').replace(/^.*\//, '') ?? ''}\n`;
    case 'ls':
      return `${words.filter((word) => !word.startsWith('-')).join('\n')}\n`;
    case 'pwd':
      return '.\n';
    case 'find':
    case 'fd':
      return `${foundBy(words)}\n`;
    // Alone, it prints what it is given, in one line.
    case 'xargs':
      return words.every((word) => word.startsWith('-'))
        ? (input?.trim().replace(/\s+/g, ' ') ?? null)
        : null;
    case 'base64':
    case 'base64url':
    case 'gbase64':
      return isDecoding(words) ? decodedInput(fed(words, input, files), 'base64') : null;
    case 'openssl':
      return /^(?:base64|enc)$/.test(words[0] ?? '') && words.includes('-d')
        ? decodedInput(fed([], input, files), 'base64')
        : null;
    case 'xxd':
      return words.some((word) => /^-[a-z]*r/.test(word))
        ? decodedInput(fed(words, input, files), 'hex')
        : null;
    case 'gunzip':
    case 'zcat':
    case 'gzip':
    case 'pigz':
    case 'unpigz':
    case 'zlib-flate':
    case 'zstd':
    case 'zstdcat':
    case 'brotli':
      return /cat$|^un|^gun/.test(plain) || isDecoding(words) || words.includes('-uncompress')
        ? unpacked(fed(words, input, files), inflated)
        : null;
    // Which of the texts in it, is not told.
    case 'jq':
    case 'yq':
    case 'gron':
      return textsIn(lastFile(words, files) ?? input);
    case 'python':
    case 'python3':
    case 'node':
    case 'perl':
    case 'ruby':
    case 'php':
    case 'lua':
      return printedBy(words, inflated);
    case 'rev':
      return input === null
        ? null
        : input
            .split('\n')
            .map((line) => line.split('').toReversed().join(''))
            .join('\n');
    case 'tr':
      return input === null ? null : translate(input, words);
    case 'which':
    case 'realpath':
    case 'readlink':
      return `${words.at(-1) ?? ''}\n`;
    case 'command':
    case 'type':
      return /^-[vpP]$/.test(words[0] ?? '') ? `${words[1] ?? ''}\n` : null;
    // All of it, where they print a part or change some of it.
    case 'head':
    case 'tail':
    case 'sort':
    case 'uniq':
    case 'tac':
    case 'nl':
    case 'sed':
    case 'grep':
    case 'cut':
    case 'awk':
    case 'fold':
    case 'fmt':
    case 'column':
    case 'dd':
    case 'pv':
    case 'iconv':
    case 'dos2unix':
    case 'sponge':
    case 'strings':
      return lastFile(words, files) ?? input;
    // As it is now.
    case 'git':
      return words[0] === 'show' || words[0] === 'cat-file'
        ? lastFile([words.at(-1)?.replace(/^[^:]*:/, '') ?? ''], files)
        : null;
    default:
      return null;
  }
}

export type FilesRead = (path: string) => string | null;

function echo(words: readonly string[]): string {
  const from = words.findIndex((word) => !/^-[neE]+$/.test(word));
  const flags = words.slice(0, from === -1 ? words.length : from).join('');
  const text = (from === -1 ? [] : words.slice(from)).join(' ');
  return `${flags.includes('e') ? unescaped(text) : text}\n`;
}

function printf([format = '', ...values]: readonly string[]): string | null {
  if (format === '--') return printf(values);
  if (format.startsWith('-v')) return null;
  const pieces: string[] = [];
  let rest = values;
  do {
    let used = 0;
    pieces.push(
      unescaped(format).replace(/%(%|-?\d*(?:\.\d+)?[sbdqcxX])/g, (_, kind: string) => {
        if (kind === '%') return '%';
        const value = rest[used] ?? '';
        used += 1;
        return kind.endsWith('b') ? unescaped(value) : value;
      }),
    );
    if (used === 0) break;
    rest = rest.slice(used);
  } while (rest.length > 0 && pieces.length < 1_000);
  return pieces.join('');
}

function unescaped(text: string): string {
  return text.replace(
    /\\(x[0-9a-f]{1,2}|u[0-9a-f]{4}|0?[0-7]{1,3}|[nrtabfv\\'"])/gi,
    (_, code: string): string => {
      if (/^[xu]/i.test(code)) return String.fromCharCode(parseInt(code.slice(1), 16));
      if (/^[0-7]/.test(code)) return String.fromCharCode(parseInt(code, 8));
      return { n: '\n', r: '\r', t: '\t' }[code] ?? (/[abfv]/.test(code) ? '' : code);
    },
  );
}

function isDecoding(words: readonly string[]): boolean {
  return words.some((word) => /^(?:-[a-z]*[dD][a-z]*|--d.*)$/.test(word));
}

/** Its input, or the file that its words name. */
function fed(words: readonly string[], input: string | null, files: FilesRead): string | null {
  const file = words.find((word) => !word.startsWith('-'));
  return file === undefined || file === '-' ? input : files(file);
}

function lastFile(words: readonly string[], files: FilesRead): string | null {
  const last = words.at(-1) ?? '';
  return words.length === 0 || last.startsWith('-') ? null : files(last);
}

/** A path that stands for whatever `find` finds. */
export function foundBy(words: readonly string[]): string {
  const [root = '.'] = words.filter((word) => !word.startsWith('-'));
  const name = words[words.findIndex((word) => /^-i?(?:name|path)$/.test(word)) + 1];
  const isNamed = words.some((word) => /^-i?(?:name|path)$/.test(word));
  return `${root.replace(/\/$/, '')}/${isNamed ? name!.replace(/^\*\//, '') : '*'}`;
}

function decodedInput(text: string | null, how: 'base64' | 'hex'): string | null {
  if (text === null || text.includes(UNKNOWN)) return null;
  const plain = decoded(text, how);
  // What is no text is handed on as its bytes: something may unpack it.
  return plain?.includes(UNKNOWN) === true ? asLetters(bytesOf(text, how)!) : plain;
}

function unpacked(text: string | null, inflated: Surroundings['inflated']): string | null {
  const bytes = text === null ? null : fromLetters(text);
  return bytes === null ? null : inflated(bytes);
}

/** The values of a text in JSON or YAML, a line for each. */
function textsIn(text: string | null): string | null {
  if (text === null) return null;
  const quoted = Array.from(text.matchAll(/"((?:[^"\\\n]|\\.){1,4000})"/g), ([, value = '']) =>
    unescaped(value),
  );
  const plain = Array.from(
    text.matchAll(/^[ \t-]*\w+:[ \t]*([^\s"'{[][^\n]*)$/gm),
    ([, value = '']) => value,
  );
  return [...quoted, ...plain].join('\n');
}

/** What a program on the command line may print: the texts in it. */
function printedBy(words: readonly string[], inflated: Surroundings['inflated']): string | null {
  const at = words.findIndex((word) => /^-[a-zA-Z]*[cerEp]$|^--(?:eval|print)$/.test(word));
  const program = at === -1 ? undefined : words[at + 1];
  if (program === undefined || program.length > 20_000) return null;
  const text = `${program}\n${folded(program)}`;
  const strings = Array.from(text.matchAll(/(["'`])((?:(?!\1)[^\\\n]|\\.){1,4000})\1/g), ([, , value = '']) =>
    unescaped(value),
  );
  return [...strings, ...carriedIn(text, inflated)].join('\n');
}

function translate(input: string, words: readonly string[]): string | null {
  const [first = '', second = ''] = words.filter((word) => !/^-[a-zA-Z]+$/.test(word));
  if (words.some((word) => /^-[a-zA-Z]*d/.test(word))) {
    const out = new Set(spread(first));
    return input
      .split('')
      .filter((letter) => !out.has(letter))
      .join('');
  }
  const [from, to] = [spread(first), spread(second)];
  if (to.length === 0) return input;
  const map = new Map(from.map((letter, index) => [letter, to[Math.min(index, to.length - 1)]!]));
  return input
    .split('')
    .map((letter) => map.get(letter) ?? letter)
    .join('');
}

function spread(set: string): readonly string[] {
  const named = set
    .replaceAll('[:upper:]', 'A-Z')
    .replaceAll('[:lower:]', 'a-z')
    .replaceAll('[:space:]', ' ');
  return unescaped(named)
    .replace(/([^\\])-([^\\])/g, (whole, low: string, high: string) => {
      const [start, end] = [low.charCodeAt(0), high.charCodeAt(0)];
      return end < start || end - start > 128
        ? whole
        : Array.from({ length: end - start + 1 }, (_, index) => String.fromCharCode(start + index)).join('');
    })
    .split('');
}

function joined(texts: readonly (string | null)[]): string | null {
  return texts.includes(null) ? null : texts.join('');
}
