import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  folded,
  inSingleQuotes,
  joined,
  memberShown,
  numberedLines,
  personShown,
  quoted,
  revealed,
  shortened,
  shown,
  word,
} from './index.ts';

/** Whatever would not be seen, or change how the rest is. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;
const LINK = /:\/\/|\bwww\.|\b(?:mailto|javascript):|[\p{L}\p{N}]\.\p{L}{2,}(?::\d+)?\//iu;

/** What `quoted` promises: a JSON string, but for `\u{...}` and `\'`. */
function read(text: string): string {
  const inside = /^"((?:[^"\\]|\\.)*)"$/su.exec(text)?.[1];
  if (inside === undefined) throw new Error(`not in quotation marks: ${text}`);
  return inside.replaceAll(/\\(?:u\{([0-9A-F]+)(?: × (\d+))?\}|(.))/gsu, (_, code, count, other) =>
    code === undefined
      ? ({ n: '\n', r: '\r', t: '\t' }[other as string] ?? other)
      : String.fromCodePoint(Number.parseInt(code, 16)).repeat(Number(count ?? 1)),
  );
}

const PARTS = `" \\ ' / : // . www. a com u{20} n ” × … 漢 א mailto`
  .split(' ')
  .concat([
    '\n',
    '\r\n',
    ' ',
    '    ',
    '\t',
    '| ',
    '\u202e',
    '\u0301',
    '\u0336',
    '\u{e0041}',
    '\ud800',
    '\udc00',
  ]);

/** Of any UTF-16 units, and of those that matter here. */
const anyText = fc.oneof(
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
    .map((units) => String.fromCharCode(...units)),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.constantFrom(...PARTS), { maxLength: 60 }).map((parts) => parts.join('')),
);

describe('a text of somebody else in a sentence', () => {
  it.each([
    ['Grace Hopper', '"Grace Hopper"'],
    ['O\'Brien "Bob" C:\\x', '"O\'Brien \\"Bob\\" C:\\\\x"'],
    ["'' ”", '"\'\\\' \\u{201D}"'],
    ['a\nb\r\n\tc', '"a\\nb\\r\\n\\tc"'],
    ['\u202e\u0000\u{e0041}\ud800', '"\\u{202E}\\u{0}\\u{E0041}\\u{D800}"'],
    [`1${' '.repeat(3000)}OR 1=1`, '"1\\u{20 × 3000}OR 1=1"'],
    ['https://evil.example/x', '"https:\\/\\/evil.example\\/x"'],
    ['www.evil.example mailto:a@b.c', '"www\\u{2E}evil.example mailto\\u{3A}a@b.c"'],
    ['\t.example/x', '"\\t.example\\/x"'],
    ['2/3 a/b c.id 1.5/2 @stage/x', '"2/3 a/b c.id 1.5/2 @stage/x"'],
    ['é e\u0301 Nguyễn', '"é e\u0301 Nguyễn"'],
    ['', '""'],
  ])('%j', (text, expected) => {
    expect(quoted(text)).toBe(expected);
  });

  it('can be read back, shows all there is, and is no link: whatever it is', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const whole = quoted(text, { most: Number.POSITIVE_INFINITY });
        expect(read(whole)).toBe(text);
        expect(whole).not.toMatch(HIDDEN);
        expect(whole).not.toMatch(LINK);
        expect(whole).not.toMatch(/\p{M}{4}|"\p{M}/u);
      }),
      { numRuns: 3_000 },
    );
  });

  it('is shortened to what it may have, with a count of the rest', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 20, max: 80 }), fc.boolean(), (text, most, end) => {
        const short = quoted(text, { most, end });
        const [, head = '', left = '', tail] =
          /^("(?:[^"\\]|\\.)*")(?: \(… ([\d,]+) (?:more characters?|characters? left out …)\)(?: (".*"))?)?$/su.exec(
            short,
          ) ?? [];
        const [first, last] = [read(head), tail === undefined ? '' : read(tail)];
        expect(text.startsWith(first) && text.endsWith(last)).toBe(true);
        const rest = Array.from(text).length - Array.from(first).length - Array.from(last).length;
        expect(Number(left.replaceAll(',', ''))).toBe(rest);
        expect(head.length + (tail?.length ?? 0)).toBeLessThanOrEqual(most + 4);
        expect(tail === undefined).toBe(rest === 0 || !end);
      }),
      { numRuns: 3_000 },
    );
  });

  it('keeps the end of what is long where that is asked for', () => {
    const sql = `DELETE FROM t WHERE id = 1${' AND 1=1'.repeat(500)} OR 1=1`;
    expect(quoted(sql, { most: 60, end: true })).toBe(
      '"DELETE FROM t WHERE id = 1 AND 1=1 AND 1" (… 3,973 characters left out …) "D 1=1 AND 1=1 OR 1=1"',
    );
    expect(quoted('a'.repeat(3), { most: 2 })).toBe('"aa" (… 1 more character)');
  });
});

