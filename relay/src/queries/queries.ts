import { SluiceError, isSluiceError } from '../errors.ts';
import type { Limits, Places, Release } from '../limits/index.ts';
import type { RunStatement, StatementOutcome, StatementRequest } from '../gate.ts';
import type { Session, SessionId } from '../session/index.ts';
import {
  breakOff,
  changeStatus,
  createEntry,
  type Entry,
  fingerprintOf,
  nextChange,
  setDeadline,
  stop,
  wake,
} from './entry.ts';
import { createKeptChunks, type KeptChunkLimits } from './kept-chunks.ts';
import { defaultQueryLimits, type QueryLimits } from './query-limits.ts';
import { isSettled, type Query, type QueryOrder, type QueryStatus, type SettledStatus } from './query.ts';
import type { Spool } from './spool.ts';
import type { Chunk, SpooledResult } from './spooled-result.ts';

/** The statements of every listener, from their arrival until their results are no longer kept. */
export interface Queries {
  readonly limits: QueryLimits;
  /**
   * Starts a statement, or answers the one that this session already started under the same request id: a
   * repeat never runs again. Errors: `duplicate_request` when the repeat asks for something else,
   * `too_many_statements` when the session, its identity or all have too many unfinished ones,
   * `request_too_large` for its prompt.
   */
  submit(order: QueryOrder): Query;
  /**
   * The same for several statements, one after the other, each its own pass through the gate; the first
   * failure ends the series.
   */
  submitSeries(order: QueryOrder, statements: readonly string[]): Query;
  /** Starts again, under the id its client knows, a statement that was held when the relay stopped. */
  adopt(request: StatementRequest): Query;
  /** Null when there is none, or it belongs to another session. */
  find(session: Session, queryId: string): Query | null;
  findByRequest(session: Session, requestId: string): Query | null;
  /** A chunk of a result, or null. Not checked against a session: only for who holds a secret of the result. */
  chunk(queryId: string, index: number): Chunk | null;
  /**
   * Waits at most `ms` milliseconds until the status is one that the caller waits for, by default a settled
   * one. While somebody waits, and for a while after, the client counts as present. `signal`: the waiter left.
   */
  wait(query: Query, ms: number, options?: WaitOptions): Promise<QueryStatus>;
  /** Asks the gate to stop it; its status settles when the gate has. Nothing happens to a settled one. */
  cancel(query: Query): void;
  /** Cancels what the session has in flight and forgets its results. */
  endSession(id: SessionId): Promise<void>;
  /** Cancels statements whose clients are gone, forgets what was kept long enough. Called every few seconds. */
  sweep(): Promise<void>;
  /**
   * Answers every waiter, stops what runs and waits until what became of it is on the record, leaves held statements to
   * the next relay, deletes the results.
   */
  close(): Promise<void>;
}

export interface WaitOptions {
  readonly until?: (status: QueryStatus) => boolean;
  readonly signal?: AbortSignal;
}

export interface QueriesOptions {
  readonly run: RunStatement;
  readonly spool: Spool;
  /**
   * Whether the record already holds this request: so that a repeat runs no second time when the relay has
   * restarted since, or has forgotten the statement. The record knows, whatever clocks say.
   */
  readonly isRecorded: (session: Session, requestId: string) => Promise<boolean>;
  /** What one identity, and all together, may have. */
  readonly allowance: { readonly statements: Places } & Pick<Limits, 'checkPrompt'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Told of errors that are not the relay's own kind; they reach clients as `internal` and nothing more. */
  readonly onUnexpected: (error: unknown, queryId: string) => void;
  readonly limits?: Partial<QueryLimits>;
  /** Of what is fetched from a warehouse that keeps its results. */
  readonly keptChunks?: KeptChunkLimits;
}

interface SessionEntries {
  readonly byRequest: Map<string, Entry>;
  unfinished: number;
}

/** What an entry does once it is registered. */
type Work = (entry: Entry) => Promise<StatementOutcome>;

