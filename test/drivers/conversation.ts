import { chunksOf } from '../../relay/src/encoding/testing.ts';
import { SluiceError } from '../../relay/src/errors.ts';
import type { RunStatement, StatementRequest } from '../../relay/src/gate.ts';
import type { ShownText } from '../../relay/src/text/index.ts';
import { column, rowsOutcome } from './scripted-relay.ts';

/** How often a driver asks for a statement that is held; hundreds of times when somebody wants to see that. */
export const POLLS = Number(process.env['SLUICE_TEST_POLLS'] ?? 4);

/** Rows of `SELECT many`: more than fit the first response. */
const manyRows = 200_000;

export interface Conversation {
  readonly run: RunStatement;
  readonly seen: readonly StatementRequest[];
  /** Query ids. */
  readonly cancelled: readonly string[];
  /** To be called for each poll of the driver: they are what releases a held statement. */
  readonly polled: () => void;
  /** Tells when the driver waits for `SELECT for ever`, and has polled: the moment to cancel it. */
  whenEndless(tell: () => void): void;
}

/**
 * A gate for the drivers of other languages, each of which has the same conversation with it: typed values, a
 * statement held for a while, one held for ever and cancelled, binds, a large result, one that is blocked.
 */
export function conversation(): Conversation {
  const seen: StatementRequest[] = [];
  const cancelled: string[] = [];
  const waiting = new Map<() => void, number>();
  let tellEndless = () => {};
  const polls = async (times: number) =>
    new Promise<void>((resolve) => {
      waiting.set(resolve, times);
    });
  const run: RunStatement = async (request, progress, signal) => {
    const { sql, queryId, describeOnly } = request;
    if (!describeOnly) seen.push(request);
    switch (sql.trim()) {
      case 'SELECT types':
        return rowsOutcome(queryId, typedColumns, describeOnly ? [] : [typedCells]);
      case 'SELECT held':
        progress.held({ approvalId: 'a', expiresAt: 0, approvers: ['owners'], needed: 1 });
        await Promise.race([polls(POLLS), aborted(signal)]);
        return rowsOutcome(queryId, [column('X', 'text')], [['released']]);
      case 'SELECT for ever':
        progress.held({ approvalId: 'b', expiresAt: 0, approvers: ['owners'], needed: 1 });
        void polls(1).then(tellEndless);
        return await aborted(signal, () => cancelled.push(queryId));
      case 'SELECT many':
        return rowsOutcome(queryId, manyColumns, [], {
          chunks: (async function* () {
            for (let start = 0; start < (describeOnly ? 0 : manyRows); start += 1000) {
              yield* chunksOf(
                Array.from({ length: 1000 }, (_, i) => [String(start + i), `row ${start + i}`]),
              );
            }
          })(),
        });
      case 'SELECT blocked':
        throw new SluiceError('blocked', 'payroll is closed', { advice: 'ask for it' });
      default:
        return insertOrOne(request);
    }
  };
  return {
    run,
    seen,
    cancelled,
    polled() {
      for (const [resolve, left] of waiting) {
        waiting.set(resolve, left - 1);
        if (left > 1) continue;
        waiting.delete(resolve);
        resolve();
      }
    },
    whenEndless(tell) {
      tellEndless = tell;
    },
  };
}

async function aborted(signal: AbortSignal, then: () => void = () => {}): Promise<never> {
  return await new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      then();
      reject(signal.reason as Error);
    });
  });
}

function insertOrOne({ sql, queryId, binds }: StatementRequest) {
  // Some drivers fetch an earlier result by RESULT_SCAN: a query like any other, the gate's to understand.
  const earlier = sql.includes('result_scan');
  if (!/^insert/i.test(sql)) {
    return rowsOutcome(queryId, [column('X', 'text')], [[earlier ? 'released' : '1']]);
  }
  const value = binds['1']?.value;
  const inserted = Array.isArray(value) ? value.length : 1;
  return rowsOutcome(queryId, [], [], {
    statementTypeId: 0x3100,
    changed: { inserted, updated: 0, deleted: 0 },
  });
}

const manyColumns = [column('N', 'fixed', { precision: 38, scale: 0 }), column('T', 'text', { length: 100 })];

const typedColumns = [
  column('I', 'fixed', { precision: 38, scale: 0 }),
  column('D', 'fixed', { precision: 10, scale: 2 }),
  column('F', 'real'),
  // What Sluice says of a column is a key that drivers do not know: each must read the rest as if it were not there.
  {
    ...column('S', 'text', { length: 100 }),
    masked: { method: 'token', because: 'SHOP.PUBLIC.T.S (pii)', rule: 'masks' },
    computedOn: { on: 'tokens', because: 'SHOP.PUBLIC.T.S (pii)' as ShownText } as const,
  },
  column('B', 'boolean'),
  column('DT', 'date'),
  column('TM', 'time', { scale: 9 }),
  column('TS', 'timestamp_ntz', { scale: 9 }),
  column('TZ', 'timestamp_tz', { scale: 9 }),
  column('BN', 'binary', { length: 8 }),
  column('V', 'variant'),
  column('N', 'text', { length: 100 }),
];

const typedCells = [
  '42',
  '-12.50',
  '1.5',
  'Zoë',
  '1',
  '19723',
  '45296.123456789',
  '1704067200.123456789',
  '1704067200.000000000 1560',
  'CAFE',
  '{"a":[1,null]}',
  null,
];
