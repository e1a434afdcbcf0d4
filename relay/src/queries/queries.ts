import { SluiceError, isSluiceError } from '../errors.ts';
import type { Limits, Places, Release } from '../limits/index.ts';
import type { RunStatement, StatementOutcome, StatementRequest } from '../gate.ts';
import { sameAccount } from '../identity/index.ts';
import { runScript, type SendStatement } from '../scripts/index.ts';
import type { Session, SessionId } from '../session/index.ts';
import { type Elsewhere, elsewhere, usedForAnother } from './elsewhere.ts';
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
import type { SeriesPart } from './series.ts';
import type { Spool } from './spool.ts';
import type { StatementOrder } from './statement-order.ts';
import type { Chunk, SpooledResult } from './spooled-result.ts';

/** The statements of all listeners, from their arrival until their results are no longer kept. */
export interface Queries {
  readonly limits: QueryLimits;
  /**
   * Starts a statement, or returns the one that this session already started under the same request id: a repeated
   * request never runs again.
   *
   * @throws SluiceError `duplicate_request` when the request id was used for another statement; `too_many_statements`
   *   when the session, its identity or all identities together have too many unfinished ones; `request_too_large` when
   *   the prompt is too long.
   */
  submit(order: QueryOrder): Query;
  /**
   * Like `submit`, for several statements that run one after the other. The gate decides on each separately; the first
   * failure ends the series.
   */
  submitSeries(order: QueryOrder, statements: readonly SeriesPart[]): Query;
  /**
   * The session's own: what belongs to another is as if it were not there. One that waits for people, and whose relay is
   * gone, goes on here from now on.
   *
   * @throws SluiceError `statement_elsewhere` while another relay has it; else what became of it, as far as the record
   *   says that; `result_unavailable` when there is none.
   */
  find(session: Session, queryId: string): Promise<Query>;
  /** The same for whoever has no session to say, of the sessions that are theirs. */
  findOwn(isOwn: (session: Session) => boolean, queryId: string): Promise<Query>;
  /** A chunk of a result, or null. The session is not checked, so the caller must hold a secret of the result. */
  chunk(queryId: string, index: number): Chunk | null;
  /**
   * Waits at most `ms` milliseconds until the status is settled, or satisfies `until`. During a wait, and for a while
   * after, the client counts as present. `signal` aborts when the caller stops waiting.
   */
  wait(query: Query, ms: number, options?: WaitOptions): Promise<QueryStatus>;
  /** Asks the gate to stop the statement. Its status settles once the gate has. No effect on a settled query. */
  cancel(query: Query): void;
  /** The same for one that another relay may have: that one is told. Nothing to do for one that is nowhere. */
  cancelByRequest(session: Session, requestId: string): Promise<void>;
  /** Of one's own by its id, wherever it is. Returns it when it is here. @throws as `findOwn` does. */
  cancelOwn(owner: Owner, queryId: string): Promise<Query>;
  /** What another relay says of statements that this one may have. */
  obey(order: StatementOrder): void;
  /** Goes on with the statements that wait for people, and whose relay is gone. */
  adoptLeft(which: (queryId: string) => boolean): Promise<void>;
  /** Cancels the session's unfinished statements and drops its results. */
  endSession(id: SessionId): Promise<void>;
  /** Cancels statements whose clients are gone and drops expired results. Called every few seconds. */
  sweep(): Promise<void>;
  /**
   * Ends all waits, stops running statements, waits until their outcomes are on the record, and deletes the results.
   * Held statements are left to the next relay.
   */
  close(): Promise<void>;
}

/** Whose statement it is, and which of their sessions it may be of. */
export interface Owner extends Pick<Extract<StatementOrder, { order: 'stop' }>, 'by' | 'session'> {
  isOwn(session: Session): boolean;
}

export interface WaitOptions {
  readonly until?: (status: QueryStatus) => boolean;
  readonly signal?: AbortSignal;
}

export interface QueriesOptions {
  readonly run: RunStatement;
  readonly spool: Spool;
  /**
   * What is known of statements that are not here. This prevents a repeated request from running again after the relay has
   * restarted or dropped the statement, or at another relay, without relying on clocks.
   */
  readonly elsewhere: Elsewhere;
  /** This relay. */
  readonly relay: string;
  /** The limits for each identity and for all together. */
  readonly allowance: { readonly statements: Places } & Pick<Limits, 'checkPrompt'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  /**
   * Called with errors that are not a `SluiceError`, of which clients only see `internal`, and with results that could
   * not be kept.
   */
  readonly onUnexpected: (error: unknown, queryId: string) => void;
  readonly limits?: Partial<QueryLimits>;
  /** Limits for chunks that are fetched from a warehouse that keeps its results. */
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
  /** In order of arrival. */
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

