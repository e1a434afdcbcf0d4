import { z } from 'zod';

const count = z.int().min(1).max(1_000_000_000);
/** Up to what a double counts exactly, with room for adding to it. */
const bytes = z
  .int()
  .min(1)
  .max(2 ** 50);

/** What may be asked of the relay, by one identity and by all of them together. */
const allowance = (defaults: Allowance) =>
  z
    .strictObject({
      requestsPerSecond: count.default(defaults.requestsPerSecond),
      sessions: count.default(defaults.sessions),
      statements: count.default(defaults.statements),
      held: count.default(defaults.held),
      liveChannels: count.default(defaults.liveChannels),
      liveSubscriptions: count.default(defaults.liveSubscriptions),
      recordedBytesPerHour: bytes.default(defaults.recordedBytesPerHour),
    })
    .prefault({});

export interface Allowance {
  /** Sustained; ten seconds' worth may come at once. */
  readonly requestsPerSecond: number;
  /** Open at a time, of drivers and of programs alike. */
  readonly sessions: number;
  /** In flight at a time, held ones too. */
  readonly statements: number;
  /** Waiting for people at a time. */
  readonly held: number;
  /** Connections of the live channel, open at a time. */
  readonly liveChannels: number;
  /** On all of those, at a time. */
  readonly liveSubscriptions: number;
  /** Statements, prompts, binds, what they were understood as, and the rows kept of their results. */
  readonly recordedBytesPerHour: number;
}

/** What may be asked by those who have not said who they are: from one address (of IPv6, one /64), and by all. */
const strangers = (defaults: StrangersAllowance) =>
  z
    .strictObject({
      requestsPerSecond: count.default(defaults.requestsPerSecond),
      requests: count.default(defaults.requests),
      connections: count.default(defaults.connections),
      liveChannels: count.default(defaults.liveChannels),
    })
    .prefault({});

export interface StrangersAllowance {
  /** That turned out not to be of anybody; ten seconds' worth may come at once. */
  readonly requestsPerSecond: number;
  /** Under way at a time, until it is known whose they are. */
  readonly requests: number;
  /** Open at a time, of those who are known too. */
  readonly connections: number;
  /** The same, of the live channel. */
  readonly liveChannels: number;
}

const MIB = 1024 ** 2;

/** The `limits` of the configuration: every number has a default, so that no relay runs without a bound. */
export const limitsConfig = z.strictObject({
  identity: allowance({
    requestsPerSecond: 100,
    sessions: 1_000,
    statements: 256,
    held: 64,
    liveChannels: 50,
    liveSubscriptions: 200,
    recordedBytesPerHour: 512 * MIB,
  }),
  all: allowance({
    requestsPerSecond: 1_000,
    sessions: 10_000,
    statements: 4_000,
    held: 2_000,
    liveChannels: 5_000,
    liveSubscriptions: 20_000,
    recordedBytesPerHour: 4_096 * MIB,
  }),
  strangers: z
    .strictObject({
      address: strangers({ requestsPerSecond: 20, requests: 64, connections: 1_000, liveChannels: 200 }),
      all: strangers({ requestsPerSecond: 500, requests: 1_000, connections: 10_000, liveChannels: 5_000 }),
    })
    .prefault({}),
  /** Of one statement's prompt, as UTF-8. */
  promptBytes: z.int().min(0).max(MIB).default(32_768),
  /** That a statement may run, without the time that people take; at most a week. */
  statementSeconds: z.int().min(1).max(604_800).default(3_600),
});

export type LimitsConfig = z.output<typeof limitsConfig>;
