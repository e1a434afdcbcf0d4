import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ErrorCode, isSluiceError, SluiceError } from '../../errors.ts';
import type { Release, Strangers } from '../../limits/index.ts';
import { clientAddress, type Trusts } from './client-address.ts';
import type { OwnAddress } from './own-address.ts';
import { refuseOdd } from './refuse-odd.ts';
import { isOver, isRefusedAtDoor, isStranger } from './stranger.ts';

export interface DoorParts {
  readonly strangers: Strangers;
  readonly own: OwnAddress;
  readonly trusts: Trusts;
  /** Connections open at a time, of everybody. */
  readonly mostConnections: number;
  /** Told of everything that is refused here, for the record. */
  readonly onRefused: (refusal: { code: ErrorCode; what: string; reason: string }) => void;
}

/** Who may come in over an upgraded connection. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * What stands before every listener, and does as little as it can: it counts those who have not said who they are,
 * and refuses requests that are odd, or meant for somebody else. Answers the same for upgrades, which Fastify does
 * not see. To be opened before any listener is registered.
 */
export function openDoor(app: FastifyInstance, parts: DoorParts): (upgrade: Upgrade) => Upgrade {
  const { strangers, own, trusts, onRefused } = parts;

  app.server.maxConnections = parts.mostConnections;
  app.server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    // All of a proxy's clients come from its address.
    if (trusts(address, 0)) return;
    try {
      socket.once('close', strangers.connection(address));
    } catch (error) {
      if (isSluiceError(error)) onRefused({ code: error.code, what: 'a connection', reason: error.message });
      socket.destroy();
    }
  });

  app.addHook('onRequest', async (request) => {
    const { raw, routeOptions } = request;
    try {
      if (!FILES.has(routeOptions.url ?? ''))
        isStranger(request, strangers.request(clientAddress(raw, trusts), credentialOf(request)));
      refuseOdd(raw);
      if (!PROBES.has(routeOptions.url ?? '')) checkHost(own, raw);
    } catch (error) {
      isRefusedAtDoor(request);
      if (isSluiceError(error)) {
        const what = request.is404 ? 'an unknown path' : `${raw.method} ${routeOptions.url}`;
        onRefused({ code: error.code, what, reason: error.message });
      }
      throw error;
    }
  });
  app.addHook('onResponse', async (request) => isOver(request));
  app.addHook('onRequestAbort', async (request) => isOver(request));
  app.addHook('onTimeout', async (request) => isOver(request));
  app.addHook('onSend', async (_request, reply) => {
    for (const [name, value] of Object.entries(HEADERS))
      if (!reply.hasHeader(name)) reply.header(name, value);
  });

  return (upgrade) => (request, socket, head) => {
    let release: Release | null = null;
    try {
      const address = clientAddress(request, trusts);
      strangers.request(address, null).end();
      refuseOdd(request);
      checkHost(own, request);
      const { origin } = request.headers;
      // Programs send none; pages of other sites have nothing to do here.
      if (origin !== undefined && !own.isOwnOrigin(origin))
        throw new SluiceError('approver_not_allowed', 'connections from pages of other sites are refused');
      release = strangers.liveChannel(address);
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      onRefused({ code: error.code, what: 'an upgrade', reason: error.message });
      refuseUpgrade(socket, error);
      return;
    }
    socket.once('close', release);
    upgrade(request, socket, head);
  };
}

/** On every answer; a listener that says otherwise of one of its own is not overruled. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** An orchestrator calls the relay by whatever address it has, and learns nothing but whether it lives. */
const PROBES: ReadonlySet<string> = new Set(['/livez', '/readyz']);

/**
 * Of the console, from memory, the same for everybody. A page is made of dozens: those of a few people who come from one address at
 * once would use up what strangers may ask, and the pages stay blank.
 */
const FILES: ReadonlySet<string> = new Set(['/console/assets/:name']);

/** What says who sent a request, if anything in its headers does. */
function credentialOf({ headers }: FastifyRequest): string | null {
  const chunk = headers['x-sluice-chunk'];
  return headers.authorization ?? (typeof chunk === 'string' ? chunk : null);
}

function checkHost(own: OwnAddress, { headers }: IncomingMessage): void {
  if (own.isOwnHost(headers.host)) return;
  throw new SluiceError('request_misdirected', 'the relay does not have this name', {
    advice: 'use the address that it is configured with, or have the name added to `listen.hostNames`',
  });
}

function refuseUpgrade(socket: Duplex, { code, retryAfterSeconds }: SluiceError): void {
  const retry = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
  // Node hands an upgraded socket over bare: a reset that nobody hears of would end the process.
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${STATUS[code] ?? '400 Bad Request'}\r\n${retry}Connection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

const STATUS: Partial<Record<ErrorCode, string>> = {
  approver_not_allowed: '403 Forbidden',
  rate_limited: '429 Too Many Requests',
  request_misdirected: '421 Misdirected Request',
};
