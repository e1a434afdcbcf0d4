import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { LIVE_CLOSE } from '@sluice/contract';
import { WebSocketServer } from 'ws';
import { SluiceError } from '../../../errors.ts';
import type { Identity } from '../../../identity/index.ts';
import type { EventsReader } from '../../../recording/index.ts';
import { type ApprovalsStreamParts, createApprovalsStream } from './approvals-stream.ts';
import { acceptConnection, type Connected, type ConnectionParts } from './connection.ts';
import { scopeOf, writeCursor } from './cursor.ts';
import { createRecordStreams, type HeldAs } from './record-streams.ts';
import { createLooking, type LookingParts } from './looking.ts';
import type { Settle } from './stream.ts';

/** Tells people of what they may know as it changes; docs/live-channel.md describes it to clients. */
export interface LiveChannel {
  /** Takes an HTTP upgrade of `/api/live`; any other is refused. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Where `approvals` is now, for somebody who reads the lists next. */
  approvalsCursor(viewer: Identity): string;
  /** Ends the connections of people who are out. */
  revoked(isRevoked: (identity: Identity) => boolean): void;
  close(): void;
}

export interface LiveLimits {
  /** Bytes of one message from a client. */
  readonly maxPayload: number;
  /** Bytes that may wait for one client before it is told nothing more until it has read them. */
  readonly maxBuffered: number;
  /** Changes of the store after which `approvals` is not resumed: a client that comes back reads the lists. */
  readonly mostMissedChanges: number;
  /** Events of the log after which `statements` and `session` are not resumed. */
  readonly mostMissedEvents: number;
  readonly maxClients: number;
  /** Within which a client must have said who it is. */
  readonly helloTimeoutMs: number;
  /** Between pings. */
  readonly heartbeatMs: number;
  /** For which a `look` holds: longer than between two heartbeats. */
  readonly lookMs: number;
  /** Within which changes of who looks are told at once. */
  readonly gatherLooksMs: number;
}

export const LIVE_LIMITS: LiveLimits = {
  maxPayload: 32 * 1024,
  maxBuffered: 1024 * 1024,
  mostMissedChanges: 500,
  mostMissedEvents: 5_000,
  maxClients: 5_000,
  helloTimeoutMs: 5_000,
  heartbeatMs: 20_000,
  lookMs: 60_000,
  gatherLooksMs: 500,
};

export interface LiveChannelOptions
  extends
    Omit<ConnectionParts, 'streams' | 'looking' | 'maySee'>,
    Pick<LookingParts, 'broadcast' | 'self'>,
    Pick<ApprovalsStreamParts, 'changes' | 'approvals' | 'reviews'> {
  readonly events: Pick<EventsReader, 'log' | 'hashes' | 'afterPosition' | 'ofSession'>;
  readonly heldAs: HeldAs;
  readonly settle: Settle;
  readonly limits?: Partial<LiveLimits>;
}

export function createLiveChannel(options: LiveChannelOptions): LiveChannel {
  const { authenticate, log } = options;
  const limits = { ...LIVE_LIMITS, ...options.limits };
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxPayload,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const connections = new Set<Connected>();
  const approvals = createApprovalsStream({ ...options, mostMissed: limits.mostMissedChanges });
  const record = createRecordStreams({ ...options, mostMissed: limits.mostMissedEvents });
  const looking = createLooking({ ...options, lookMs: limits.lookMs, gatherMs: limits.gatherLooksMs });
  const parts: ConnectionParts = {
    ...options,
    looking,
    maySee: options.approvals.maySee,
    streams: { approvals, statements: record.statements, session: record.session },
  };

  const heartbeat = setInterval(() => {
    for (const { client, subscriptions } of connections) {
      subscriptions.beat();
      client.beat(authenticate);
    }
    looking.beat();
  }, limits.heartbeatMs);
  heartbeat.unref();

  return {
    upgrade(request, socket, head) {
      const [path] = (request.url ?? '').split('?');
      if (path !== '/api/live' || server.clients.size >= limits.maxClients) {
        const status = path === '/api/live' ? '503 Service Unavailable' : '404 Not Found';
        // Node hands an upgraded socket over bare: a reset that nobody hears of would end the process.
        socket.on('error', () => socket.destroy());
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      server.handleUpgrade(request, socket, head, (accepted) =>
        acceptConnection(accepted, parts, limits, (connected) => {
          connections.add(connected);
          accepted.once('close', () => connections.delete(connected));
        }),
      );
    },
    approvalsCursor: (viewer) =>
      writeCursor(scopeOf(log, { name: 'approvals' }, viewer), approvals.reached()),
    revoked(isRevoked) {
      for (const connected of connections) {
        if (!isRevoked(connected.client.identity())) continue;
        connections.delete(connected);
        connected.subscriptions.end();
        connected.looker.leave();
        connected.client.end(
          new SluiceError('identity_revoked', 'your access has been revoked', {
            advice: 'ask the people who run the relay',
          }),
        );
      }
    },
    close() {
      clearInterval(heartbeat);
      approvals.close();
      looking.close();
      record.close();
      for (const socket of server.clients) socket.close(LIVE_CLOSE.goingAway, 'the relay stops');
      server.close();
    },
  };
}
