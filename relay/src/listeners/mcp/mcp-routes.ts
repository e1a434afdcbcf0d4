import { createMcpHandler } from '@modelcontextprotocol/server';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import type { OwnAddress } from '../door/index.ts';
import { problemOf, type Router, sendProblem } from '../router/index.ts';
import { type ToolParts, toolServer } from './tools.ts';

export interface McpParts extends ToolParts {
  readonly own: Pick<OwnAddress, 'origin' | 'isOwnOrigin'>;
  /** Whose tokens are taken, and where programs register: the servers that clients sign people in at. */
  readonly servers: () => readonly string[];
  /** Takes the tokens of programs that registered, besides everybody's. */
  readonly authenticate: (token: string) => Promise<Identity>;
}

/**
 * MCP over streamable HTTP at `/mcp`, without sessions: both the revision of 2026-07-28 and clients of 2025.
 * Signing in is OAuth's matter (RFC 9728): a 401 says where the issuers are listed.
 */
export async function registerMcp(app: FastifyInstance, router: Router, parts: McpParts): Promise<void> {
  const handler = createMcpHandler(
    ({ authInfo }) => {
      const { identity, address } = authInfo!.extra as { identity: Identity; address: string };
      return toolServer(parts, identity, address);
    },
    // Nothing here changes that a client could subscribe to.
    { maxSubscriptions: 1 },
  );
  const { origin, isOwnOrigin } = parts.own;
  const metadata = async () =>
    ({
      status: 200,
      body: {
        resource: `${origin()}/mcp`,
        authorization_servers: [...parts.servers()],
        bearer_methods_supported: ['header'],
      },
    }) as const;
  app.addHook('onClose', async () => await handler.close());

  await router.serve(
    'mcp',
    {
      async call({ by, body, request, gone }) {
        const extra = { identity: by, address: request.ip };
        const authInfo = { token: '', clientId: '', scopes: [], extra };
        const asked = asWebRequest(request, origin(), gone);
        const response = await handler.fetch(asked, { authInfo, parsedBody: body });
        return { status: response.status as 200, response };
      },
      resource: metadata,
      resourceOfMcp: metadata,
    },
    {
      authenticate: parts.authenticate,
      before: ({ headers }) => refuseOtherSites(headers.origin),
      errors: {
        problem(error, _request, reply) {
          if (problemOf(error).status === 401) {
            const where = `${origin()}/.well-known/oauth-protected-resource/mcp`;
            reply.header('www-authenticate', `Bearer error="invalid_token", resource_metadata="${where}"`);
          }
          return sendProblem(reply, error, parts.onError);
        },
      },
    },
  );

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
