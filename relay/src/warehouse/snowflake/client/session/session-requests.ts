import { z } from 'zod';
import { type Envelope, parseEnvelope, readAs, readEnvelope } from '../answers/envelope.ts';
import { type SplitAnswer, splitAnswer } from '../answers/split-answer.ts';
import { Exhausted } from '../attempts.ts';
import { unavailable, unreadable } from '../failures/unavailable.ts';
import type { HttpAnswer } from '../http.ts';
import { type Account, COMMON_HEADERS, pathWith } from './account.ts';
import { type SessionTokens, tokenText } from './sign-in.ts';

export interface SessionRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Added to the path, the same in every attempt: it says which request this is. */
  readonly query?: Readonly<Record<string, string | null>>;
  readonly body?: string;
  readonly withinMs: number;
  /** Whether it is sent again when there is no answer; by default it is. */
  readonly isRepeated?: boolean;
  /** What the answer is asked for as; by default `application/snowflake`. */
  readonly accept?: string;
  /** It is about a statement that is under way. */
  readonly isUnderWay?: boolean;
}

export interface SessionAnswer extends Envelope {
  readonly rows: SplitAnswer['rows'];
}

/** The account has ended the session. */
export class Ended extends Error {
  override readonly name = 'Ended';
  /** Whether the request may have taken effect before. */
  readonly mayHaveArrived: boolean;

  constructor(mayHaveArrived: boolean) {
    super('the session has ended');
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** Requests of one session, under its token, which is renewed when the account says that it has expired. */
export interface SessionRequests {
  /**
   * @throws Ended; Exhausted; TransportError where it is not repeated; SluiceError `warehouse_unavailable` for an answer
   * that cannot be read; what `signal` is aborted for.
   */
  ask(request: SessionRequest, signal: AbortSignal): Promise<SessionAnswer>;
  /** What never leaves for anywhere else. */
  secrets(): readonly string[];
  /** Another sign-in, in the place of the one that has ended. */
  replace(tokens: SessionTokens): void;
}

const EXPIRED = '390112';
/** Driver protocol, sections 3.1 and 10.1. */
const GONE: ReadonlySet<string> = new Set([
  '390104',
  '390110',
  '390111',
  '390113',
  '390114',
  '390115',
  '390195',
]);
const MOST_RENEWALS = 3;

const renewedTokens = z.object({ sessionToken: tokenText, masterToken: tokenText.nullish() });

export function createSessionRequests(account: Account, first: SessionTokens): SessionRequests {
  const { http, limits, repeat, url, now, newId } = account;
  let tokens = first;
  let renewing: Promise<void> | null = null;

  const send = async (request: SessionRequest, token: string, signal: AbortSignal) => {
    const { method, path, query, body, withinMs, isRepeated = true, isUnderWay = false } = request;
    const { accept = 'application/snowflake' } = request;
    const startedAt = now();
    const attempt = ({ count, reason }: { count: number; reason: number }) => {
      const again =
        count === 0
          ? {}
          : { clientStartTime: `${startedAt}`, retryCount: `${count}`, retryReason: `${reason}` };
      const address = pathWith(path, { ...query, request_guid: newId(), ...again });
      return http.send(
        {
          method,
          url: url + address,
          headers: {
            ...COMMON_HEADERS,
            accept,
            authorization: `Snowflake Token="${token}"`,
          },
          ...(body === undefined ? {} : { body }),
          withinMs,
          mostBytes: limits.answerBytes,
        },
        signal,
      );
    };
    if (isRepeated) return await repeat(attempt, signal, { isUnderWay });
    return { answer: await attempt({ count: 0, reason: 0 }), mayHaveArrivedBefore: false };
  };

  /** Several requests find out together that the token has expired: one renews it. */
  const renewed = async (stale: SessionTokens) => {
    if (tokens !== stale) return;
    renewing ??= renew(stale).finally(() => {
      renewing = null;
    });
    await renewing;
  };

  const renew = async (stale: SessionTokens) => {
    if (stale.master === null) throw new Ended(false);
    const request = {
      method: 'POST',
      path: '/session/token-request',
      query: { requestId: newId() },
      body: JSON.stringify({ oldSessionToken: stale.session, requestType: 'RENEW' }),
      withinMs: limits.signInMs,
    } as const;
    // For everybody who waits: whoever gives up meanwhile does not end it.
    const { answer } = await send(request, stale.master, new AbortController().signal);
    const { success, code, data } = parseEnvelope(answer.bytes);
    if (!success) {
      // Any other reason may pass, and the session with it.
      if (code === EXPIRED || (code != null && GONE.has(code))) throw new Ended(false);
      throw unavailable('the warehouse does not renew its session', 1);
    }
    const { sessionToken, masterToken } = readAs(renewedTokens, data);
    tokens = { session: sessionToken, master: masterToken ?? stale.master };
  };

  return {
    async ask(request, signal) {
      let mayHaveArrived = false;
      for (let renewals = 0; ; renewals += 1) {
        const used = tokens;
        const { answer, mayHaveArrivedBefore } = await send(request, used.session, signal).catch(
          (error: unknown) => {
            throw error instanceof Exhausted && mayHaveArrived ? new Exhausted(true) : error;
          },
        );
        mayHaveArrived ||= mayHaveArrivedBefore;
        const read = readAnswer(answer);
        if (read.code === EXPIRED && renewals < MOST_RENEWALS) {
          try {
            await renewed(used);
          } catch (error) {
            if (error instanceof Ended) throw new Ended(mayHaveArrived);
            if (error instanceof Exhausted) throw new Exhausted(mayHaveArrived);
            throw error;
          }
          signal.throwIfAborted();
          continue;
        }
        if (!read.success && read.code != null && GONE.has(read.code)) {
          // Sent before another request renewed the token, and read by the account afterwards: what is gone is the old one.
          if (tokens !== used && renewals < MOST_RENEWALS) continue;
          throw new Ended(mayHaveArrived);
        }
        if (answer.status !== 200)
          throw unavailable(`the warehouse answered with HTTP status ${answer.status}`);
        return read;
      }
    },
    secrets: () => [tokens.session, ...(tokens.master === null ? [] : [tokens.master])],
    replace(other) {
      tokens = other;
    },
  };
}

function readAnswer({ status, bytes }: HttpAnswer): SessionAnswer {
  const split = splitAnswer(bytes);
  if (split === null) {
    throw status === 200 ? unreadable() : unavailable(`the warehouse answered with HTTP status ${status}`);
  }
  return { ...readEnvelope(split.head), rows: split.rows };
}
