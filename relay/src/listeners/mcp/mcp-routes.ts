import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import { problemOf, sendProblem } from '../api/errors.ts';
import { identify, identityOf, type IdentifyParts } from '../api/identify.ts';
import type { OwnAddress } from '../door/index.ts';
import { type ToolParts, toolServer } from './tools.ts';

export interface McpParts extends ToolParts, IdentifyParts {
  readonly own: Pick<OwnAddress, 'origin' | 'isOwnOrigin'>;
  /** Issuers whose tokens are taken. */
  readonly issuers: readonly string[];
}

/** Bytes of a request. */
const BODY_LIMIT = 2 * 1024 * 1024;

/**
 * MCP over streamable HTTP at `/mcp`, without sessions: both the revision of 2026-07-28 and clients of 2025.
 * Signing in is OAuth's matter (RFC 9728): a 401 says where the issuers are listed.
 */
export async function registerMcp(app: FastifyInstance, parts: McpParts): Promise<void> {
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const { identity, address } = authInfo!.extra as { identity: Identity; address: string };
      return toolServer(parts, identity, address);
    },
    // Nothing here changes that a client could subscribe to.
    { maxSubscriptions: 1 },
  );
  const { origin, isOwnOrigin } = parts.own;
  const metadata = async () => ({
    resource: `${origin()}/mcp`,
    authorization_servers: parts.issuers,
    bearer_methods_supported: ['header'],
  });
  const open = {
    errorHandler: (error: unknown, _: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, error, parts.onError),
  };
  app.get('/.well-known/oauth-protected-resource', open, metadata);
  app.get('/.well-known/oauth-protected-resource/mcp', open, metadata);
  app.addHook('onClose', async () => await handler.close());

  await app.register(async (mcp) => {
    mcp.removeAllContentTypeParsers();
    mcp.addContentTypeParser(
      'application/json',
      { parseAs: 'string', bodyLimit: BODY_LIMIT },
      mcp.getDefaultJsonParser('error', 'error'),
    );
    mcp.setErrorHandler((error, _request, reply) => {
      if (problemOf(error).status === 401) {
        const where = `${origin()}/.well-known/oauth-protected-resource/mcp`;
        reply.header('www-authenticate', `Bearer error="invalid_token", resource_metadata="${where}"`);
      }
      return sendProblem(reply, error, parts.onError);
    });
    mcp.addHook('onRequest', async ({ headers }) => refuseOtherSites(headers.origin));
    identify(mcp, parts);
    mcp.post('/mcp', async (request, reply) => {
      const authInfo = {
        token: '',
        clientId: '',
        scopes: [],
        extra: { identity: identityOf(request), address: request.ip },
      };
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const asked = asWebRequest(request, origin(), gone.signal);
      return answer(reply, await handler.fetch(asked, { authInfo, parsedBody: request.body }));
    });
  });

  /** Programs send no Origin, and pages of other sites have nothing to do here. */
  function refuseOtherSites(from: string | undefined): void {
    if (from === undefined || isOwnOrigin(from)) return;
    throw new SluiceError('approver_not_allowed', 'requests from pages of other sites are refused');
  }
}

/** Without what the tools have no business with: the token. */
function asWebRequest({ method, headers }: FastifyRequest, origin: string, signal: AbortSignal): Request {
  const kept = Object.entries(headers).filter(
    ([name]) => !['authorization', 'content-length'].includes(name),
  );
  return new Request(`${origin}/mcp`, {
    method,
    headers: kept.map(([name, value]): [string, string] => [name, String(value)]),
    signal,
  });
}

function answer(reply: FastifyReply, response: Response): FastifyReply {
  const type = response.headers.get('content-type');
  if (type !== null) reply.header('content-type', type);
  reply.code(response.status).header('cache-control', 'no-store');
  return response.body === null
    ? reply.send()
    : reply.send(Readable.fromWeb(response.body as ReadableStream<Uint8Array>));
}
