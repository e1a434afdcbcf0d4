import { decoded } from '../encodings.ts';
import { UNKNOWN } from './words.ts';

/**
 * What a command prints, for the few whose output follows from their words and their input alone; null for every other.
 * @param input what it is given on standard input, as far as it can be told.
 */
export function outputOf(argv: readonly string[], input: string | null, files: FilesRead): string | null {
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

function decodedInput(text: string | null, how: 'base64' | 'hex'): string | null {
  return text === null || text.includes(UNKNOWN) ? null : decoded(text, how);
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
