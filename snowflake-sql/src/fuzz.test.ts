import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { unaccounted } from './accounting.ts';
import { parseDraft } from './draft/draft.ts';
import { split } from './parse.ts';

/**
 * Breaks real statements in random ways and looks for what must never happen: a thrown error, a statement
 * accepted with a token that its tree does not hold, time that grows out of bounds.
 * `FUZZ_SECONDS=600 npx vitest run snowflake-sql/src/fuzz.test.ts` for a long run; `FUZZ_SEED` repeats one.
 */
const seconds = Number(process.env['FUZZ_SECONDS'] ?? 3);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);

test(
  'mutated statements are parsed or refused, never anything else',
  () => {
    const random = generator(seed);
    const seeds = seedTexts();
    const deadline = Date.now() + seconds * 1000;
    let runs = 0;
    do {
      const text = mutate(seeds, random);
      const found = outcome(text);
      // The collector of garbage may stop us once; a slow text is slow again.
      const slow = isSlow(text) && isSlow(text);
      expect({ text, found, slow }).toEqual({ text, found: 'fine', slow: false });
      runs++;
    } while (Date.now() < deadline || runs <= 100);
  },
  (seconds + 60) * 1000,
);

function isSlow(text: string): boolean {
  const started = process.threadCpuUsage();
  split(text);
  return process.threadCpuUsage(started).user / 1_000 > 500;
}

function outcome(text: string): string {
  try {
    const { statements, failure } = split(text);
    if (failure !== null && (failure.spot.end < failure.spot.start || failure.spot.end > text.length))
      return 'bad spot';
    const { problems } = parseDraft(text);
    if (failure !== null && problems.length === 0) return 'a draft without the problem';
    if (problems.some(({ range }) => range.start < 0 || range.end < range.start || range.end > text.length))
      return 'bad range';
    return statements.every((each) => unaccounted(each).length === 0) ? 'fine' : 'unaccounted tokens';
  } catch (thrown) {
    return String(thrown);
  }
}

function seedTexts(): string[] {
  const own = readFileSync(new URL('./samples.txt', import.meta.url), 'utf8').split('\n');
  const texts = own.map((line) => line.slice(line.indexOf('|') + 1));
  const corpus = new URL('../../../shared/corpora/sqlfluff-snowflake.ndjson', import.meta.url);
  if (!existsSync(corpus)) return texts;
  const lines = readFileSync(corpus, 'utf8').trimEnd().split('\n');
  return texts.concat(lines.map((line) => (JSON.parse(line) as { sql: string }).sql));
}

// prettier-ignore
const SPLINTERS = [
  "'", '"', '$$', '--', '/*', '*/', '//', '(', ')', '[', ']', '{', '}', ',', ';', '.',
  '..', ':', '::', ':=', '=>', '->', '->>', '*', '**', '@', '@~/x', '%', '$1', '$x', '?', '\\',
  '\n', '\r', '\u202e', '\u00a0', '\ud800', '#', 'SELECT', 'FROM', 'WITH', 'AS', 'NOT', 'IN', 'BEGIN', 'END', 'CASE', 'TABLE',
  'LATERAL', 'PIVOT', 'UNION', 'VALUES', 'CREATE', 'ALTER', 'SET', 'EXECUTE IMMEDIATE', 'LET', 'DECLARE', 'IF', 'FOR', 'NULL', '1', 'a', 'IDENTIFIER(',
];

/** One to four changes: cut, repeat, splice in a piece or another statement, swap, flip case. */
function mutate(seeds: readonly string[], random: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  let text = pick(seeds);
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--) {
    const at = Math.floor(random() * (text.length + 1));
    const to = Math.min(text.length, at + Math.floor(random() * 12));
    switch (Math.floor(random() * 6)) {
      case 0:
        text = text.slice(0, at) + text.slice(to);
        break;
      case 1:
        text = text.slice(0, to) + text.slice(at);
        break;
      case 2:
        text = `${text.slice(0, at)} ${pick(SPLINTERS)} ${text.slice(at)}`;
        break;
      case 3:
        text = text.slice(0, at) + pick(SPLINTERS) + text.slice(at);
        break;
      case 4:
        text = text.slice(0, at) + pick(seeds).slice(0, 200) + text.slice(to);
        break;
      default:
        text = text.slice(0, at) + pick(SPLINTERS).repeat(1 + Math.floor(random() * 2000)) + text.slice(at);
    }
  }
  return text;
}

/** A small generator of numbers in [0, 1), the same for the same seed. */
function generator(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
