import { z } from 'zod';

/** Where a program finds the issuers whose tokens open the relay (RFC 9728). */
export const protectedResource = z.object({
  resource: z.url(),
  authorization_servers: z.array(z.string()),
  bearer_methods_supported: z.array(z.literal('header')),
});

/** Where people sign in, for programs with a user interface: authorization code with PKCE (RFC 7636), as a public client. */
export const signInPlaces = z.object({
  places: z.array(
    z.object({
      issuer: z.string(),
      /** `relay`: the relay itself, for SAML; it says so at `/.well-known/oauth-authorization-server`. */
      kind: z.enum(['oidc', 'relay']),
      clientId: z.string(),
      /** Separated by spaces. */
      scope: z.string(),
      /** What the authorization request names in `resource` (RFC 8707); null for nothing. */
      resource: z.string().nullable(),
      /** The same for a token to decide with; null where nobody of this issuer may decide. */
      deciding: z.object({ scope: z.string(), resource: z.string().nullable() }).nullable(),
    }),
  ),
});

export type SignInPlaces = z.infer<typeof signInPlaces>;

/** The relay as an OAuth authorization server for SAML sign-in (RFC 8414). */
export const authorizationServer = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  jwks_uri: z.string(),
  response_types_supported: z.array(z.string()),
  grant_types_supported: z.array(z.string()),
  code_challenge_methods_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  scopes_supported: z.array(z.string()),
});

/** The same for programs that register themselves: MCP clients (RFC 8414, 7591, 9207). */
export const programServer = authorizationServer.omit({ jwks_uri: true, scopes_supported: true }).extend({
  registration_endpoint: z.string(),
  authorization_response_iss_parameter_supported: z.literal(true),
  /** Whether a client id may be the address of a document (draft-ietf-oauth-client-id-metadata-document). */
  client_id_metadata_document_supported: z.boolean(),
});

/** A program that has registered (RFC 7591, section 3.2.1). */
export const registeredProgram = z.object({
  client_id: z.string(),
  /** Seconds since the epoch. */
  client_id_issued_at: z.int(),
  client_name: z.string(),
  redirect_uris: z.array(z.string()),
  grant_types: z.array(z.string()),
  response_types: z.array(z.string()),
  token_endpoint_auth_method: z.literal('none'),
});

/** Public keys (RFC 7517). */
export const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

/** RFC 6749, section 5.1. */
export const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  /** Seconds. */
  expires_in: z.int(),
  /** For programs whose person's issuer gives one; good once. */
  refresh_token: z.string().optional(),
});

/** RFC 6749, section 5.2. */
export const oauthError = z.object({ error: z.string(), error_description: z.string() });
