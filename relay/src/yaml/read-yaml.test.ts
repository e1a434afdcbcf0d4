import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { formatProblem, readYaml } from './index.ts';

const anything = z.record(z.string(), z.unknown());

function problems(text: string, schema: z.ZodType = anything): readonly string[] {
  const read = readYaml(text, schema);
  return 'problems' in read ? read.problems.map((problem) => formatProblem('f', problem)) : [];
}

describe('a value of another kind', () => {
  it.each<[z.ZodType, string, string]>([
    [z.string(), 'k: 5', 'expected text, found `5`'],
    [z.string(), 'k:', 'expected text, found nothing'],
    [z.number(), 'k: "5"', 'expected a number, found "5"'],
    [z.number(), 'k: five', 'expected a number, found `five`'],
    [z.number(), 'k: "a\\nb"', 'expected a number, found "a\\nb"'],
    [z.int(), 'k: 1.5', 'expected a whole number, found `1.5`'],
    [z.boolean(), 'k: yes', 'expected `true` or `false`, found "yes"'],
    [z.array(z.string()), 'k: {}', 'expected a list, found settings by name (a mapping)'],
    [z.array(z.string()).min(2), 'k: []', 'expected at least 2 entries, found an empty list'],
    [z.enum(['a', 'b', 'c']), 'k: d', 'expected `a`, `b` or `c`, found `d`'],
    [z.literal('a'), 'k: d', 'expected `a`, found `d`'],
    [z.union([z.literal(false), z.int()]), 'k: d', 'expected `false`, or a number, found `d`'],
    [z.url(), 'k: d', 'expected a URL such as `https://example.com`, found `d`'],
    [z.string().regex(/x/, 'a name with an x'), 'k: d', 'expected a name with an x, found `d`'],
    [z.string().regex(/x/, 'expected an x'), 'k: d', 'expected an x, found `d`'],
    [z.string().regex(/x/), 'k: d', 'expected another form, found `d`'],
    [z.int().max(5), 'k: 6', 'expected at most 5, found `6`'],
    [z.int().lt(5), 'k: 6', 'expected less than 5, found `6`'],
    [z.int().multipleOf(5), 'k: 6', 'expected a multiple of 5, found `6`'],
    [
      z.string().refine(() => false, 'the schema says what is wrong'),
      'k: d',
      'the schema says what is wrong',
    ],
    [z.string(), 'other: 5', 'missing: expected text'],
  ])('is told: %#', (schema, text, message) => {
    const shape = z.object({ k: schema });
    expect(problems(text, shape)).toEqual([`f:1:1: ${message} (at \`k\`)`]);
  });

  it('is not repeated where it may be secret', () => {
    const schema = z.object({ k: z.string().min(9), n: z.string() });
    const read = readYaml('k: hunter2\nn: 17', schema, { isSecret: ([key]) => key === 'k' || key === 'n' });
    expect('problems' in read && read.problems.map(({ message }) => message)).toEqual([
      'expected at least 9 characters, found another text',
      'expected text, found another value',
    ]);
  });
});

describe('a text', () => {
  it.each([
    [
      'of two keys alike',
      'a: 1\nb: { c: 1, c: 2 }\na: 2',
      ['f:2:12: expected each key once', 'f:3:1: expected each key once'],
    ],
    ['of keys alike, one in quotation marks', 'a: 1\n"a": 2', ['f:2:1: expected each key once']],
    ['of a key of keys', 'a: 1\n? [b]\n: 2', ['f:2:1: expected a key on one line, without `?`']],
    ['of broken YAML', 'a: [', [expect.stringMatching(/^f:1:5: /)]],
    ['with an unknown tag', 'a: !secret x', [expect.stringMatching(/^f:1:4: unresolved tag/)]],
    ['of two documents', 'a: 1\n---\na: 2', [expect.stringMatching(/^f:2:1: .*multiple documents/)]],
  ])('%s is refused', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('may be 1 MiB long, and no longer', () => {
    const padded = (length: number) => '{ version: 1 }'.padEnd(length);
    expect(problems(padded(1024 * 1024))).toEqual([]);
    expect(problems(padded(1024 * 1024 + 1))).toEqual(['f:1:1: expected a file of at most 1 MiB']);
  });

  it('may have a hundred anchors and aliases, and no more', () => {
    const aliases = (count: number) =>
      `a: &a x\nb: [${Array.from({ length: count }, () => '*a').join(', ')}]`;
    expect(problems(aliases(99))).toEqual([]);
    expect(problems(aliases(100))).toEqual([expect.stringMatching(/^f:2:\d+: expected at most 100 anchors/)]);
  });

  it('does not unfold without measure, nor into itself', () => {
    const tenfold = (name: string) => `[${Array.from({ length: 10 }, () => `*${name}`).join(', ')}]`;
    const bomb = `a: &a x\nb: &b ${tenfold('a')}\nc: &c ${tenfold('b')}\nd: ${tenfold('c')}`;
    expect(problems(bomb)).toEqual([expect.stringMatching(/^f:1:1: excessive alias count/)]);
    expect(problems('a: &a [*a]')).toEqual(['f:1:8: expected no alias inside of what it stands for']);
  });

  it('with a thousand mistakes has fifty told', () => {
    const keys = Array.from({ length: 1_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(problems(keys, z.strictObject({}))).toHaveLength(50);
    expect(problems('a: ]\n'.repeat(1_000))).toHaveLength(50);
  });
});

/** The library alone takes minutes for some of these. */
describe('of a megabyte is read in time in proportion to it', () => {
  const repeated = (text: string) => text.repeat(Math.floor((1024 * 1024) / text.length));
  const numbered = (line: (index: number) => string) =>
    Array.from({ length: 40_000 }, (_, index) => line(index)).join('\n');
  it.each([
    ['keys of keys', repeated('? ')],
    ['different keys', numbered((index) => `k${index}: 1`)],
    ['equal keys', repeated('a: 1\n')],
    ['anchors', numbered((index) => `- &a${index} *a${index}`)],
    ['brackets', repeated('[')],
  ])('%s', (_, text) => {
    const start = process.cpuUsage();
    problems(text);
    const { user } = process.cpuUsage(start);
    expect(user / 1e6).toBeLessThan(30);
  });
});
