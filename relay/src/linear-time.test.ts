import { describe, expect, it } from 'vitest';
import { boundsOf, isWithin } from './approval/grant-bounds.ts';
import { deleteRequest, person } from './approval/testing.ts';
import { readClaims } from './identity/claims.ts';
import { readQueryTag } from './listeners/snowflake/query-tag.ts';
import { storedName } from './listeners/snowflake/stored-name.ts';
import { DETECTORS } from './masking/detectors/index.ts';
import { encodeRows } from './encoding/index.ts';
import { compileMasks, type MaskingPolicy } from './masking/index.ts';
import { findWrittenBack } from './masking/written-back.ts';
import { carriedTags } from './policy/carried.ts';
import { anyExactGlob, columnPattern, glob, objectPattern } from './policy/patterns.ts';
import { copy, dml, policyOf, statement } from './policy/statement-fixtures.ts';
import { formatIdentifier, parse } from '@sluice/snowflake-sql';
import { folded, numberedLines, quoted, revealed } from './text/index.ts';
import { wildcard } from './wildcard.ts';

/**
 * Whatever runs over text that a client or a policy author chose takes time linear in its length. Each subject is
 * given inputs made against it, four times as long each time, up to a mebibyte: a quadratic one takes sixteen
 * times as long each time, a linear one four.
 */
const SIZES = [4, 16, 64, 256, 1_024].map((kib) => kib * 1_024);
/** Far from 4 and from 16, so that a busy machine does not matter. */
const MOST_GROWTH = 10;
/** What takes less than this many milliseconds is too short to be compared, and short enough. */
const SHORT = 40;

interface Subject {
  readonly name: string;
  /** Answers what is to be timed, for an input of so many characters. */
  readonly make: (length: number) => () => unknown;
}

