import { bytesOf, decoded } from '../encodings.ts';
import type { Surroundings } from '../surroundings.ts';

/**
 * A program's text with what it puts together from constants put together: pieces of strings that are joined, escapes,
 * character codes, variables that hold a constant. A reading for recognition, not one that would run.
 */
export function folded(code: string): string {
  const constants = constantsIn(code);
  return joined(
    code
      .replace(/\\x([0-9a-f]{2})|\\u\{?([0-9a-f]{4})\}?/gi, (_, byte?: string, unit?: string) =>
        String.fromCharCode(parseInt(byte ?? unit ?? '', 16)),
      )
      .replace(
        /\bchr\(\s*(\d{2,3}|0x[0-9a-f]{2})\s*\)/gi,
        (_, number: string) => `'${String.fromCharCode(Number(number))}'`,
      )
      .replace(
        /String\.fromCharCode\(([\d,\s]{2,2000})\)/g,
        (_, numbers: string) => `'${String.fromCharCode(...numbers.split(',').map(Number))}'`,
      )
      .replace(
        /bytes\(\[([\d,\s]{2,2000})\]\)/g,
        (_, numbers: string) => `'${String.fromCharCode(...numbers.split(',').map(Number))}'`,
      )
      .replace(
        /(['"])([^'"\n]{2,200})\1\s*\[\s*::\s*-1\s*\]/g,
        (_, quote: string, text: string) => `${quote}${reversed(text)}${quote}`,
      )
      .replace(
        /(['"])([^'"\n]{2,200})\1\s*\.split\(\s*(?:''|"")\s*\)\s*\.reverse\(\)\s*\.join\(\s*(?:''|"")\s*\)/g,
        (_, quote: string, text: string) => `${quote}${reversed(text)}${quote}`,
      )
      .replace(/(['"])\1\s*\.join\(\s*\[([^\]]{2,1000})\]\s*\)/g, (_, quote: string, list: string) =>
        joinedList(list, quote),
      )
      .replace(
        /(['"])([^'"\n]{0,8})\1\s*\.join\(\s*[[(]([^\])]{2,1000})[\])]\s*\)/g,
        (_, quote: string, glue: string, list: string) => joinedList(list, quote, glue),
      )
      .replace(
        /\[([^\]\n]{2,1000})\]\s*\.join\(\s*(['"])([^'"\n]{0,8})\2\s*\)/g,
        (_, list: string, quote: string, glue: string) => joinedList(list, quote, glue),
      ),
    constants,
  );
}

/** Texts that a program carries in an encoding, or packed: what they say, where they are long enough to say something. */
export function carriedIn(code: string, inflated: Surroundings['inflated']): readonly string[] {
  const found: string[] = [];
  for (const [, text = ''] of code.matchAll(/['"`]([A-Za-z0-9+/_=\s-]{12,20000})['"`]/g)) {
    for (const how of ['base64', 'hex'] as const) {
      const plain = decoded(text, how);
      if (plain !== null && isText(plain)) found.push(plain);
      else if (plain !== null && PACKED.test(code)) {
        const inner = inflated(bytesOf(text, how)!);
        if (inner !== null && isText(inner)) found.push(inner);
      }
    }
    if (found.length >= 8) break;
  }
  if (/rot.?13/i.test(code)) found.push(rotated(code));
  return found;
}

const PACKED = /zlib|gzip|inflate|gunzip|decompress|uncompress|brotli|zstd|deflate/i;

function isText(text: string): boolean {
  return text.length >= 8 && !/[\p{Cc}\uFFFD]/u.test(text.replace(/\s/g, ''));
}

function rotated(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

function reversed(text: string): string {
  return text.split('').toReversed().join('');
}

function joinedList(list: string, quote: string, glue = ''): string {
  const items = [...list.matchAll(/(['"`])([^'"`\n]*)\1/g)].map(([, , item]) => item!);
  return `${quote}${items.join(glue)}${quote}`;
}

/** Variables that are given one constant text. */
function constantsIn(code: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name, , value] of code.matchAll(
    /(?<![\w.])([A-Za-z_$][\w$]{0,60})\s*=\s*(['"`])([^'"`\\\n$]{1,200})\2/g,
  )) {
    found.set(name!, value!);
    if (found.size >= 200) break;
  }
  return found;
}

function joined(code: string, constants: ReadonlyMap<string, string>): string {
  // `'a' + b` and `b + 'a'` with a known `b`; `{b}` and `${b}` in templates; then `'a' + 'b'` and `'a' 'b'`.
  const known = code
    .replace(
      /(?<=\+\s*)([A-Za-z_$][\w$]*)(?![\w(.[])|(?<![\w.$])([A-Za-z_$][\w$]*)(?=\s*\+)/g,
      (name: string) => {
        const value = constants.get(name);
        return value === undefined ? name : `'${value}'`;
      },
    )
    // The same with PHP's and Perl's full stop, and where a list or a call is given the variable.
    .replace(
      /(?<=['"\w]\s{0,4}\.\s{0,4})(\$[A-Za-z_]\w*)|(\$[A-Za-z_]\w*)(?=\s{0,4}\.\s{0,4}['"$])|(?<=[[(,]\s{0,40})([A-Za-z_$][\w$]*)(?=\s{0,40}[,\])])/g,
      (name: string) => {
        const value = constants.get(name);
        return value === undefined ? name : `'${value}'`;
      },
    )
    .replace(/"[^"\n]{1,400}"/g, (text) =>
      text.replace(/\$[A-Za-z_]\w*/g, (name) => constants.get(name) ?? name),
    )
    .replace(/[$#]?\{\s*([A-Za-z_$][\w$]*)\s*\}/g, (whole, name: string) => constants.get(name) ?? whole);
  let text = known;
  for (let round = 0; round < 2; round += 1)
    text = text.replace(/(['"`])\s*(?:\+|\.\.?|\|\||&)\s*(?:[fbru]{0,2})(['"`])/g, '');
  return `${text}\n${known.replace(/(['"])[ \t]+[fbru]{0,2}(['"])/g, '')}`;
}
