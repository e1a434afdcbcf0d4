import type { EventBody } from '@sluice/contract';
import type { SessionId } from './session/index.ts';
import type { LeftOutcome, Warehouse } from './warehouse/index.ts';

/** How a statement ends on the record. */
export interface Ending {
  readonly session: SessionId;
  /** The newest event of the session that was looked at. */
  readonly seq: number;
  /** The last one is the end. */
  readonly bodies: readonly EventBody[];
}

/** Of one that had been sent to the warehouse: as it ends when that cannot tell what became of it. */
export interface SentEnding extends Ending {
  readonly statement: string;
}

/** How long the warehouse is asked at a time; and how often, before nobody knows. A relay that starts waits that long, once. */
const WITHIN_MS = 15_000;
const MOST_TIMES = 10;

/** Asks a warehouse that outlives its relays what became of the statements of one that has ended. */
export function createEndsInWarehouse(findLeft: Warehouse['findLeft']) {
  const times = new Map<string, number>();

  /** Those that can be written now; the others are asked about the next time. */
  const endsOf = async (sent: readonly SentEnding[]): Promise<readonly SentEnding[]> => {
    if (findLeft === undefined || sent.length === 0) return sent;
    const found = await findLeft(sent, AbortSignal.timeout(WITHIN_MS)).catch(
      (): ReadonlyMap<string, LeftOutcome> => new Map(),
    );
    return sent.flatMap((end) => {
      const { statement } = end;
      const outcome = found.get(statement);
      const asked = (times.get(statement) ?? 0) + 1;
      if (outcome === undefined && asked < MOST_TIMES) {
        times.set(statement, asked);
        return [];
      }
      times.delete(statement);
      return outcome === undefined
        ? [end]
        : [{ ...end, bodies: [foundNotice(statement, outcome), endOf(statement, outcome)] }];
    });
  };
  return { endsOf };
}

function foundNotice(statement: string, { became, ...detail }: LeftOutcome): EventBody {
  return { type: 'notice', what: 'left_statement_found', detail: { statement, became, ...detail } };
}

/** Its result is gone in any case: the session that it was of has ended with the relay. */
function endOf(statement: string, outcome: LeftOutcome): EventBody {
  const failed = (code: string, message: string): EventBody => ({ type: 'error', statement, code, message });
  switch (outcome.became) {
    case 'finished':
      return failed(
        'result_unavailable',
        `its relay ended while it ran: the warehouse has finished it (${outcome.warehouseQueryId}), and nothing of its result was given out`,
      );
    case 'failed':
      return failed(
        'statement_failed',
        `its relay ended while it ran: it failed in the warehouse (${outcome.warehouseQueryId}, ${outcome.code})`,
      );
    case 'undone':
      return failed(
        'statement_failed',
        `its relay ended while it ran: it ran in the warehouse (${outcome.warehouseQueryId}) in a transaction that was never committed`,
      );
    case 'cancelled':
      return {
        type: 'cancelled',
        statement,
        by: `the relay that found it: its own ended while it ran (${outcome.warehouseQueryId})`,
      };
    case 'not_found':
      return failed(
        'statement_outcome_unknown',
        'its relay ended while it ran: the warehouse’s history has no statement with its tag',
      );
    default:
      return outcome satisfies never;
  }
}
