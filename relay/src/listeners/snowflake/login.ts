import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isKnown } from '../door/index.ts';
import { readBody } from './body.ts';
import { readCredential } from './credential.ts';
import type { Listening } from './deps.ts';
import { succeed } from './envelope.ts';
import { readSignInParameters } from '../../warehouse/session-parameters.ts';
import { loginParameters } from './parameters.ts';
import { type LoginData, loginData } from './login-data.ts';
import { readQueryTag } from './query-tag.ts';
import { authorizationOf } from './session-auth.ts';
import { storedName } from './stored-name.ts';

/** POST /session/v1/login-request (driver protocol, section 2). */
export function login({ authenticate, admit, sessions, openingState }: Listening) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { data } = readBody(loginBody, request.body);
    const asked = readBody(askedState, request.query);
    const identity = await authenticate(readCredential(data));
    isKnown(request);
    await admit(identity);
    const state = await openingState(identity, {
      database: asked.databaseName,
      schema: asked.schemaName,
      warehouse: asked.warehouse,
      role: asked.roleName,
    });
    const { session, ...grant } = await sessions.open(
      identity,
      clientOf(data, request.ip),
      state,
      readSignInParameters(data.SESSION_PARAMETERS ?? {}),
    );
    isKnown(request, authorizationOf(grant.token));
    return succeed(reply, {
      token: grant.token,
      validityInSeconds: grant.tokenSeconds,
      masterToken: grant.masterToken,
      masterValidityInSeconds: grant.masterSeconds,
      displayUserName: identity.name,
      serverVersion: '9.30.0',
      firstLogin: false,
      remMeToken: null,
      remMeValidityInSeconds: 0,
      healthCheckInterval: 45,
      newClientForUpgrade: null,
      sessionId: session.number,
      parameters: loginParameters(session.parameters),
      sessionInfo: {
        databaseName: session.state.database,
        schemaName: session.state.schema,
        warehouseName: session.state.warehouse,
        roleName: session.state.role,
      },
      idToken: null,
      idTokenValidityInSeconds: 0,
      mfaToken: null,
      mfaTokenValidityInSeconds: 0,
    });
  };
}

const loginBody = z.object({ data: loginData });

/** As Snowflake has it: 255 characters, without quotes. */
const name = z
  .string()
  .max(1_024)
  .optional()
  .transform(storedName)
  .refine(
    (stored) => stored === null || Array.from(stored).length <= 255,
    'a name has at most 255 characters',
  );

const askedState = z.object({ databaseName: name, schemaName: name, warehouse: name, roleName: name });

function clientOf(data: LoginData, address: string) {
  const application = data.CLIENT_APP_ID ?? 'unknown';
  const named = data.CLIENT_ENVIRONMENT?.APPLICATION;
  const agent = readQueryTag(data.SESSION_PARAMETERS?.QUERY_TAG).agent;
  return {
    application,
    version: data.CLIENT_APP_VERSION ?? 'unknown',
    protocol: 'snowflake' as const,
    address,
    // Drivers put their own name where an application has given none.
    agent: agent ?? (named != null && named !== '' && named !== application ? named : null),
  };
}
