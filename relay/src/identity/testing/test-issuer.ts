import { generateKeyPair } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { exportJWK, type JWK, SignJWT } from 'jose';

const generateRsaKey = promisify(generateKeyPair);

/** An issuer for tests: a real HTTP server with discovery, keys and a token endpoint, that counts how often keys are asked for. */
export interface TestIssuer {
  readonly url: string;
  /** What it publishes; changed by tests as an issuer rotates. */
  published: JWK[];
  /** Its discovery document's other members, or what replaces them. */
  discovery: Record<string, unknown>;
  /** When set, answers in place of the keys. */
  misbehave: ((response: ServerResponse) => void) | null;
  keyFetches: number;
  /** When set, answers in place of the discovery document. */
  undiscoverable: ((response: ServerResponse) => void) | null;
  discoveryFetches: number;
  /** What its token endpoint was sent, and what answers there. */
  readonly asked: Record<string, string>[];
  answer: (response: ServerResponse) => void;
  close(): void;
}

export async function startTestIssuer(): Promise<TestIssuer> {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      issuer.discoveryFetches += 1;
      if (issuer.undiscoverable !== null) return issuer.undiscoverable(response);
      response.end(
        JSON.stringify({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys`, ...issuer.discovery }),
      );
      return;
    }
    if (request.url === '/token') {
      void answerAt(request, response);
      return;
    }
    issuer.keyFetches += 1;
    if (issuer.misbehave === null) response.end(JSON.stringify({ keys: issuer.published }));
    else issuer.misbehave(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer: TestIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    published: [],
    discovery: {},
    misbehave: null,
    keyFetches: 0,
    undiscoverable: null,
    discoveryFetches: 0,
    asked: [],
    answer: (response) => response.writeHead(500).end(),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  const answerAt = async (request: IncomingMessage, response: ServerResponse) => {
    issuer.asked.push(Object.fromEntries(new URLSearchParams(await text(request))));
    issuer.answer(response);
  };
  return issuer;
}

export type TestKey = Awaited<ReturnType<typeof newKey>>;

/** An RSA key: fit for any of the RSA algorithms. */
export async function newKey(kid: string) {
  const { publicKey, privateKey } = await generateRsaKey('rsa', { modulusLength: 2048 });
  return {
    kid,
    private: privateKey,
    public: { ...(await exportJWK(publicKey)), kid } satisfies JWK,
    pem: publicKey.export({ type: 'spki', format: 'pem' }),
  };
}

/** @param at milliseconds since the epoch */
export function signToken(
  by: TestKey,
  at: number,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  const iat = Math.floor(at / 1000);
  return new SignJWT({ aud: 'sluice', sub: 'u1', iat, exp: iat + 600, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: by.kid, ...header })
    .sign(by.private, { crit: { x: true } });
}
