import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../encoding/index.ts';
import { openSnowflakeWarehouse } from './snowflake-warehouse.ts';
import { scriptedUpstream, SHOP } from './testing.ts';

const TAG = '{"sluice":{"session":"s","statement":"one"}}';
const LEFT = [
  { session: 's', statement: 'one' },
  { session: 's', statement: 'two' },
];

/** @param history - rows as QUERY_HISTORY_BY_USER has them at each look; the last one stays. */
async function found(...history: readonly (readonly (readonly Cell[])[])[]) {
  let looks = 0;
  const account = scriptedUpstream({
    objects: [],
    answer: (sql, { binds }) => {
      if (!sql.includes('QUERY_HISTORY_BY_USER')) return null;
      const tags = Object.values(binds).map(({ value }) => value);
      const rows = history[Math.min(looks, history.length - 1)] ?? [];
      looks += 1;
      return {
        columns: ['QUERY_ID', 'QUERY_TAG', 'QUERY_TYPE', 'EXECUTION_STATUS', 'ERROR_CODE'],
        rows: rows.filter(([, tag]) => tags.includes(tag as string)),
      };
    },
  });
  const settings = { catalogForMs: 0, now: () => 0, newId: randomUUID };
  const warehouse = openSnowflakeWarehouse({ upstream: account.upstream, defaults: SHOP, ...settings });
  const outcomes = await warehouse.findLeft!(LEFT, new AbortController().signal);
  const cancels = account.sent.filter(({ sql }) => sql.includes('SYSTEM$CANCEL_QUERY'));
  return {
    outcomes,
    cancelled: cancels.map(({ binds }) => binds['1']?.value),
    closed: account.counts.closed,
  };
}

const row = (type: string, status: string, code: Cell = null, id = 'q1') => [id, TAG, type, status, code];

describe('what became of statements whose relay has ended', () => {
  it.each([
    ['finished', [row('UPDATE', 'SUCCESS')], { became: 'finished', warehouseQueryId: 'q1' }],
    [
      'failed',
      [row('UPDATE', 'FAILED_WITH_ERROR', '100132')],
      { became: 'failed', warehouseQueryId: 'q1', code: '100132' },
    ],
    [
      'was cancelled',
      [row('SELECT', 'FAILED_WITH_ERROR', '604')],
      { became: 'cancelled', warehouseQueryId: 'q1' },
    ],
    [
      'ran, and was not committed',
      [row('BEGIN_TRANSACTION', 'SUCCESS', null, 'q0'), row('UPDATE', 'SUCCESS')],
      { became: 'undone', warehouseQueryId: 'q1' },
    ],
    [
      'ran, and was committed',
      [
        row('COMMIT', 'SUCCESS', null, 'q2'),
        row('UPDATE', 'SUCCESS'),
        row('BEGIN_TRANSACTION', 'SUCCESS', null, 'q0'),
      ],
      { became: 'finished', warehouseQueryId: 'q1' },
    ],
    ['is not there', [], { became: 'not_found' }],
  ] as const)('that %s', async (_title, history, outcome) => {
    const { outcomes, cancelled, closed } = await found(history);
    expect(outcomes.get('one')).toEqual(outcome);
    expect(outcomes.get('two')).toEqual({ became: 'not_found' });
    expect([cancelled, closed]).toEqual([[], 1]);
  });

  it('is asked for again where it still ran: it is cancelled, and told when it has ended', async () => {
    const running = [row('SELECT', 'RUNNING')];
    const { outcomes, cancelled } = await found(running, running, [
      row('SELECT', 'FAILED_WITH_ERROR', '000604'),
    ]);
    expect(cancelled).toEqual(['q1']);
    expect(outcomes.get('one')).toEqual({ became: 'cancelled', warehouseQueryId: 'q1' });
  });

  it('is not told of what does not end, and all is said of the others', async () => {
    const { outcomes, cancelled } = await found([row('SELECT', 'BLOCKED')]);
    expect(cancelled).toEqual(['q1']);
    expect([...outcomes.keys()]).toEqual(['two']);
  });
});
