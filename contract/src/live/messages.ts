import { z } from 'zod';
import { approvalSummary } from '../approval.ts';
import { breakGlassReview } from '../break-glass.ts';
import { recordedEvent } from '../session.ts';
import { liveLooking } from './looking.ts';
import { liveStatement } from './statement.ts';
import { liveTopic } from './topics.ts';

/** Where in a topic: opaque, good at every relay on the same store, for the same account and topic alone. */
const cursor = z.string().max(200);

/** The client's name for a subscription, its own on this connection. */
const subscription = z.string().min(1).max(64);

/**
 * The live channel: a WebSocket at `/api/live`, one JSON text a message (docs/live-channel.md). The first message is
 * the client's `hello`; whatever else a client sends that is not one of these ends the connection.
 */
export const liveClientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    /** The one that the program speaks. */
    version: z.int(),
    /** A bearer token, here since browsers cannot set headers on a WebSocket. */
    token: z.string(),
  }),
  z.strictObject({
    type: z.literal('subscribe'),
    id: subscription,
    topic: liveTopic,
    /** The last cursor that was seen of this topic, or null to begin now. */
    after: cursor.nullable(),
  }),
  z.strictObject({ type: z.literal('unsubscribe'), id: subscription }),
  /**
   * The request that the person has before them now, in the place of the one before; null for none. It holds for
   * `lookSeconds` and has to be said again before. Not answered.
   */
  z.strictObject({ type: z.literal('look'), approval: z.uuid().nullable() }),
  /** In the place of the one before, which may be about to expire: of the same account. */
  z.strictObject({ type: z.literal('token'), token: z.string() }),
  /** For clients that do not see WebSocket pings; answered by `pong`. */
  z.strictObject({ type: z.literal('ping') }),
]);

/** Of a `hello` of any version: what stays as it is in all of them. */
export const liveAnyHello = z.object({ type: z.literal('hello'), version: z.int() });

/** Of every message about a subscription. */
const about = { id: subscription };
const news = { ...about, cursor };

/** `code` as over HTTP (docs/errors.md); `advice` is empty when there is nothing to do. */
const refusal = { code: z.string(), message: z.string(), advice: z.string() };

/** What relays send may grow: programs overlook members, and types of messages, that they do not know. */
export const liveServerMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    version: z.literal(2),
    /** The server pings about this often; silence for twice as long means that it is gone. Seconds. */
    heartbeatSeconds: z.number(),
    /** For so long the token is good: send the next one before. Seconds. */
    tokenSeconds: z.number(),
    /** For so long a `look` holds. Seconds. Without it, the relay takes no `look` and has no topic `looking`. */
    lookSeconds: z.number().optional(),
  }),
  z.object({
    type: z.literal('subscribed'),
    ...news,
    /** News from `cursor` on follow. What was before has to be read over HTTP: `after` was null, or nothing follows from it. */
    resync: z.boolean(),
  }),
  /** A request that the viewer may see was made or changed: the newest state, not a difference. */
  z.object({ type: z.literal('approval'), ...news, approval: approvalSummary }),
  z.object({ type: z.literal('review'), ...news, review: breakGlassReview }),
  z.object({ type: z.literal('statement'), ...news, statement: liveStatement }),
  z.object({ type: z.literal('event'), ...news, event: recordedEvent }),
  /** Who looks at a request has changed. There is no cursor: what was missed is over. */
  z.object({ type: z.literal('looking'), ...about, looking: liveLooking }),
  /** There was nothing for the viewer up to here. */
  z.object({ type: z.literal('reached'), ...news }),
  /** News were left out, since there were too many while the client did not read: read the lists over HTTP. */
  z.object({ type: z.literal('resync'), ...news }),
  /** The subscription is refused, or ends: nothing more comes of it, and its id is free. */
  z.object({ type: z.literal('ended'), ...about, ...refusal }),
  z.object({ type: z.literal('unsubscribed'), ...about }),
  /** The new token counts from here on. */
  z.object({ type: z.literal('renewed'), tokenSeconds: z.number() }),
  z.object({ type: z.literal('pong') }),
  /** The connection ends. The same in every version. */
  z.object({
    type: z.literal('error'),
    ...refusal,
    /** With `client_too_old` and `relay_too_old`: the versions that the relay speaks. */
    served: z.object({ from: z.int(), to: z.int() }).optional(),
    /** After how long it may be worth trying again. Seconds. */
    retryAfterSeconds: z.number().optional(),
  }),
]);

export type LiveClientMessage = z.infer<typeof liveClientMessage>;
export type LiveServerMessage = z.infer<typeof liveServerMessage>;

/** Where a relay closes the connection by itself (RFC 6455, section 7.4.2); an `error` comes before. */
export const LIVE_CLOSE = {
  malformed: 4400,
  unauthenticated: 4401,
  otherVersion: 4426,
  tooMuch: 4429,
  /** RFC 6455: the relay stops, or something went wrong in it. */
  goingAway: 1001,
  relayFailed: 1011,
} as const;
