import { LIVE_TOPICS, type LiveTopic } from '@sluice/contract';
import { SluiceError } from '../../../errors.ts';
import type { Identity } from '../../../identity/index.ts';
import type { Release } from '../../../limits/index.ts';
import type { SessionId } from '../../../session/index.ts';
import type { Guard } from '../../authority.ts';
import type { SessionAccess } from '../session-access.ts';
import { scopeOf } from './cursor.ts';
import { asSluiceError, isTooMuch } from './ending.ts';
import type { LiveClient } from './live-client.ts';
import type { Looked, Looking, LookingParts } from './looking.ts';
import { createLookingSubscription } from './looking-subscription.ts';
import { createSubscription, type Subscription } from './subscription.ts';
import type { LiveStream } from './stream.ts';

/** What one connection has subscribed to. */
export interface Subscriptions {
  has(id: string): boolean;
  add(id: string, topic: LiveTopic, after: string | null): void;
  /** Says `unsubscribed`, also of one that has just ended by itself. */
  remove(id: string): void;
  /** The connection has another token: what its bearer may no longer have ends. */
  recheck(): void;
  beat(): void;
  end(): void;
}

export interface SubscriptionsParts {
  readonly guard: Guard;
  readonly sessionAccess: SessionAccess;
  /** Counts a subscription, until it ends. Throws `too_many_subscriptions`. */
  readonly place: (identity: Identity) => Release;
  /** The store's name, so that no cursor of another one is taken for one of this. */
  readonly log: string;
  readonly streams: {
    readonly approvals: LiveStream;
    readonly statements: LiveStream;
    readonly session: (session: SessionId) => LiveStream;
  };
  readonly looking: Looking;
  readonly maySee: LookingParts['approvals']['maySee'];
  /** Told of each that is refused, for the record. */
  readonly onRefused: (refusal: { code: SluiceError['code']; what: string; reason: string }) => void;
  /** Told of errors that are not the client's. */
  readonly onError: (error: unknown) => void;
}

export function createSubscriptions(client: LiveClient, parts: SubscriptionsParts): Subscriptions {
  const { onRefused, onError } = parts;
  const open = new Map<string, { readonly subscription: Subscription; readonly release: Release }>();
  /** One begins after the other: however many somebody asks for at once, one at a time is read for them. */
  let turn: Promise<void> = Promise.resolve();

  const close = (id: string, subscription: Subscription): boolean => {
    const found = open.get(id);
    if (found?.subscription !== subscription) return false;
    open.delete(id);
    found.release();
    subscription.end();
    return true;
  };
  const refuse = (id: string, topic: LiveTopic, { code, message, advice }: SluiceError) => {
    if (!isTooMuch(code)) onRefused({ code, what: `a subscription to ${topic.name}`, reason: message });
    client.answer({ type: 'ended', id, code, message, advice });
  };
  /** The relay's own failures end the connection: its client comes again, and goes on where it was. */
  const fail = (error: unknown) => {
    onError(error);
    client.end(asSluiceError(error));
  };
  const subscriptionTo = (id: string, topic: LiveTopic): Subscription => {
    if (topic.name === 'looking') {
      const maySee = (viewer: Identity, looked: Looked) => parts.maySee(viewer, looked.approval);
      return createLookingSubscription({ id, looking: parts.looking, maySee, client });
    }
    const scope = scopeOf(parts.log, topic, client.identity());
    return createSubscription({ id, topic, scope, stream: streamOf(parts, topic), client, onFailed: fail });
  };
  const inTurn = (id: string, subscription: Subscription, work: () => Promise<void>) => {
    const before = turn;
    const run = async () => {
      await before;
      if (open.get(id)?.subscription !== subscription || !client.isOpen()) return;
      try {
        await work();
      } catch (thrown) {
        const error = asSluiceError(thrown);
        if (RELAYS_OWN.has(error.code)) fail(thrown);
        else if (close(id, subscription)) refuse(id, subscription.topic, error);
      }
    };
    turn = run();
  };

  return {
    has: (id) => open.has(id),
    add(id, topic, after) {
      let release: Release;
      try {
        release = parts.place(client.identity());
      } catch (error) {
        refuse(id, topic, asSluiceError(error));
        return;
      }
      const subscription = subscriptionTo(id, topic);
      open.set(id, { subscription, release });
      inTurn(id, subscription, async () => {
        await mustHave(parts, client.identity(), topic);
        await subscription.begin(after);
      });
    },
    remove(id) {
      const found = open.get(id);
      if (found !== undefined) close(id, found.subscription);
      client.answer({ type: 'unsubscribed', id });
    },
    recheck() {
      for (const [id, { subscription }] of open) {
        subscription.holdBack();
        inTurn(id, subscription, async () => {
          await mustHave(parts, client.identity(), subscription.topic);
          await subscription.goOn();
        });
      }
    },
    beat() {
      for (const { subscription } of open.values()) subscription.beat();
    },
    end() {
      for (const [id, { subscription }] of open) close(id, subscription);
    },
  };
}

const RELAYS_OWN: ReadonlySet<string> = new Set(['internal', 'record_unavailable']);

function streamOf(
  { streams }: SubscriptionsParts,
  topic: Exclude<LiveTopic, { name: 'looking' }>,
): LiveStream {
  return topic.name === 'session' ? streams.session(topic.session as SessionId) : streams[topic.name];
}

/** Whoever may ask for the route that the topic follows may have it. Throws what they would be answered there. */
async function mustHave(
  { guard, sessionAccess }: Pick<SubscriptionsParts, 'guard' | 'sessionAccess'>,
  who: Identity,
  topic: LiveTopic,
): Promise<void> {
  guard(who, LIVE_TOPICS[topic.name].follows.authority);
  if (topic.name !== 'session') return;
  const { schema, unknown } = LIVE_TOPICS.session.follows.params;
  const named = schema.safeParse({ id: topic.session });
  if (!named.success) throw new SluiceError(unknown, 'there is no such session');
  await sessionAccess.mustRead(who, named.data.id as SessionId);
}
