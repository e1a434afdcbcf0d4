import { z } from 'zod';
import { approvalSummary } from './approval.ts';
import { breakGlassReview } from './break-glass.ts';

/**
 * The live channel, version 1: a WebSocket at `/api/live`, one JSON text a message. The first message is
 * the client's `hello`; what a client sends otherwise ends the connection.
 */
export const liveClientMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('hello'),
    /** The one that the program speaks. */
    version: z.int(),
    /** A bearer token, here since browsers cannot set headers on a WebSocket. */
    token: z.string(),
    /** The last cursor that was seen, or null to begin now. */
    after: z.string().nullable(),
  }),
  /** In the place of the one before, which may be about to expire: of the same account, and as good. */
  z.strictObject({ type: z.literal('token'), token: z.string() }),
  /** For clients that do not see WebSocket pings; answered by `pong`. */
  z.strictObject({ type: z.literal('ping') }),
]);

/** Position in the stream of events, opaque. */
const cursor = z.string();

export const liveServerMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('welcome'),
    version: z.literal(1),
    /** Events from here on follow; when `resync`, read the lists over HTTP first. */
    cursor,
    resync: z.boolean(),
    /** The server pings about this often; silence for twice as long means that it is gone. */
    heartbeatSeconds: z.number(),
  }),
  /** A request that the viewer may see was made or changed: the newest state, not a difference. */
  z.strictObject({ type: z.literal('approval'), cursor, approval: approvalSummary }),
  z.strictObject({ type: z.literal('review'), cursor, review: breakGlassReview }),
  /** Events were left out, since the client was too slow: read the lists over HTTP. */
  z.strictObject({ type: z.literal('resync'), cursor }),
  /** The new token counts from here on. */
  z.strictObject({ type: z.literal('renewed') }),
  z.strictObject({ type: z.literal('pong') }),
  /** The connection ends. `code` as over HTTP (docs/errors.md); `advice` is empty when there is nothing to do. */
  z.strictObject({ type: z.literal('error'), code: z.string(), message: z.string(), advice: z.string() }),
]);

export type LiveClientMessage = z.infer<typeof liveClientMessage>;
export type LiveServerMessage = z.infer<typeof liveServerMessage>;