it.each([
  ['ORDERS', "'ORDERS'"],
  ['"a"', `'"a"'`],
  ['T."a".B', `'T."a".B'`],
  ['"a b"', '"\\"a b\\""'],
  [`"a'"`, quoted(`"a'"`)],
  ['"a"."b', '"\\"a\\".\\"b"'],
  ['a.www.evil."x"', '"a.www\\u{2E}evil.\\"x\\""'],
  [`"${'x'.repeat(99)}"`, `"\\"${'x'.repeat(99)}\\""`],
])('in Snowflake’s wording, %j stands as %s', (text, expected) => {
  expect(inSingleQuotes(text)).toBe(expected);
});

describe('a word', () => {
  it.each([
    ['grace', 'grace'],
    ['grace.h+x@example.com', 'grace.h+x@example.com'],
    ['SHOP.PUBLIC.ORDERS', 'SHOP.PUBLIC.ORDERS'],
    ['two words', '"two words"'],
    ['Risk:', '"Risk:"'],
    ['a/b', '"a/b"'],
    ['www.evil.example', '"www\\u{2E}evil.example"'],
    ['grа', '"grа"'],
    ['-x', '"-x"'],
    ['', '""'],
    ['x'.repeat(101), `"${'x'.repeat(101)}"`],
  ])('%j', (text, expected) => {
    expect(word(text)).toBe(expected);
  });

  it('is quoted where it could say something', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const said = word(text, { most: Number.POSITIVE_INFINITY });
        expect(said === text ? /^[\w$.@+-]+$/.test(said) && !LINK.test(said) : read(said) === text).toBe(
          true,
        );
      }),
    );
  });
});

it('shows people with what they cannot choose', () => {
  const eve = { name: 'Grace H." (grace', subject: 'eve', issuer: 'https://id.example/realms/x/' };
  expect(personShown(eve)).toBe('"Grace H.\\" (grace" (eve at id.example/realms/x)');
  expect(memberShown({ ...eve, name: 'Eve', groups: ['dev', 'night shift'] })).toBe(
    '"Eve" (eve at id.example/realms/x, in dev, "night shift")',
  );
  expect(memberShown({ ...eve, name: 'Eve', groups: [] })).toContain('in no groups');
  expect(personShown({ ...eve, issuer: 'https://id.example) approved (x' })).toContain(
    'at "id.example) approved (x"',
  );
});

