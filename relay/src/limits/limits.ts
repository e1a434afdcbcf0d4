import { type ErrorCode, SluiceError } from '../errors.ts';
import type { IdentityId } from '../identity/index.ts';
import { createHourlyBudget } from './hourly-budget.ts';
import type { LimitsConfig } from './limits-config.ts';
import { createPlaces, type Places } from './places.ts';
import { createTokenBuckets } from './token-bucket.ts';

/**
 * How much everybody who has said who they are may ask of the relay. All of it is counted by identity, which a token
 * proves: what a client says of itself, its agent, its name and its address, makes no difference. Before that there
 * are `Strangers`.
 */
export interface Limits {
  /**
   * Counts a request of somebody who has said who they are. Answers the milliseconds, at most `patienceMs`, that
   * it is to be put off. Throws `rate_limited` when that is not enough.
   */
  request(identity: IdentityId, patienceMs: number): number;
  /** Throws `too_many_sessions`. */
  readonly sessions: Places;
  /** Throws `too_many_statements`. */
  readonly statements: Places;
  /** Throws `too_many_held`. */
  readonly held: Places;
  /** Throws `too_many_channels`. */
  readonly liveChannels: Places;
  /** Throws `too_many_subscriptions`. */
  readonly liveSubscriptions: Places;
  /** Throws `record_allowance_used` when the identity, or all together, have used up the hour's. */
  checkRecord(identity: IdentityId): void;
  /** Counts what is about to be recorded, after the same check. @param bytes of it. */
  record(identity: IdentityId, bytes: number): void;
  /** Counts what is recorded whether or not there is anything left. */
  recordAnyway(identity: IdentityId, bytes: number): void;
  /** Throws `request_too_large`. */
  checkPrompt(prompt: string): void;
}

/** Somebody was refused because of a limit. */
export interface Exceeded {
  readonly identity: IdentityId;
  readonly error: SluiceError;
}

export interface LimitsOptions {
  readonly config: LimitsConfig;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of every refusal, for the record. */
  readonly onExceeded: (exceeded: Exceeded) => void;
}

/** So many seconds' worth of requests may come at once. */
const BURST_SECONDS = 10;
/** When to try again where nobody knows when a place will be free. */
const PLACE_RETRY_SECONDS = 10;

export function createLimits({ config, now, onExceeded }: LimitsOptions): Limits {
  const { identity: each, all } = config;
  const own = createTokenBuckets(each.requestsPerSecond, each.requestsPerSecond * BURST_SECONDS);
  const everybodys = createTokenBuckets(all.requestsPerSecond, all.requestsPerSecond * BURST_SECONDS, 1);
  const recorded = createHourlyBudget({ each: each.recordedBytesPerHour, all: all.recordedBytesPerHour });

  const refuse = (key: string, error: SluiceError) => {
    onExceeded({ identity: key as IdentityId, error });
    return error;
  };
  const places = (
    most: { readonly each: number; readonly all: number },
    code: Extract<ErrorCode, `too_many_${string}`>,
    what: string,
    advice: string,
  ) =>
    createPlaces(most, (key, whose, limit) => {
      const message =
        whose === 'own'
          ? `you have ${limit} ${what} already`
          : `there are ${limit} ${what} already, of everybody together`;
      return refuse(key, new SluiceError(code, message, { advice, retryAfterSeconds: PLACE_RETRY_SECONDS }));
    });

  const checkRecord = (identity: IdentityId) => {
    const waitMs = recorded.waitMs(identity, now());
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1_000);
    const message = 'what may be recorded within an hour is used up, and nothing runs unrecorded';
    const advice = `try again in ${seconds} seconds, or ask the operator for a larger limit`;
    throw refuse(
      identity,
      new SluiceError('record_allowance_used', message, { advice, retryAfterSeconds: seconds }),
    );
  };

  return {
    request(identity, patienceMs) {
      const time = now();
      const ownMs = own.take(identity, time, patienceMs);
      const waitMs = ownMs > patienceMs ? ownMs : Math.max(ownMs, everybodys.take('', time, patienceMs));
      if (waitMs <= patienceMs) return waitMs;
      if (ownMs <= patienceMs) own.giveBack(identity);
      const seconds = Math.ceil(waitMs / 1_000);
      throw refuse(
        identity,
        new SluiceError('rate_limited', 'too many requests a second', {
          advice: `try again in ${seconds} seconds, and send fewer at once`,
          retryAfterSeconds: seconds,
        }),
      );
    },
    sessions: places(
      { each: each.sessions, all: all.sessions },
      'too_many_sessions',
      'open sessions',
      'close some, or wait until they expire; a session serves many statements',
    ),
    statements: places(
      { each: each.statements, all: all.statements },
      'too_many_statements',
      'unfinished statements',
      'wait for some of them, or cancel them',
    ),
    held: places(
      { each: each.held, all: all.held },
      'too_many_held',
      'statements that wait for people',
      'wait until some are decided, or cancel them',
    ),
    liveChannels: places(
      { each: each.liveChannels, all: all.liveChannels },
      'too_many_channels',
      'live channels',
      'close some; one is enough for a person',
    ),
    liveSubscriptions: places(
      { each: each.liveSubscriptions, all: all.liveSubscriptions },
      'too_many_subscriptions',
      'subscriptions on live channels',
      'end some; one of a topic is enough for a program',
    ),
    checkRecord,
    record(identity, bytes) {
      checkRecord(identity);
      recorded.use(identity, bytes, now());
    },
    recordAnyway(identity, bytes) {
      recorded.use(identity, bytes, now());
    },
    checkPrompt(prompt) {
      if (Buffer.byteLength(prompt) <= config.promptBytes) return;
      throw new SluiceError('request_too_large', `the prompt is longer than ${config.promptBytes} bytes`, {
        advice: 'send only what the person asked, or ask the operator for a larger limit',
      });
    },
  };
}
