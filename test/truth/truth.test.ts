import { beforeAll, describe, expect, it } from 'vitest';
import { measureTruth, type Outcome } from './measure.ts';

describe('the embedded warehouse, against the results that Snowflake documents', () => {
  let outcomes: readonly Outcome[];
  beforeAll(async () => {
    outcomes = await measureTruth();
  });

  it('gives none of them wrong', () => {
    expect(outcomes.length).toBeGreaterThan(100);
    expect(outcomes.filter(({ is }) => is === 'wrong').map(described)).toEqual([]);
  });

  it('says by name what it does not have, and has what it is not said to lack', () => {
    const unexpected = outcomes.filter(({ is, isMissing }) => (is === 'missing') !== isMissing);
    expect(unexpected.map(described)).toEqual([]);
  });
});

function described({ topic, line, text, expected, got }: Outcome): string {
  return `${topic}.txt:${line}: ${text} => ${expected}, got ${got}`;
}
