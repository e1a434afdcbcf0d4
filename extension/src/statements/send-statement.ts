import {
  isRelayError,
  LONGEST_WAIT,
  type RelayClient,
  type StatementOrder,
  type StatementPage,
  type StatementView,
} from '@sluice/contract';

export type StatementsClient = Pick<RelayClient, 'statements'>;

export interface Waiting {
  /** Seconds to wait for an outcome, in all. */
  readonly seconds: number;
  /** Aborted, the statement is cancelled at the relay, and at the warehouse if it runs there. */
  readonly signal: AbortSignal;
  /** Told when it is first seen to wait for people. */
  readonly onHeld?: (held: Extract<StatementView, { phase: 'held' }>) => void;
}

export type Sending = Omit<StatementOrder, 'wait' | 'requestId'>;

/**
 * Sends a statement, and waits for its outcome for so long; what it answers then may still be held or running, and goes on by
 * itself. @throws RelayError, or the signal's reason, when the statement has been cancelled.
 */
export async function sendStatement(
  client: StatementsClient,
  order: Sending,
  waiting: Waiting,
): Promise<StatementView> {
  waiting.signal.throwIfAborted();
  // Not ended by the signal: only who has the answer knows what to cancel.
  const view = await client.statements.submit({ body: { ...order, wait: 0 } });
  return await followed(client, view, {}, waiting);
}

/** Waits for the outcome of a statement that was sent before. @throws as `sendStatement`. */
export async function awaitStatement(
  client: StatementsClient,
  id: string,
  page: Omit<StatementPage, 'wait'>,
  waiting: Waiting,
): Promise<StatementView> {
  waiting.signal.throwIfAborted();
  const view = await client.statements.read({ params: { id }, query: { ...page, wait: 0 } });
  return await followed(client, view, page, waiting);
}

async function followed(
  client: StatementsClient,
  first: StatementView,
  page: Omit<StatementPage, 'wait'>,
  { seconds, signal, onHeld }: Waiting,
): Promise<StatementView> {
  let view = first;
  let isKnownToWait = false;
  let left = seconds;
  const params = { id: view.id };
  try {
    for (;;) {
      signal.throwIfAborted();
      if (view.phase === 'succeeded' || view.phase === 'failed') return view;
      if (view.phase === 'held' && !isKnownToWait) {
        isKnownToWait = true;
        onHeld?.(view);
      }
      if (left <= 0) return view;
      // What it waits is not measured: the relay answers at the latest then, and earlier only with something new.
      const wait = Math.min(left, isKnownToWait ? LONGEST_WAIT : FIRST_WAIT);
      left -= wait;
      view = await client.statements.read({ params, query: { ...page, wait } }, { signal });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    await cancelled(client, view.id);
    throw signal.reason;
  }
}

/** @throws RelayError when it may still go on. */
async function cancelled(client: StatementsClient, id: string): Promise<void> {
  try {
    await client.statements.cancel({ params: { id } });
  } catch (error) {
    // Another relay has it, and has been told.
    if (!isRelayError(error) || error.code !== 'statement_elsewhere') throw error;
  }
}

/** Seconds: it tells whether people are asked, which is worth saying before the whole wait is over. */
const FIRST_WAIT = 1;
