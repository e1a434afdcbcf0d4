import type { AttemptReport } from '@sluice/contract';
import { LRUCache } from 'lru-cache';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import { createHourlyBudget, type Limits } from '../../limits/index.ts';
import type { Recorder } from '../../recording/index.ts';
import type { Session } from '../../session/index.ts';
import type { Router } from '../router/index.ts';

export interface AttemptParts {
  /** The session that a caller without one has, by what says that it is their agent. */
  readonly sessionOf: (caller: {
    readonly identity: Identity;
    readonly address: string;
    readonly agent: string;
  }) => Promise<Session>;
  readonly recording: Pick<Recorder, 'append'>;
  readonly limits: Pick<Limits, 'record'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Reports within an hour, of one identity and of all: a hook that is asked over and over says enough with these. */
const MOST = { each: 120, all: 5_000 } as const;
/** Reports that are known again when they are sent twice. */
const MOST_KNOWN = 10_000;

/**
 * What hooks on people's machines stopped: it goes on the record of the person whose agent it was, in the session that the
 * agent's statements would have had. It is the hook's word; what it says of an agent is no evidence that the agent did nothing else.
 */
export async function registerAttempts(router: Router, parts: AttemptParts): Promise<void> {
  const { sessionOf, recording, limits, now } = parts;
  const budget = createHourlyBudget(MOST);
  const known = new LRUCache<string, true>({ max: MOST_KNOWN });
  await router.serve('attempts', {
    async report({ by, body, request }) {
      const key = `${by.id} ${body.attempt}`;
      if (known.has(key)) return { status: 204 };
      const waitMs = budget.waitMs(by.id, now());
      if (waitMs > 0) throw tooMany(waitMs);
      const session = await sessionOf({ identity: by, address: request.ip, agent: body.harness });
      const event = eventOf(body);
      limits.record(by.id, Buffer.byteLength(JSON.stringify(event)));
      budget.use(by.id, 1, now());
      await recording.append(session.id, event);
      known.set(key, true);
      return { status: 204 };
    },
  });
}

function eventOf({ version: _version, ...seen }: AttemptReport) {
  return { type: 'bypass_attempted', ...seen } as const;
}

function tooMany(waitMs: number): SluiceError {
  const seconds = Math.ceil(waitMs / 1_000);
  return new SluiceError('rate_limited', 'too many attempts were reported within an hour', {
    advice: `report the next one in ${seconds} seconds`,
    retryAfterSeconds: seconds,
  });
}
