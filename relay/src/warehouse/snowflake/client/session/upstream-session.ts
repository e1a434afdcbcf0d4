import { z } from 'zod';
import { SluiceError } from '../../../../errors.ts';
import { readAs } from '../answers/envelope.ts';
import { queryIdText, type ResultData } from '../answers/result-data.ts';
import { Exhausted } from '../attempts.ts';
import { UnknownType, unknownType } from '../failures/unsupported.ts';
import { cancelled, sessionEnded, unavailable } from '../failures/unavailable.ts';
import { createFetchPart } from '../results/fetch-part.ts';
import { stageTransfer } from '../storage/stage-transfer.ts';
import { keptParts } from '../results/kept-parts.ts';
import type { UpstreamAnswer, UpstreamSession, UpstreamStart } from '../upstream.ts';
import type { Account } from './account.ts';
import { createQueryContext } from './query-context.ts';
import {
  isInProgress,
  resultById,
  resultOf,
  runStatement,
  type RunningParts,
  type StageData,
} from './run-statement.ts';
import { createSessionRequests, Ended } from './session-requests.ts';
import type { SignedIn, SignIn } from './sign-in.ts';

/** A session that has been signed in. */
export interface OpenSession extends UpstreamSession {
  /** It is now whose who asked for it: `mayBeReplaced` is theirs. */
  giveTo(start: UpstreamStart): void;
  /** Keeps it from ending of idleness; whether the account still has it. Does not reject. */
  heartbeat(): Promise<boolean>;
  /** How often that should be asked. Milliseconds. */
  readonly heartbeatMs: number;
}

/** How long closing waits for what is running, and then for the account's answer. Milliseconds. */
const CLOSING_MS = 3_000;