export function createQueries(options: QueriesOptions): Queries {
  const { now, spool } = options;
  const limits = { ...defaultQueryLimits, ...options.limits };
  /** In the order of their arrival. */
  const entries = new Map<string, Entry>();
  const bySession = new Map<SessionId, SessionEntries>();
  const keptChunks = createKeptChunks(options.keptChunks);
  let keptBytes = 0;
  let spoolBytes = 0;
  const closing = new AbortController();

  return {
    limits,

    submit: (order) => startNew(order, (entry) => runOne(entry, order)),

    submitSeries: (order, statements) => startNew(order, (entry) => runSeries(entry, order, statements)),

    adopt(request) {
      // It had its place before, whoever has taken what there is meanwhile.
      const release = options.allowance.statements.keep(request.session.identity.id);
      const order = { ...request, attended: true };
      return start(request.queryId, order, release, (entry) => gate(entry, { ...request, resumed: true }));
    },

    find(session, queryId) {
      const entry = entries.get(queryId);
      return entry?.session.id === session.id ? entry : null;
    },

    findByRequest: (session, requestId) => bySession.get(session.id)?.byRequest.get(requestId) ?? null,

    chunk(queryId, index) {
      const status = entries.get(queryId)?.status;
      return (status?.phase === 'succeeded' ? status.result.chunks[index] : undefined) ?? null;
    },

    wait: (query, ms, waitOptions) => wait(query as Entry, ms, waitOptions),

    cancel: (query) => stop(query as Entry, cancelled()),

    async endSession(id) {
      const owned = [...(bySession.get(id)?.byRequest.values() ?? [])];
      for (const entry of owned) stop(entry, new SluiceError('session_ended', 'the session has ended'));
      // So that what becomes of them is on the record before the session's end is.
      await Promise.all(owned.map(async (entry) => wait(entry, stopMs)));
      await Promise.all(owned.map(forget));
    },

    async sweep() {
      const goneBefore = now() - limits.detachedMs;
      for (const entry of entries.values()) {
        const waits = entry.attended && !isSettled(entry.status) && entry.waiters.size === 0;
        if (waits && entry.lastSeenAt < goneBefore) stop(entry, cancelled());
      }
      await prune();
    },

    async close() {
      closing.abort();
      const unfinished = [...entries.values()].filter(({ status }) => !isSettled(status));
      // Held statements stay pending in the approval's own store; the next relay adopts them.
      const running = unfinished.filter(({ status }) => status.phase !== 'held');
      for (const entry of running) stop(entry, cancelled());
      for (const entry of unfinished) wake(entry);
      const patience = AbortSignal.timeout(closeMs);
      await Promise.all(running.map((entry) => untilSettled(entry, patience)));
      for (const entry of entries.values()) entry.forgotten.abort();
      await spool.close();
    },
  };

  function startNew(order: QueryOrder, work: Work): Query {
    const { session, requestId, prompt } = order;
    const owned = bySession.get(session.id);
    const earlier = owned?.byRequest.get(requestId);
    if (earlier) {
      if (earlier.fingerprint === fingerprintOf(order)) return earlier;
      throw new SluiceError('duplicate_request', 'the request id was used for another statement', {
        advice: 'give every statement an id of its own',
      });
    }
    if (prompt !== null) options.allowance.checkPrompt(prompt.text);
    if (owned !== undefined && owned.unfinished >= limits.unfinishedPerSession) {
      throw new SluiceError(
        'too_many_statements',
        `the session has ${owned.unfinished} unfinished statements`,
        { advice: 'wait for some of them, or cancel them', retryAfterSeconds: 10 },
      );
    }
    const release = options.allowance.statements.take(session.identity.id);
    return start(options.newId(), order, release, work);
  }

  function start(queryId: string, order: QueryOrder, release: Release, work: Work): Query {
    const owned = bySession.get(order.session.id) ?? { byRequest: new Map<string, Entry>(), unfinished: 0 };
    const entry = createEntry(queryId, order, now());
    entries.set(queryId, entry);
    owned.byRequest.set(entry.requestId, entry);
    owned.unfinished += 1;
    bySession.set(order.session.id, owned);
    keptBytes += Buffer.byteLength(entry.sql);
    void settle(entry, work)
      .catch((error: unknown) => options.onUnexpected(error, queryId)) // a file that cannot be deleted
      .finally(() => {
        owned.unfinished -= 1;
        release();
      });
    return entry;
  }

  /** Whatever happens becomes the entry's status. */
  async function settle(entry: Entry, work: Work): Promise<void> {
    let status: SettledStatus;
    try {
      const outcome = await work(entry);
      status = { phase: 'succeeded', result: await take(entry, outcome) };
    } catch (error) {
      status = { phase: 'failed', error: toSluiceError(error, entry) };
    }
    setDeadline(entry, null);
    entry.endedAt = now();
    if (status.phase === 'succeeded') {
      if (!entries.has(entry.queryId)) {
        // Its session has ended meanwhile.
        entry.forgotten.abort();
        return spool.drop(status.result);
      }
      keptBytes += status.result.takes.memory;
      spoolBytes += status.result.takes.disk;
    }
    changeStatus(entry, status);
    await prune();
  }

  async function take(entry: Entry, outcome: StatementOutcome): Promise<SpooledResult> {
    const owner = {
      queryId: entry.queryId,
      identity: entry.session.identity.id,
      ended: entry.forgotten.signal,
      onBroken: (error: SluiceError) => void endInError(entry, error),
    };
    return await spool.take(outcome, entry.abort.signal, {
      ended: entry.forgotten.signal,
      fetching: (kept) => keptChunks(kept, owner),
    });
  }

  /** A result that had been listed, and of which there will be nothing more. */
  async function endInError(entry: Entry, error: SluiceError): Promise<void> {
    const { status } = entry;
    breakOff(entry, error);
    try {
      await release(status);
    } catch (thrown) {
      // A file that cannot be deleted is of no use to whoever asked for rows.
      options.onUnexpected(thrown, entry.queryId);
    }
  }

  async function runOne(entry: Entry, order: QueryOrder): Promise<StatementOutcome> {
    const { attended: _, ...asked } = order;
    const { session, requestId } = order;
    if (await options.isRecorded(session, requestId)) {
      throw new SluiceError(
        'statement_outcome_unknown',
        'the statement was sent before, and what became of it is no longer known',
        {
          advice: 'look at what it did before you run it again',
        },
      );
    }
    return gate(entry, { ...asked, queryId: entry.queryId });
  }

  async function gate(entry: Entry, request: StatementRequest): Promise<StatementOutcome> {
    const progress = {
      held(approval: Extract<QueryStatus, { phase: 'held' }>['approval']) {
        setDeadline(entry, null);
        changeStatus(entry, { phase: 'held', approval });
      },
      running() {
        // It was held when the relay began to stop, and people agreed at that moment.
        if (closing.signal.aborted) stop(entry, cancelled());
        setDeadline(entry, limits.statementMs);
        changeStatus(entry, { phase: 'running' });
      },
    };
    setDeadline(entry, limits.statementMs);
    return options.run(request, progress, entry.abort.signal);
  }

  async function runSeries(
    series: Entry,
    order: QueryOrder,
    statements: readonly string[],
  ): Promise<StatementOutcome> {
    const { signal } = series.abort;
    for (const [index, sql] of statements.entries()) {
      signal.throwIfAborted();
      const partOrder = { ...order, sql, requestId: `${order.requestId}/${index}`, attended: false };
      const part = startNew(partOrder, (entry) => runOne(entry, partOrder)) as Entry;
      series.parts.push(part);
      const passOn = () => stop(part, signal.reason as SluiceError);
      signal.addEventListener('abort', passOn, { once: true });
      await follow(part, (status) => changeStatus(series, status));
      signal.removeEventListener('abort', passOn);
      if (part.status.phase === 'failed') throw part.status.error;
    }
    return {
      queryId: series.queryId,
      columns: [],
      encoding: 'json',
      chunks: noChunks(),
      statementTypeId: multiStatementTypeId,
      state: order.session.state,
    };
  }

  /** Resolves when it is settled; tells every change before. */
  async function follow(entry: Entry, tell: (status: QueryStatus) => void): Promise<void> {
    let seen = entry.status;
    while (!isSettled(entry.status)) {
      await nextChange(entry);
      if (entry.status !== seen && !isSettled(entry.status)) tell(entry.status);
      seen = entry.status;
    }
  }

  async function untilSettled(entry: Entry, patience: AbortSignal): Promise<void> {
    while (!isSettled(entry.status) && !patience.aborted) await nextChange(entry, patience);
  }

  async function wait(entry: Entry, ms: number, waitOptions: WaitOptions = {}): Promise<QueryStatus> {
    const { until = isSettled, signal } = waitOptions;
    const deadline = AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])]);
    while (!until(entry.status) && !isSettled(entry.status) && !deadline.aborted && !closing.signal.aborted) {
      entry.lastSeenAt = now();
      await nextChange(entry, deadline);
    }
    entry.lastSeenAt = now();
    return entry.status;
  }

  function toSluiceError(error: unknown, entry: Entry): SluiceError {
    if (isSluiceError(error)) return error;
    // What was awaiting may answer an abort in Node's own words.
    if (error instanceof Error && error.name === 'AbortError' && isSluiceError(entry.abort.signal.reason)) {
      return entry.abort.signal.reason;
    }
    options.onUnexpected(error, entry.queryId);
    return new SluiceError('internal', 'the relay failed to process the statement', {
      cause: error,
      advice: `give the query id ${entry.queryId} to the operator`,
    });
  }

  /** Forgets the oldest settled statements until what is kept is within its bounds. */
  async function prune(): Promise<void> {
    const keptSince = now() - limits.keptMs;
    for (const entry of entries.values()) {
      if (entry.endedAt === null) continue;
      const tooMuch =
        entries.size > limits.keptQueries || keptBytes > limits.keptBytes || spoolBytes > limits.spoolBytes;
      if (!tooMuch && entry.endedAt >= keptSince) break;
      await forget(entry);
    }
  }

  async function forget(entry: Entry): Promise<void> {
    if (!entries.delete(entry.queryId)) return;
    const owned = bySession.get(entry.session.id);
    owned?.byRequest.delete(entry.requestId);
    if (owned?.byRequest.size === 0) bySession.delete(entry.session.id);
    keptBytes -= Buffer.byteLength(entry.sql);
    await release(entry.status);
    entry.forgotten.abort();
  }

  /** What is kept of its result. */
  async function release(status: QueryStatus): Promise<void> {
    if (status.phase !== 'succeeded') return;
    keptBytes -= status.result.takes.memory;
    spoolBytes -= status.result.takes.disk;
    await spool.drop(status.result);
  }
}

/** How long the end of a session waits for a statement that does not stop. Milliseconds. */
const stopMs = 1000;
/** How long the end of the relay does: longer than a warehouse has to answer an abort. Milliseconds. */
const closeMs = 7_000;

/** Driver protocol, section 10.3. */
const multiStatementTypeId = 0xa000;

async function* noChunks(): AsyncGenerator<never> {}

function cancelled(): SluiceError {
  return new SluiceError('statement_cancelled', 'the statement was cancelled');
}