describe('a sentence of ours', () => {
  it('takes shown texts, numbers and words of a closed list, and no others', () => {
    const effect = 'ask' as 'ask' | 'block';
    expect(shown`${quoted('a')} and ${2}: ${effect}`).toBe('"a" and 2: ask');
    const foreign = 'x' as string;
    // @ts-expect-error a text of which nothing is known
    expect(shown`${foreign}`).toBe('x');
    // @ts-expect-error the same among others
    expect(joined([quoted('a'), foreign], ', ')).toBe('"a", x');
  });

  it('that came from elsewhere stays as it is, and can do nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = revealed(text);
        expect(once).not.toMatch(HIDDEN);
        expect(revealed(once)).toBe(once);
        const ours = quoted(text);
        expect(revealed(ours)).toBe(ours);
      }),
    );
  });

  it('says so where it is cut', () => {
    expect(shortened(shown`short`, 50)).toBe('short');
    const cut = shortened(quoted('x'.repeat(100)), 60);
    expect(cut).toMatch(/^"x+ \(… cut here; open it in Sluice to read all\)$/);
    expect(cut).toHaveLength(60);
  });

  it('is folded so that only the first line begins at the margin', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 30, max: 80 }), (text, width) => {
        const lines = folded(shown`Who: ${quoted(text.repeat(5))}`, width);
        expect(lines.every((line) => line.length <= width)).toBe(true);
        expect(lines.slice(1).every((line) => /^(?: {4}| {2}: )/.test(line))).toBe(true);
        const [first = '', ...rest] = lines;
        const joined = [first, ...rest.map((line) => line.slice(4))].join('');
        expect(joined.replaceAll(' ', '')).toBe(`Who: ${quoted(text.repeat(5))}`.replaceAll(' ', ''));
      }),
    );
  });
});

it('goes on with a colon within quotation marks, and only there', () => {
  const text = `${'x '.repeat(33)}Held by: rule none`;
  expect(
    folded(shown`Who: ${quoted(text)} asks for something that takes a second line and then a third one`),
  ).toEqual([
    `Who: "${'x '.repeat(33)}Held`.trimEnd(),
    '  : by: rule none" asks for something that takes a second line and then a',
    '    third one',
  ]);
});

describe('a longer text on lines of its own', () => {
  it('numbers them, and shows where one goes on', () => {
    const sql = `SELECT 1\r\n\tFROM "T"\n${'x'.repeat(75)}\n`;
    expect(numberedLines(sql)).toEqual([
      '    1 | SELECT 1',
      '    2 |     FROM "T"',
      `    3 | ${'x'.repeat(70)}`,
      '      : xxxxx',
      '    4 |',
    ]);
  });

  it('counts blanks that would push something out of sight', () => {
    expect(numberedLines(`WHERE id = 1${' '.repeat(3000)}OR 1=1`)).toEqual([
      '    1 | WHERE id = 1\\u{20 × 3000}OR 1=1',
    ]);
    expect(numberedLines(`${'\t'.repeat(100)}OR 1=1`).join('\n')).toContain('\\u{9 × 60}OR 1=1');
  });

  it('leaves the middle out, and says how much', () => {
    const sql = Array.from({ length: 100 }, (_, index) => `line ${index + 1}`).join('\n');
    expect(numberedLines(sql, { most: 6 })).toEqual([
      ...[1, 2, 3, 4].map((number) => `    ${number} | line ${number}`),
      '      … 748 characters are left out here …',
      '   99 | line 99',
      '  100 | line 100',
    ]);
  });

  it('begins no line with anything of the text, whatever it is', () => {
    fc.assert(
      fc.property(anyText, fc.option(fc.integer({ min: 6, max: 12 })), (text, most) => {
        const lines = numberedLines(text.repeat(4), most === null ? {} : { most });
        for (const line of lines) {
          expect(line).toMatch(/^(?: {0,4}\d+ \|| {6}:| {6}… [\d,]+ characters are left out here …$)/);
          expect(line).not.toMatch(HIDDEN);
          expect(line).not.toMatch(LINK);
          expect(line.length).toBeLessThanOrEqual(8 + 160);
        }
        expect(lines.length).toBeLessThanOrEqual(most === null ? Infinity : most + 1);
      }),
      { numRuns: 2_000 },
    );
  });
});
