import { z } from 'zod';
import type { Authenticate } from '../authenticator.ts';
import type { Identity } from '../identity.ts';
import { mustRun } from '../token-use.ts';
import type { IssuerClient } from './issuer-client.ts';
import { type Program, program } from './registration.ts';
import type { Sealed } from '../sealed.ts';

/** What a program goes on with when its token is over. */
export const refreshable = z.object({
  /** The issuer's own refresh token. */
  refresh: z.string(),
  issuer: z.string(),
  /** Whose it is: the issuer's next token has to be theirs. */
  identity: z.string(),
  /** When the token that the person signed in for was issued, milliseconds since the epoch: the sign-in is no younger. */
  issuedAt: z.number(),
  /** Digest of the client id. */
  clientId: z.string(),
  program,
  resource: z.string(),
});
export type Refreshable = z.infer<typeof refreshable>;

/** What tells them from tokens: they open nothing but the token endpoint. */
export const REFRESH_PREFIX = 'sluice_refresh_';

/** RFC 6749, section 6. */
export const refreshGrant = z.looseObject({
  grant_type: z.literal('refresh_token'),
  refresh_token: z.string().max(32_768),
  client_id: z.string().max(8_192),
  resource: z.string().max(500).optional(),
});

export interface Refreshed {
  readonly identity: Identity;
  /** As `Refreshable`. */
  readonly issuedAt: number;
  readonly program: Program;
  readonly resource: string;
  readonly token: string;
  /** The issuer's next one, which the one before is no good for any more. */
  readonly refresh: string | null;
}

export interface RefreshParts {
  readonly sealed: Sealed<Refreshable>;
  readonly issuers: Pick<IssuerClient, 'renew'>;
  /** Checks an issuer's token. */
  readonly authenticate: Authenticate;
  /** Throws `identity_revoked` when the person, or what was issued to them by then, is out. */
  readonly confirmIdentity: (identity: Identity) => void;
  /** Whether the program is registered still, or its document is read from there still. */
  readonly goesOn: (clientId: string, program: Program) => Promise<boolean>;
  readonly digest: (text: string) => string;
  readonly resource: () => string;
  readonly invalid: (message: string) => Error;
}

/**
 * Goes on with a sign-in: the issuer is asked for the person's next token, so whoever has lost their place there, or signed out, is
 * asked to sign in again. The issuer's refresh token never leaves the relay but sealed. A program of a person's has no secret, so what
 * was used once must not count twice (OAuth 2.1, section 4.3.1): that is the issuer's to see to, and of one that gives no new
 * refresh token with each, programs get none.
 */
export async function refreshed(
  { sealed, issuers, authenticate, confirmIdentity, goesOn, digest, resource, invalid }: RefreshParts,
  given: z.infer<typeof refreshGrant>,
): Promise<Refreshed> {
  const text = given.refresh_token;
  const opened = text.startsWith(REFRESH_PREFIX)
    ? await sealed.open(text.slice(REFRESH_PREFIX.length))
    : null;
  if (opened === null) throw invalid('the refresh token is unknown, or too old');
  if (digest(given.client_id) !== opened.clientId)
    throw invalid('the refresh token belongs to another program');
  if (!(await goesOn(given.client_id, opened.program)))
    throw invalid('the program is not registered here, or no longer');
  if (opened.resource !== resource()) throw invalid('the refresh token is for another resource');
  if (given.resource !== undefined && given.resource !== opened.resource)
    throw invalid('the refresh token is for another resource');
  const { token, refresh } = await issuers.renew(opened.issuer, opened.refresh);
  const identity = await authenticate(token);
  if (identity.id !== opened.identity) throw invalid('the issuer has given a token of somebody else');
  mustRun(identity);
  const { issuedAt } = opened;
  // Promise 7: who has all that was issued before some moment revoked has this revoked, too.
  confirmIdentity({ ...identity, issuedAt });
  const next = refresh === opened.refresh ? null : refresh;
  return { identity, issuedAt, program: opened.program, resource: opened.resource, token, refresh: next };
}
