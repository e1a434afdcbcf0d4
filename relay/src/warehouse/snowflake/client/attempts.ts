import { setTimeout as pause } from 'node:timers/promises';
import type { Breaker } from './breaker.ts';
import { type HttpAnswer, TransportError } from './http.ts';
import type { ClientLimits } from './limits.ts';

/** A request that was repeated until there was no more time for it. */
export class Exhausted extends Error {
  override readonly name = 'Exhausted';
  /** Whether one of the attempts may have arrived. */
  readonly mayHaveArrived: boolean;

  constructor(mayHaveArrived: boolean) {
    super('no answer');
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** Of a repetition, what it is told to the account by (driver protocol, section 1). */
export interface Attempt {
  /** 0 for the first. */
  readonly count: number;
  /** Why the one before failed: an HTTP status, or 0. */
  readonly reason: number;
}

export interface AttemptsOptions {
  readonly breaker: Breaker;
  readonly limits: Pick<ClientLimits, 'retryMs' | 'pauseMs'>;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** Repeats a request that may be repeated while there is no answer to it, or none but that it should be repeated. */
export type Repeat = (
  send: (attempt: Attempt) => Promise<HttpAnswer>,
  signal: AbortSignal,
  options?: RepeatOptions,
) => Promise<Repeated>;

export interface RepeatOptions {
  /** It is about what is under way in the account: while that is left alone, it waits and does not fail at once. */
  readonly isUnderWay?: boolean;
}

export interface Repeated {
  readonly answer: HttpAnswer;
  /** Whether an attempt before the one that was answered may have arrived, too. */
  readonly mayHaveArrivedBefore: boolean;
}

/**
 * Pauses grow, and are drawn, so that many do not come back at once.
 *
 * @throws Exhausted after `retryMs`; what `signal` is aborted for; what `send` throws that is no TransportError;
 * SluiceError `warehouse_unavailable` when the account is left alone and nothing has been sent.
 */
export function createRepeat({ breaker, limits, elapsed, random }: AttemptsOptions): Repeat {
  return async (send, signal, { isUnderWay = false } = {}) => {
    let failedSince: number | null = null;
    let mayHaveArrived = isUnderWay;
    let reason = 0;
    for (let count = 0; ; count += 1) {
      let wait = Math.min(limits.pauseMs.first * 2 ** count, limits.pauseMs.longest);
      wait *= 0.5 + random() / 2;
      try {
        await breaker.enter();
      } catch (refusal) {
        if (!mayHaveArrived) throw refusal;
      }
      if (!breaker.isOpen) {
        try {
          const answer = await send({ count, reason });
          if (answer.status >= 500) breaker.failed();
          else breaker.succeeded();
          if (!isToBeRepeated(answer.status)) return { answer, mayHaveArrivedBefore: mayHaveArrived };
          // Something stood in between, perhaps, when the account had it already.
          mayHaveArrived = true;
          reason = answer.status;
          wait = Math.max(wait, secondsIn(answer.retryAfter) * 1_000);
        } catch (error) {
          if (!(error instanceof TransportError)) throw error;
          breaker.failed();
          mayHaveArrived ||= error.mayHaveArrived;
          reason = 0;
        }
      }
      failedSince ??= elapsed();
      if (elapsed() + wait - failedSince > limits.retryMs) throw new Exhausted(mayHaveArrived);
      await pause(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  };
}

function isToBeRepeated(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function secondsIn(retryAfter: string | undefined): number {
  return retryAfter !== undefined && /^\d{1,4}$/.test(retryAfter) ? Number(retryAfter) : 0;
}
