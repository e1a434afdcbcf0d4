import type { Approvals, Reviews } from '../approval/index.ts';
import type { SessionId } from '../session/index.ts';
import type { Channel } from './channel.ts';
import { approvalMessage, type Message, reviewMessage, withoutSql } from './message.ts';
import type { DeliveryPartStore, OutboxEntry } from './outbox.ts';

/** Tells people and programs elsewhere what waits for them; each message until it is delivered or given up. */
export interface Deliveries {
  /** Delivers what is due. Call it about once a second; answers when the attempts have ended. */
  tick(): Promise<void>;
  /** Queues what was asked but not queued when the relay stopped. */
  resume(): Promise<void>;
  stop(): void;
}

export interface DeliveriesOptions {
  readonly store: DeliveryPartStore;
  readonly channels: readonly Channel[];
  readonly approvals: Pick<Approvals, 'onChange' | 'open'>;
  readonly reviews: Pick<Reviews, 'onChange'>;
  readonly relaySession: SessionId;
  /** Without a slash at the end. */
  readonly consoleUrl: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly onError: (error: unknown) => void;
}

/** Seconds before each further attempt; after the last one it is given up. */
const BACKOFF_SECONDS = [5, 30, 120, 600, 1800] as const;
const LONGEST_WAIT_MS = BACKOFF_SECONDS.at(-1)! * 1_000;
const ATTEMPT_TIMEOUT_MS = 10_000;
const AT_ONCE = 16;

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { store, channels, approvals, reviews, relaySession, consoleUrl, now, newId, onError } = options;
  const stopping = new AbortController();
  let running: Promise<void> | null = null;

  const origin = () => ({ consoleUrl, newId, at: new Date(now()).toISOString() });

  const queue = async (subject: string, message: Message) => {
    for (const { name, wants, includeSql } of channels) {
      if (!wants(message)) continue;
      // A request's later changes are the same message again, but for what has become of it.
      const key = `${name} ${message.type} ${subject}`;
      const entry = { key, channel: name, message: includeSql ? message : withoutSql(message) };
      await store.transaction((tx) => tx.outbox.add(entry, now()));
    }
  };

  const attempt = async ({ key, channel: name, message, attempts }: OutboxEntry) => {
    const channel = channels.find((channel) => channel.name === name);
    const wait = BACKOFF_SECONDS[attempts];
    // Before the attempt: whatever happens in it, the next one is not at once.
    const retryAt = now() + (wait ?? BACKOFF_SECONDS[0]) * 1000;
    if (!(await store.transaction((tx) => tx.outbox.claim({ key, attempts }, retryAt)))) return;
    try {
      if (!channel) throw new Error('the channel is no longer configured');
      await channel.deliver(
        message,
        AbortSignal.any([stopping.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT_MS)]),
      );
    } catch (error) {
      if (stopping.signal.aborted || (channel && wait !== undefined)) return;
      onError(error);
      await settle(key, message, name, 'failed', attempts + 1);
      return;
    }
    await settle(key, message, name, 'delivered', attempts + 1);
  };

  const settle = (key: string, message: Message, channel: string, outcome: string, attempts: number) =>
    store.transaction(async (tx) => {
      await tx.outbox.done(key);
      await tx.record(relaySession, {
        type: 'notice',
        what: 'delivery',
        detail: {
          channel,
          message: message.id,
          type: message.type,
          about: message.type === 'break_glass.used' ? message.review.id : message.approval.id,
          outcome,
          attempts: String(attempts),
        },
      });
    });

  const deliverDue = async () => {
    const entries = await store.outbox.due(now(), now() + LONGEST_WAIT_MS, AT_ONCE);
    const results = await Promise.allSettled(entries.map(attempt));
    for (const result of results) if (result.status === 'rejected') onError(result.reason);
  };

  const stopListening = [
    approvals.onChange((approval) => {
      queue(approval.id, approvalMessage(approval, origin())).catch(onError);
    }),
    reviews.onChange((review) => {
      if (review.closed === null) queue(review.id, reviewMessage(review, origin())).catch(onError);
    }),
  ];

  return {
    tick() {
      running ??= deliverDue().finally(() => {
        running = null;
      });
      return running;
    },
    async resume() {
      for (const approval of await approvals.open()) {
        await queue(approval.id, approvalMessage(approval, origin()));
      }
    },
    stop() {
      for (const stop of stopListening) stop();
      stopping.abort();
    },
  };
}
