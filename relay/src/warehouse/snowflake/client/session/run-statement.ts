import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { isSluiceError, type SluiceError } from '../../../../errors.ts';
import { readAs } from '../answers/envelope.ts';
import {
  isOfStage,
  queryIdText,
  readResultData,
  readSessionData,
  type ResultData,
  type SessionPart,
} from '../answers/result-data.ts';
import { readStageAnswer, type StageAnswer } from '../answers/stage-answer.ts';
import { Exhausted } from '../attempts.ts';
import { statementFailure } from '../failures/statement-failure.ts';
import { UnknownType, unknownType } from '../failures/unsupported.ts';
import { cancelled, outcomeUnknown, sessionEnded, unavailable } from '../failures/unavailable.ts';
import type { SessionState } from '../../../session-state.ts';
import type { UpstreamStatement } from '../upstream.ts';
import type { Account } from './account.ts';
import { Ended, type SessionAnswer, type SessionRequests } from './session-requests.ts';

export interface RunningParts {
  readonly account: Account;
  readonly requests: SessionRequests;
  readonly state: () => SessionState;
  readonly queryContext: () => { readonly entries: readonly object[] };
  /** Signs in again in the place of a session that has ended, if that will do. */
  readonly replaced: () => Promise<boolean>;
}

/** Driver protocol, section 5. */
const IN_PROGRESS: ReadonlySet<string> = new Set(['333333', '333334']);

const inProgress = z.object({ queryId: queryIdText, getResultUrl: z.string().nullish() });

/** What PUT and GET come to. */
export interface StageData extends SessionPart {
  readonly stage: StageAnswer;
}

/** Runs a statement, to its result (driver protocol, sections 4, 5 and 9). @throws SluiceError as `UpstreamSession.query` says. */
export async function runStatement(
  parts: RunningParts,
  statement: UpstreamStatement,
  signal: AbortSignal,
): Promise<ResultData | StageData> {
  if (signal.aborted) throw cancelled();
  const waiting = waitForEnd(parts, statement, signal);
  let isUnderWay = false;
  try {
    const answer = await submitted(parts, statement, waiting.signal);
    isUnderWay = isInProgress(answer);
    const ended = await followed(parts, answer, waiting.signal, statement.onQueryId);
    const named = { sql: statement.sql, state: parts.state() };
    if (statement.transfers === true && ended.success && isOfStage(ended.data))
      return { ...readSessionData(ended.data), stage: readStageAnswer(ended.data) };
    return await resultOf(ended, named, statement.onQueryId);
  } catch (error) {
    throw asSluiceError(error, statement, { isUnderWay, gaveUp: waiting.signal.aborted });
  } finally {
    waiting.stop();
  }
}

/** Asks for a result until it is there: of a statement that was sent before. */
export async function resultById(
  { requests, account }: RunningParts,
  queryId: string,
  signal: AbortSignal,
): Promise<SessionAnswer> {
  return await requests.ask(
    { method: 'GET', path: `/queries/${queryId}/result`, withinMs: account.limits.answerMs },
    signal,
  );
}

export function isInProgress({ success, code }: SessionAnswer): boolean {
  return success && code != null && IN_PROGRESS.has(code);
}

/** @throws SluiceError for what failed, and for what is no result. */
export async function resultOf(
  answer: SessionAnswer,
  named: { readonly sql: string; readonly state: SessionState },
  onQueryId?: (queryId: string) => void,
): Promise<ResultData> {
  const { success, code, message, data, rows } = answer;
  const told = queryIdText.safeParse((data as { queryId?: unknown } | null)?.queryId);
  if (told.success) onQueryId?.(told.data);
  if (!success) throw statementFailure({ code, message, data }, named);
  return await readResultData(data, rows);
}

async function submitted(
  parts: RunningParts,
  { sql, binds, describeOnly, requestId, parameters, transfers = false }: UpstreamStatement,
  signal: AbortSignal,
): Promise<SessionAnswer> {
  const { account, requests, queryContext, replaced } = parts;
  const request = () => ({
    method: 'POST' as const,
    path: '/queries/v1/query-request',
    query: { requestId },
    body: JSON.stringify({
      sqlText: sql,
      asyncExec: false,
      describeOnly,
      isInternal: false,
      querySubmissionTime: account.now(),
      ...(Object.keys(binds).length === 0 ? {} : { bindings: binds }),
      parameters,
      queryContextDTO: queryContext(),
    }),
    withinMs: account.limits.answerMs,
    // As drivers ask: what these are answered with is no result.
    accept: transfers ? 'application/json' : 'application/snowflake',
  });
  try {
    return await requests.ask(request(), signal);
  } catch (error) {
    const hasNotRun = error instanceof Ended && !error.mayHaveArrived;
    if (!hasNotRun || !(await replaced())) throw error;
    return await requests.ask(request(), signal);
  }
}