export function openSignedIn(
  { account, signIn }: { readonly account: Account; readonly signIn: SignIn },
  asked: UpstreamStart,
  signedIn: SignedIn,
  onClosed: () => void,
): OpenSession {
  let start = asked;
  /** Whether anything has run in it: otherwise nothing in it can be missed. */
  let isUsed = false;
  const requests = createSessionRequests(account, signedIn.tokens);
  const context = createQueryContext();
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  let { state, parameters } = signedIn;
  let replacing: Promise<boolean> | null = null;

  const take = (result: Pick<ResultData, 'state' | 'parameters' | 'queryContext'>) => {
    state = { ...state, ...result.state };
    parameters = { ...parameters, ...result.parameters };
    limitContext();
    context.take(result.queryContext);
  };
  const limitContext = () => {
    const size = parameters['QUERY_CONTEXT_CACHE_SIZE'];
    if (typeof size === 'number') context.limitTo(size);
  };
  limitContext();

  const replace = async () => {
    const again = await signIn({ ...start, ...state }, closing.signal);
    requests.replace(again.tokens);
    ({ state } = again);
    parameters = { ...parameters, ...again.parameters };
    context.take(null);
    account.onNotice({ kind: 'session_replaced' });
    return true;
  };
  const parts: RunningParts = {
    account,
    requests,
    state: () => state,
    queryContext: context.toSend,
    replaced: async () => {
      if (closing.signal.aborted || (isUsed && start.mayBeReplaced?.() !== true)) return false;
      return await (replacing ??= replace().finally(() => {
        replacing = null;
      }));
    },
  };

  const terms = { account: account.url, hosts: account.resultHosts };
  const fetchPart = createFetchPart({
    http: account.http,
    limits: account.limits,
    terms,
    secrets: requests.secrets,
  });
  const ofStage = ({ queryId, statementTypeId, stage }: StageData): UpstreamAnswer => ({
    queryId,
    statementTypeId,
    columns: [],
    encoding: 'json',
    total: 0,
    state,
    first: null,
    kept: [],
    transfer: stageTransfer(stage, {
      http: account.http,
      limits: account.limits,
      terms,
      now: account.now,
    }),
  });
  const answered = (result: ResultData): UpstreamAnswer => {
    const { queryId, statementTypeId, columns, encoding, total, first, changed } = result;
    return {
      queryId,
      statementTypeId,
      columns,
      encoding,
      total,
      state,
      first: first && { rowCount: first.rowCount, open: async () => first.bytes },
      kept: keptParts(result, {
        fetchPart,
        renew: async (signal) => await refetched(queryId, signal),
        limits: account.limits,
        closed: closing.signal,
        elapsed: account.elapsed,
        random: account.random,
      }),
      ...(changed === null ? {} : { changed }),
    };
  };
  const refetched = async (queryId: string, signal: AbortSignal) => {
    try {
      const answer = await resultById(parts, queryId, signal);
      if (isInProgress(answer)) throw unavailable('the warehouse has no result of the statement yet');
      return await resultOf(answer, { sql: '', state });
    } catch (error) {
      throw asFailure(error);
    }
  };
  const isOpen = () => {
    if (closing.signal.aborted) throw sessionEnded();
  };

  return {
    giveTo(taker) {
      start = taker;
    },
    get state() {
      return state;
    },
    get parameters() {
      return parameters;
    },
    async query(statement, signal) {
      isOpen();
      const run = runStatement(parts, statement, AbortSignal.any([signal, closing.signal]));
      running.add(run);
      try {
        const result = await run;
        isUsed = true;
        take(result);
        return 'stage' in result ? ofStage(result) : answered(result);
      } finally {
        running.delete(run);
      }
    },
    async find(queryId, signal) {
      isOpen();
      if (!queryIdText.safeParse(queryId).success) return 'unknown';
      try {
        const path = `/monitoring/queries/${queryId}`;
        const { success, data } = await requests.ask(
          { method: 'GET', path, withinMs: account.limits.answerMs },
          signal,
        );
        const status = success ? readAs(monitored, data).queries[0]?.status : undefined;
        if (status === undefined) return 'unknown';
        if (!ENDED.has(status)) return 'running';
        const answer = await resultById(parts, queryId, signal);
        if (isInProgress(answer)) return 'running';
        if (!answer.success && RESULT_GONE.has(answer.code ?? '')) return 'unknown';
        return answered(await resultOf(answer, { sql: '', state }));
      } catch (error) {
        if (signal.aborted) throw cancelled();
        throw asFailure(error);
      }
    },
    async close() {
      if (closing.signal.aborted) return;
      // Whatever is opened from now on is told the same.
      closing.abort(new SluiceError('result_unavailable', 'the session of the result has been closed'));
      await settled([...running]);
      const request = {
        method: 'POST',
        path: '/session',
        query: { delete: 'true', requestId: account.newId() },
        withinMs: CLOSING_MS,
        isRepeated: false,
      } as const;
      await requests.ask(request, new AbortController().signal).catch(() => {});
      onClosed();
    },
    async heartbeat() {
      const request = {
        method: 'POST',
        path: '/session/heartbeat',
        query: { requestId: account.newId() },
        withinMs: account.limits.signInMs,
      } as const;
      try {
        await requests.ask(request, closing.signal);
        return true;
      } catch (error) {
        return !(error instanceof Ended);
      }
    },
    heartbeatMs: Math.max(60, Math.min(signedIn.masterValidSeconds / 4, 3_600)) * 1_000,
  };
}

/** Driver protocol, section 5.4. What is not here is taken to be running: it is asked again. */
const ENDED: ReadonlySet<string> = new Set([
  'SUCCESS',
  'FAILED_WITH_ERROR',
  'ABORTED',
  'FAILED_WITH_INCIDENT',
  'DISCONNECTED',
  'RESTARTED',
]);

/** There is no such statement, or its result is kept no longer. */
const RESULT_GONE: ReadonlySet<string> = new Set(['000709', '000605']);

const monitored = z.object({ queries: z.array(z.object({ status: z.string() })) });

function asFailure(error: unknown): unknown {
  if (error instanceof Ended) return sessionEnded();
  if (error instanceof UnknownType) return unknownType();
  if (error instanceof Exhausted) return unavailable('the warehouse does not answer');
  return error;
}

async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  if (work.length === 0) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSING_MS);
  });
  await Promise.race([Promise.allSettled(work), late]);
  clearTimeout(timer);
}
