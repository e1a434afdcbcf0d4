import { describe, expect, it } from 'vitest';
import { revealed, shown } from '../text/index.ts';
import type { ApprovalRequest } from './approval-request.ts';
import { boundsOf } from './grant-bounds.ts';
import { type GrantTerms, grantWords } from './grant-words.ts';
import { ada, deleteRequest, sessionOf } from './testing.ts';

const range = { start: 0, end: 1 };
const table = (name: string) => ({ database: 'SHOP', schema: 'PUBLIC', name });
const column = (name: string, of = 'ORDERS') => ({ object: table(of), column: name });
const terms: GrantTerms = { rows: 2, rowsInAll: 20, lasting: shown`for at most 60 seconds` };

function words(
  change: Partial<ApprovalRequest['understanding']>,
  more: Partial<ApprovalRequest> = {},
  lasting = terms,
): readonly string[] {
  const plain = deleteRequest(ada, {}, more);
  const request = { ...plain, understanding: { ...plain.understanding, ...change } };
  return grantWords(request, boundsOf(request)!, lasting);
}
const line = (verb: string, lines: readonly string[]) => lines.find((text) => text.startsWith(verb));

describe('what a grant covers is said in words:', () => {
  it('what is shown, how it is made, and how it is masked', () => {
    const output = (name: string, how: 'direct' | 'expression' | 'aggregate' | 'distinct' | 'counted') => ({
      name,
      sources: [{ column: column(name), how }],
      range,
    });
    const outputs = [
      output('A', 'direct'),
      output('B', 'expression'),
      output('C', 'aggregate'),
      output('D', 'distinct'),
      output('E', 'counted'),
    ];
    const { decision } = deleteRequest();
    const masks = [{ output: 0, policy: { method: 'redact' as const }, because: shown`x`, rule: null }];
    const lines = words({ outputs, writes: [], uses: [] }, { decision: { ...decision, masks } });
    expect(line('It shows', lines)).toBe(
      'It shows SHOP.PUBLIC.ORDERS.A (masked by redact), ' +
        'SHOP.PUBLIC.ORDERS.B (in an expression, as it is), SHOP.PUBLIC.ORDERS.C (in an aggregate, as it is), ' +
        'SHOP.PUBLIC.ORDERS.D (how many different, as it is), SHOP.PUBLIC.ORDERS.E (counted, as it is).',
    );
    expect([line('It changes', lines), line('It uses', lines)]).toEqual([undefined, undefined]);
  });

  it('what is read, copied, used and called, each once', () => {
    const from = { column: column('A'), how: 'direct' as const };
    const use = { column: column('A'), as: 'equal' as const, range };
    const object = (name: string, access: string) => ({
      type: 'table',
      name,
      access,
      fingerprint: 'f'.repeat(64),
    });
    const lines = words(
      {
        kind: { family: 'dml', name: 'merge' },
        writes: [{ object: table('COPY'), how: 'update', columns: ['X', 'y z'] }],
        flows: [{ from, to: { type: 'column', column: column('X', 'COPY') }, range }],
        uses: [use, use, { ...use, by: 'LIKE' }],
        functions: [
          { name: { database: '', schema: '', name: 'UPPER' }, builtIn: true, range },
          { name: table('F'), builtIn: false, range },
        ],
      },
      {
        objects: [
          object('SHOP.PUBLIC.ORDERS', 'read'),
          object('SHOP."a b".T', 'read'),
          object('SHOP.PUBLIC.COPY', 'write'),
        ],
      },
    );
    expect(line('It changes', lines)).toBe('It changes SHOP.PUBLIC.COPY (update of X, "y z").');
    expect(line('It reads', lines)).toBe(String.raw`It reads "SHOP.\"a b\".T", SHOP.PUBLIC.ORDERS.`);
    expect(line('It copies', lines)).toBe('It copies SHOP.PUBLIC.ORDERS.A to SHOP.PUBLIC.COPY.X.');
    expect(line('It uses', lines)).toBe(
      'It uses SHOP.PUBLIC.ORDERS.A (equal), SHOP.PUBLIC.ORDERS.A (equal, by LIKE).',
    );
    expect(line('It calls', lines)).toBe('It calls UPPER, SHOP.PUBLIC.F.');
  });

  it.each<[GrantTerms, string]>([
    [terms, 'at most 2 rows each, and 20 in all'],
    [{ ...terms, rows: 1 }, 'at most 1 row each, and 20 in all'],
    [
      { ...terms, rows: null, rowsInAll: null },
      'as many rows each as you say, and as many as you say in all',
    ],
  ])('how many rows: %j', (given, text) => {
    expect(line('Every statement', words({}, {}, given))).toBe(
      `Every statement may change or return ${text}; one that hits none counts as one.`,
    );
  });

  it('for whom, with what, until when', () => {
    const session = sessionOf(ada);
    const who = (change: Partial<ApprovalRequest['session']>) =>
      line(
        'For ',
        words({}, { session: { ...session, ...change } }, { ...terms, lasting: revealed('until noon') }),
      );
    expect(who({})).toBe(
      'For "ada" (ada at id.example), with "JavaScript", by the agent "copilot", under the role ANALYST, until noon.',
    );
    expect(
      who({
        client: { ...session.client, agent: null },
        state: { ...session.state, role: null },
        identity: { ...ada, tokenClient: 'ci' },
      }),
    ).toBe('For "ada" (ada at id.example), with "JavaScript", with tokens of the client ci, until noon.');
  });

  it('that constants may be others, and variables where there are any', () => {
    const first = (sql: string) => words({}, { sql })[0];
    expect(first('DELETE FROM orders WHERE id = 17')).toBe(
      'The same statement, with any value in the place of each ?: "DELETE FROM ORDERS WHERE ID = ?"',
    );
    expect(first('DELETE FROM orders WHERE id = $x')).toContain('in the place of each ? and each variable: ');
  });
});