/** Snowflake holds each of these requests for a while; where something does not, there are pauses. Milliseconds. */
const HELD_MS = 1_000;
const PAUSE_MS = { first: 50, longest: 2_000 };

async function followed(
  { account, requests }: RunningParts,
  first: SessionAnswer,
  signal: AbortSignal,
  onQueryId?: (queryId: string) => void,
): Promise<SessionAnswer> {
  let answer = first;
  let wait = PAUSE_MS.first;
  for (let isFirst = true; isInProgress(answer); isFirst = false) {
    const { queryId, getResultUrl } = readAs(inProgress, answer.data);
    if (isFirst) onQueryId?.(queryId);
    const path = pathOfResult(getResultUrl) ?? `/queries/${queryId}/result`;
    const askedAt = account.elapsed();
    const request = { method: 'GET', path, withinMs: account.limits.answerMs, isUnderWay: true } as const;
    answer = await requests.ask(request, signal);
    if (isInProgress(answer) && account.elapsed() - askedAt < HELD_MS) {
      await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
      wait = Math.min(wait * 2, PAUSE_MS.longest);
    }
  }
  return answer;
}

/** A path at the account, and nothing else. */
function pathOfResult(text: string | null | undefined): string | null {
  return text != null && /^\/queries\/[0-9A-Za-z-]{1,64}\/result$/.test(text) ? text : null;
}

/**
 * When the signal aborts, the account is asked to cancel, and the statement's own answer is still waited for: only that
 * says whether it was. The request to cancel may come before the statement does, so it is repeated.
 */
function waitForEnd(
  { account, requests }: RunningParts,
  { sql, requestId }: UpstreamStatement,
  signal: AbortSignal,
) {
  const givesUp = new AbortController();
  let isAskedTo = false;
  const onAbort = async () => {
    isAskedTo = true;
    const timer = setTimeout(() => givesUp.abort(new NotConfirmed()), account.limits.cancelMs);
    givesUp.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
    while (!givesUp.signal.aborted) {
      const request = {
        method: 'POST',
        path: '/queries/v1/abort-request',
        query: { requestId: account.newId() },
        body: JSON.stringify({ sqlText: sql, requestId }),
        withinMs: 5_000,
        isRepeated: false,
      } as const;
      await requests.ask(request, givesUp.signal).catch(() => {});
      await pause(2_000, undefined, { signal: givesUp.signal }).catch(() => {});
    }
  };
  const listener = () => void onAbort();
  signal.addEventListener('abort', listener, { once: true });
  return {
    signal: givesUp.signal,
    stop() {
      signal.removeEventListener('abort', listener);
      if (isAskedTo) givesUp.abort(new NotConfirmed());
    },
  };
}

/** Cancelling was asked for, and nothing came of it in time. */
class NotConfirmed extends Error {
  override readonly name = 'NotConfirmed';
}

function asSluiceError(
  error: unknown,
  { changes, describeOnly }: UpstreamStatement,
  { isUnderWay, gaveUp }: { readonly isUnderWay: boolean; readonly gaveUp: boolean },
): unknown {
  const mayChange = changes && !describeOnly;
  const unlessChanged = (other: SluiceError, mayHaveRun: boolean) =>
    mayChange && mayHaveRun ? outcomeUnknown() : other;
  if (gaveUp || error instanceof NotConfirmed) return unlessChanged(cancelled(), true);
  if (error instanceof Ended) return unlessChanged(sessionEnded(), isUnderWay || error.mayHaveArrived);
  if (error instanceof Exhausted) {
    return unlessChanged(unavailable('the warehouse does not answer'), isUnderWay || error.mayHaveArrived);
  }
  if (error instanceof UnknownType) return unlessChanged(unknownType(), true);
  if (!isSluiceError(error) || error.code !== 'warehouse_unavailable') return error;
  // An answer that cannot be read, or is none of the account's, says nothing of what was changed.
  return unlessChanged(error, isUnderWay || error.retryAfterSeconds === undefined);
}