    async find(session, queryId) {
      const entry = entries.get(queryId);
      if (entry?.session.id === session.id) return entry;
      return adopt(await options.elsewhere.find(session, queryId));
    },

    findOwn,

    async adoptLeft(which) {
      for (const request of await options.elsewhere.takeLeft(which)) adopt(request);
    },

    chunk(queryId, index) {
      const status = entries.get(queryId)?.status;
      return (status?.phase === 'succeeded' ? status.result.chunks[index] : undefined) ?? null;
    },

    wait: (query, ms, waitOptions) => wait(query as Entry, ms, waitOptions),

    cancel: (query) => stop(query as Entry, cancelled()),

    async cancelByRequest(session, requestId) {
      const entry = bySession.get(session.id)?.byRequest.get(requestId);
      if (entry !== undefined) return stop(entry, cancelled());
      const { id, identity } = session;
      await options.elsewhere.stop({ by: identity, session: id, statement: null, requestId });
    },

    async cancelOwn({ by, session, isOwn }, queryId) {
      try {
        const query = await findOwn(isOwn, queryId);
        stop(query as Entry, cancelled());
        return query;
      } catch (error) {
        if (isSluiceError(error) && error.code === 'statement_elsewhere')
          await options.elsewhere.stop({ by, session, statement: queryId, requestId: null });
        throw error;
      }
    },

    obey(order) {
      if (order.order === 'moved') {
        const entry = entries.get(order.statement);
        if (entry !== undefined && order.relay !== options.relay) stop(entry, elsewhere());
        return;
      }
      const { by, session, statement, requestId } = order;
      for (const entry of entries.values()) {
        const isMeant = statement === null ? entry.requestId === requestId : entry.queryId === statement;
        const isTheirs =
          session === null ? entry.session.client.protocol === 'api' : entry.session.id === session;
        if (isMeant && isTheirs && sameAccount(entry.session.identity, by)) stop(entry, cancelled());
      }
    },

