import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { SluiceError } from '../errors.ts';
import { addressKey } from './address-key.ts';
import type { LimitsConfig } from './limits-config.ts';
import { createPlaces, type Release } from './places.ts';
import { createTokenBuckets } from './token-bucket.ts';

/**
 * How much may be asked of the relay by those who have not said who they are, by the address that they come from. A
 * request is a stranger's until its token has been found good; then it counts for nothing here. One whose token was
 * good lately is not held up at all: a flood from an address does not stop those behind it who are signed in.
 */
export interface Strangers {
  /** Counts a request before anything is done about it. Throws `rate_limited`. @param credential as it was sent. */
  request(address: string, credential: string | null): StrangerRequest;
  /** Throws `rate_limited`. */
  connection(address: string): Release;
  /** Throws `rate_limited`. */
  liveChannel(address: string): Release;
}

export interface StrangerRequest {
  /** It is known whose it is. @param given a credential that it is answered with, as it will be sent. */
  known(given?: string): void;
  /** It has been answered. */
  end(): void;
}

export interface StrangersOptions {
  readonly config: LimitsConfig['strangers'];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const BURST_SECONDS = 10;
/** Addresses that are remembered, and credentials. */
const MOST_REMEMBERED = 20_000;
/** How long a credential that was good spares its bearer the limits on strangers. */
const REMEMBERED_MS = 10 * 60_000;

export function createStrangers({ config, now }: StrangersOptions): Strangers {
  const { address: each, all } = config;
  const own = createTokenBuckets(
    each.requestsPerSecond,
    each.requestsPerSecond * BURST_SECONDS,
    MOST_REMEMBERED,
  );
  const everybodys = createTokenBuckets(all.requestsPerSecond, all.requestsPerSecond * BURST_SECONDS, 1);
  const places = (of: 'requests' | 'connections' | 'liveChannels') =>
    createPlaces({ each: each[of], all: all[of] }, () => tooMuch(1_000));
  const [requests, connections, liveChannels] = [
    places('requests'),
    places('connections'),
    places('liveChannels'),
  ];
  /** Hashes of credentials that were good, each with when. */
  const known = new LRUCache<string, number>({ max: MOST_REMEMBERED });

  const remember = (hash: string) => void known.set(hash, now());
  const isKnown = (hash: string) => {
    const since = known.peek(hash);
    return since !== undefined && Math.abs(now() - since) < REMEMBERED_MS;
  };
  const take = (key: string) => {
    const ownMs = own.take(key, now(), 0);
    if (ownMs > 0) throw tooMuch(ownMs);
    const allMs = everybodys.take('', now(), 0);
    if (allMs > 0) {
      own.giveBack(key);
      throw tooMuch(allMs);
    }
  };

  return {
    request(address, credential) {
      const hash = credential === null ? null : hashOf(credential);
      if (hash !== null && isKnown(hash)) {
        let isGood = false;
        // One that is good no longer is a stranger's from its next request on.
        return {
          known(given) {
            isGood = true;
            remember(hash);
            if (given !== undefined) remember(hashOf(given));
          },
          end: () => void (isGood || known.delete(hash)),
        };
      }
      const key = addressKey(address);
      const release = requests.take(key);
      try {
        take(key);
      } catch (error) {
        release();
        throw error;
      }
      let isOver = false;
      return {
        known(given) {
          if (given !== undefined) remember(hashOf(given));
          if (isOver) return;
          isOver = true;
          release();
          own.giveBack(key);
          everybodys.giveBack('');
          if (hash !== null) remember(hash);
        },
        end() {
          isOver = true;
          release();
        },
      };
    },
    connection: (address) => connections.take(addressKey(address)),
    liveChannel: (address) => liveChannels.take(addressKey(address)),
  };
}

function hashOf(credential: string): string {
  return createHash('sha256').update(credential).digest('base64');
}

function tooMuch(waitMs: number): SluiceError {
  const seconds = Math.ceil(waitMs / 1_000);
  return new SluiceError('rate_limited', 'too many requests without a valid sign-in', {
    advice: `try again in ${seconds} seconds`,
    retryAfterSeconds: seconds,
  });
}
