import { describe, expect, it } from 'vitest';
import type { AccessTerms } from '@sluice/contract';
import { accessCovers, accessSentence, lasting, programShown } from './access-words.ts';
import { accessRequest, ada } from './testing.ts';

const words = (terms: Partial<AccessTerms> = {}) => accessSentence(accessRequest(ada, {}, terms));

describe('what approving access does, in a sentence,', () => {
  it('is no sentence about a statement that waits', () => {
    expect(words()).toBe(
      'Asked for ahead, nothing waits: would let statements of one shape run unasked, for 1 hour from when it is approved, ' +
        'for at most 2 rows each and 6 in all. The example: "ada" (ada at id.example, in analysts) through "copilot" deletes from SHOP.PUBLIC.ORDERS',
    );
    expect(words({ rows: 1 })).toContain('for at most 1 row each and 6 in all');
  });

  it.each([
    [1, '1 second'],
    [59, '59 seconds'],
    [60, '1 minute'],
    [61, '61 seconds'],
    [90, '90 seconds'],
    [120, '2 minutes'],
    [3_540, '59 minutes'],
    [3_600, '1 hour'],
    [5_400, '90 minutes'],
    [7_200, '2 hours'],
  ])('%d seconds last for %s', (seconds, text) => {
    expect(lasting({ seconds, from: null })).toBe(`for ${text} from when it is approved`);
  });

  it('of a time that was named lasts from then', () => {
    expect(lasting({ seconds: 3_600, from: '2026-11-21T08:00:00.000Z' })).toBe(
      'from 2026-11-21T08:00:00.000Z until 2026-11-21T09:00:00.000Z',
    );
  });
});

describe('a program is named as it may come', () => {
  const program = { application: 'dbt', protocol: 'snowflake', agent: null, tokenClient: null } as const;

  it.each<[Partial<AccessTerms['program']>, string]>([
    [{}, 'by a Snowflake driver, from the program "dbt", with no agent named and tokens that name no client'],
    [
      { agent: 'copilot', tokenClient: 'ci' },
      'by a Snowflake driver, from the program "dbt", with the agent "copilot" and tokens of the client ci',
    ],
    [
      { protocol: 'mcp' as never },
      'by MCP or the HTTP API, from the program "dbt", with no agent named and tokens that name no client',
    ],
  ])('%j', (change, text) => {
    expect(programShown({ ...program, ...change })).toBe(text);
  });
});

describe('what access covers', () => {
  it('is said of the shape, of where it comes from, and of what it is for', () => {
    const covers = accessCovers({ request: accessRequest() });
    expect(covers[0]).toContain('DELETE FROM ORDERS WHERE ID = ?');
    expect(covers.slice(-2)).toEqual([
      'Only for what comes by a Snowflake driver, from the program "JavaScript", with the agent "copilot" and tokens that name no client.',
      'Asked for, in their own words, for: "ticket 4711: remove orders that were placed twice"',
    ]);
    expect(covers).toContain(
      'Every statement may change or return at most 2 rows each, and 6 in all; one that hits none counts as one.',
    );
  });

  it('is no shape where none can be granted', () => {
    const request = accessRequest(ada, {}, {}, { sql: "DELETE FROM orders WHERE id = '" });
    expect(accessCovers({ request })).toHaveLength(2);
  });
});