    async endSession(id) {
      const owned = [...(bySession.get(id)?.byRequest.values() ?? [])];
      for (const entry of owned) stop(entry, new SluiceError('session_ended', 'the session has ended'));
      // Their outcomes must be on the record before the session's end is.
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
      throw usedForAnother();
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

  /** Resumes a statement that was held when its relay stopped, under its original query id. */
  function adopt(request: StatementRequest): Query {
    const { queryId, session } = request;
    const known = entries.get(queryId);
    if (known !== undefined) return known;
    // It already had a place before the restart, so it gets one even if all are taken.
    const release = options.allowance.statements.keep(session.identity.id);
    // Programs without sessions come back for a handle whenever they like.
    const order = { ...request, attended: session.client.protocol === 'snowflake' };
    return start(queryId, order, release, (entry) => runWhole(entry, { ...request, resumed: true }));
  }

  async function findOwn(isOwn: (session: Session) => boolean, queryId: string): Promise<Query> {
    const entry = entries.get(queryId);
    if (entry !== undefined && isOwn(entry.session)) return entry;
    return adopt(await options.elsewhere.findOwn(isOwn, queryId));
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

  /** Runs the work and stores its outcome, a result or an error, as the entry's status. */
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
    // It is another relay's: whoever asks for it here is told so anew.
    if (status.phase === 'failed' && status.error.code === 'statement_elsewhere') await forget(entry);
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

  /** Ends a listed result whose remaining chunks can no longer be fetched. */
  async function endInError(entry: Entry, error: SluiceError): Promise<void> {
    const { status } = entry;
    breakOff(entry, error);
    try {
      await release(status);
    } catch (thrown) {
      // A failure to delete a file does not concern the client that asked for rows.
      options.onUnexpected(thrown, entry.queryId);
    }
  }

  async function runOne(entry: Entry, order: QueryOrder): Promise<StatementOutcome> {
    const { attended: _, ...asked } = order;
    let { queryId } = entry;
    try {
      const sent = await options.elsewhere.repeated(order);
      if (sent !== null) {
        ({ statement: queryId } = sent);
        throw await adoptInPlaceOf(entry, await sent.take());
      }
    } catch (error) {
      // Nothing of it is this relay's: whoever sends the request again is answered anew.
      await forget(entry);
      // The client is told of the statement that the record has.
      entry.queryId = queryId;
      throw error;
    }
    return runWhole(entry, { ...asked, queryId: entry.queryId });
  }

  /** A block is run when it has passed the gate, and its statements pass it one by one. */
  async function runWhole(entry: Entry, request: StatementRequest): Promise<StatementOutcome> {
    const outcome = await gate(entry, request);
    if (outcome.script !== true || request.describeOnly) return outcome;
    for await (const _ of outcome.chunks);
    let sent = 0;
    const send: SendStatement = (sql, binds, encoding) => {
      sent += 1;
      return gate(entry, {
        session: request.session,
        prompt: request.prompt,
        describeOnly: false,
        sql,
        binds,
        queryId: options.newId(),
        requestId: `${request.requestId}/${sent}`,
        encoding: encoding === 'client' ? (request.encoding ?? 'json') : 'json',
        ...(request.onlyReads === undefined ? {} : { onlyReads: request.onlyReads }),
      });
    };
    return await runScript(request, send, entry.abort.signal);
  }

  /** It is here from now on, under its own id, and found by whoever sends the request again. */
  async function adoptInPlaceOf(entry: Entry, left: StatementRequest): Promise<SluiceError> {
    await forget(entry);
    adopt(left);
    return elsewhere();
  }

  async function gate(entry: Entry, request: StatementRequest): Promise<StatementOutcome> {
    const progress = {
      held(approval: Extract<QueryStatus, { phase: 'held' }>['approval']) {
        setDeadline(entry, null);
        changeStatus(entry, { phase: 'held', approval });
      },
      running() {
        // The statement was held when the relay began to stop, and was approved during the stop.
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
    statements: readonly SeriesPart[],
  ): Promise<StatementOutcome> {
    const { signal } = series.abort;
    for (const [index, { sql, binds }] of statements.entries()) {
      signal.throwIfAborted();
      const partOrder = { ...order, sql, binds, requestId: `${order.requestId}/${index}`, attended: false };
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
      parameters: order.session.parameters,
    };
  }

  /** Resolves when the entry has settled, and calls `tell` with every status before that. */
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
    // What runs as the relay closes is being stopped: its client is told so, and would not find the next relay knowing of it.
    const isLeft = () => closing.signal.aborted && entry.status.phase === 'held';
    while (!until(entry.status) && !isSettled(entry.status) && !deadline.aborted && !isLeft()) {
      entry.lastSeenAt = now();
      await nextChange(entry, deadline);
    }
    entry.lastSeenAt = now();
    return entry.status;
  }

  function toSluiceError(error: unknown, entry: Entry): SluiceError {
    const { reason } = entry.abort.signal as { readonly reason: unknown };
    if (isSluiceError(reason) && reason.code === 'statement_elsewhere') return reason;
    if (isSluiceError(error)) {
      if (error.code === 'result_unavailable') options.onUnexpected(error, entry.queryId);
      return error;
    }
    // An aborted Node API may reject with its own `AbortError`.
    if (error instanceof Error && error.name === 'AbortError' && isSluiceError(entry.abort.signal.reason)) {
      return entry.abort.signal.reason;
    }
    options.onUnexpected(error, entry.queryId);
    return new SluiceError('internal', 'the relay failed to process the statement', {
      cause: error,
      advice: `give the query id ${entry.queryId} to the operator`,
    });
  }

  /** Drops the oldest settled statements until the kept ones are within the limits. */
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
    if (entries.get(entry.queryId) !== entry) return;
    entries.delete(entry.queryId);
    const owned = bySession.get(entry.session.id);
    if (owned?.byRequest.get(entry.requestId) === entry) owned.byRequest.delete(entry.requestId);
    if (owned?.byRequest.size === 0) bySession.delete(entry.session.id);
    keptBytes -= Buffer.byteLength(entry.sql);
    await release(entry.status);
    entry.forgotten.abort();
  }

  /** Drops the result, if there is one. */
  async function release(status: QueryStatus): Promise<void> {
    if (status.phase !== 'succeeded') return;
    keptBytes -= status.result.takes.memory;
    spoolBytes -= status.result.takes.disk;
    await spool.drop(status.result);
  }
}

/** How long the end of a session waits for its statements to stop. Milliseconds. */
const stopMs = 1000;
/** How long closing the relay waits for them: longer than a warehouse may take to answer an abort. Milliseconds. */
const closeMs = 7_000;

/** Driver protocol, section 10.3. */
const multiStatementTypeId = 0xa000;

async function* noChunks(): AsyncGenerator<never> {}

function cancelled(): SluiceError {
  return new SluiceError('statement_cancelled', 'the statement was cancelled');
}