function repeated(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

const keys = { token: new Uint8Array(32) };
const writes = { family: 'dml', name: 'update' } as const;
const column = { name: 'C', nullable: true, precision: null, scale: null, length: null } as const;

/** A cell masked as a result's would be. */
function masked(policy: MaskingPolicy, type: 'text' | 'variant', cell: string) {
  const plan = { encoding: 'json', columns: [{ ...column, type }], masks: [{ output: 0, policy }] } as const;
  const bytes = encodeRows([[cell]]);
  return async () => {
    const mask = await compileMasks(plan, keys);
    expect(mask(bytes, 1).byteLength).toBeGreaterThan(0);
  };
}

const HOSTILE_TEXTS: readonly string[] = [
  'a',
  '1',
  ' ',
  '*',
  '1 ',
  '1-',
  '(1) ',
  '+1 ',
  '4111 ',
  'a@',
  'a.',
  'a@a.',
  `${'a'.repeat(64)}@${'b.'.repeat(8)}`,
  'eyJaaaaa.',
  'eyJaaaaa.a ',
  'DE00 ',
  'AA11',
  'ghp_',
  'sk-a ',
  'ssn 123456789 ',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN A ',
  'tok_aaaaaaaaaaaaaaaaaaaa',
  '* * ',
];

const detecting: Subject[] = Object.entries(DETECTORS).map(([name, detector]) => ({
  name: `detector ${name}`,
  make: (length) => {
    const texts = HOSTILE_TEXTS.map((piece) => repeated(piece, length / HOSTILE_TEXTS.length));
    return () => texts.map((text) => detector({ text, column: 'C' }));
  },
}));

const subjects: readonly Subject[] = [
  ...detecting,
  {
    name: 'detector context in a long key',
    make: (length) => {
      const text = repeated('123456789 ', length / 2);
      return () => DETECTORS.us_ssn({ text, column: repeated('x_', length / 2) });
    },
  },
  {
    name: 'wildcards, many in a pattern',
    make: (length) => {
      const matches = wildcard(`${'*a'.repeat(1_000)}*b`);
      const text = repeated('a', length);
      return () => matches(`${text}c`);
    },
  },
  {
    name: 'wildcards, a long literal that nearly matches everywhere',
    make: (length) => {
      const pattern = `*${repeated('a', length / 4)}b*`;
      const text = repeated('a', length);
      return () => wildcard(pattern)(text);
    },
  },
  {
    name: 'policy globs',
    make: (length) => {
      const text = repeated('a', length);
      const globs = [glob('*a*A*a*a*a*b'), anyExactGlob(['*a*a*a*a*ab', '**a**a**b'])];
      return () => globs.map((matches) => matches(text));
    },
  },
  {
    name: 'policy names of objects and columns',
    make: (length) => {
      const part = repeated('a', length / 4);
      const pattern = objectPattern('S.P.*A*A*A*A*A*B') as (name: object) => boolean;
      const [quoted, path] = [`"${repeated('""', length / 2)}`, `A.B.C.D:${repeated('a[0].', length / 2)}`];
      return () => [
        pattern({ database: 'S', schema: 'P', name: part.toUpperCase() }),
        objectPattern(repeated('a.', length)),
        objectPattern(quoted),
        columnPattern(path),
      ];
    },
  },
  {
    name: 'claims of a workload',
    make: (length) => {
      const rules = [{ when: { ref: '*a*a*a*a*b' }, name: 'r', groups: [] }];
      const issuer = { claims: { kind: 'workload', rules, personClaims: {} } } as unknown as Parameters<
        typeof readClaims
      >[0];
      const ref = repeated('a', length);
      return () => expect(() => readClaims(issuer, 's', { ref })).toThrow('no rule');
    },
  },
  {
    name: 'query tags and names',
    make: (length) => {
      const text = repeated('\\"', length);
      const quoted = `"${repeated('""', length)}`;
      return () => [
        readQueryTag(`{"agent":"${text}`),
        readQueryTag(repeated('[', length)),
        storedName(quoted),
      ];
    },
  },
  ...['*', '* ', 'tok_aaaaaaaaaaaaaaaaaaaa', 'tok_', "''"].map((piece) => ({
    name: `values written back: ${piece}`,
    make: (length: number) => {
      const binds = { 1: { type: 'TEXT', value: repeated(piece, length / 2) } };
      const sql = `UPDATE T SET A = '${repeated(piece.replaceAll("'", 'x'), length / 2)}'`;
      return () => findWrittenBack(writes, sql, binds, keys);
    },
  })),
  {
    name: 'values written back: different lookalikes, each in a literal of its own',
    make: (length) => {
      const count = Math.floor(length / 32);
      const literals = Array.from({ length: count }, (_, index) => `'tok_${lettersOf(index)}'`);
      const sql = `INSERT INTO T SELECT ${literals.join(', ')}`;
      return () => findWrittenBack(writes, sql, {}, keys);
    },
  },
  {
    name: 'a number with very many zeros',
    make: (length) => masked({ method: 'token', domain: 'd' }, 'variant', `1.${repeated('0', length)}1`),
  },
  ...(['redact', 'detect', 'partial', 'number'] as const).flatMap((method) =>
    (['text', 'variant'] as const).map((type) => ({
      name: `mask ${method} of ${type}`,
      make: (length: number) => {
        const policies: Readonly<Record<typeof method, MaskingPolicy>> = {
          redact: { method: 'redact' },
          detect: { method: 'detect', detectors: ['email', 'phone', 'us_ssn'] },
          partial: { method: 'partial', keepFirst: 1, keepLast: 4 },
          number: { method: 'number', step: 10 },
        };
        const inner = repeated('0a@b.', length);
        return masked(policies[method], type, type === 'text' ? inner : `{"${inner}":["${inner}"]}`);
      },
    })),
  ),
  ...['\u202e"', ' ', '\t', '\n', '\u0301', 'a.b/', '://', "'", '\\', 'https://a.bc/ '].map((piece) => ({
    name: `text of others, of ${JSON.stringify(piece)}`,
    make: (length: number) => {
      const text = repeated(piece, length);
      return () => [
        formatIdentifier(text),
        quoted(text),
        quoted(text, { end: true }),
        folded(quoted(text, { most: Infinity })),
        revealed(text),
        numberedLines(text),
        numberedLines(text, { most: 20 }),
      ];
    },
  })),
  {
    name: 'tags that flow along a chain of statements, written backwards',
    make: (length) => {
      const policy = policyOf(`
version: 1
tags: { pii: [SHOP.PUBLIC.CUSTOMERS.EMAIL] }
rules: [{ name: all, effect: allow, when: {} }]`);
      const count = Math.floor(length / 64);
      const flows = Array.from({ length: count }, (_, index) =>
        copy(index === 0 ? 'CUSTOMERS.EMAIL' : `T${index - 1}.X`, `T${index}.X`),
      );
      const meaning = dml('insert', 'T', { flows: flows.toReversed() });
      const block = statement({ kind: { family: 'scripting', name: 'block' }, inner: [meaning] });
      return () => expect(carriedTags(policy, { tagsOf: () => [] }, block)).toHaveLength(count);
    },
  },
  {
    name: 'a statement within a grant of many columns',
    make: (length) => {
      const asked = deleteRequest(person('ada', []), {});
      const uses = Array.from({ length: Math.floor(length / 32) }, (_, index) => ({
        ...asked.understanding.uses[0],
        column: { object: { database: 'D', schema: 'S', name: 'T' }, column: `C${index}` },
      }));
      const understanding = { ...asked.understanding, uses } as typeof asked.understanding;
      const wide = { ...asked, understanding };
      const bounds = boundsOf(wide)!;
      return () => isWithin(bounds, boundsOf(wide)!);
    },
  },
  ...['(', "'", '/*', '-- x\n', '@a/', '"a""', '$', 'a.', '1.', "''", ';', '$$'].map((piece) => ({
    name: `tokens and refusals: ${JSON.stringify(piece)}`,
    make: (length: number) => {
      const sql = repeated(piece, length);
      return () => parse(sql);
    },
  })),
];

/** Twenty letters, different for each number. */
function lettersOf(index: number): string {
  return index.toString(2).replaceAll('0', 'a').replaceAll('1', 'b').padStart(20, 'c').slice(-20);
}

describe('what runs over text that others chose takes linear time', () => {
  it.each(subjects)('$name', { timeout: 120_000 }, async ({ make }) => {
    let before = SHORT / 4;
    let worst = 0;
    for (const size of SIZES) {
      let ms = await fastest(make, size);
      // Once more, both, should something else have had the machine for a while.
      for (let again = 0; again < 3 && ms > SHORT && ms > before * MOST_GROWTH; again += 1) {
        before = Math.max(before, await fastest(make, size / 4));
        ms = Math.min(ms, await fastest(make, size));
      }
      if (ms > SHORT) worst = Math.max(worst, ms / before);
      if (worst >= MOST_GROWTH) break;
      before = Math.max(ms, SHORT / 4);
    }
    expect(worst).toBeLessThan(MOST_GROWTH);
  });
});

/** Milliseconds of the faster of two runs. */
async function fastest(make: Subject['make'], size: number): Promise<number> {
  let best = Infinity;
  for (let run = 0; run < 2; run += 1) {
    const subject = make(size);
    const start = performance.now();
    await subject();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}
