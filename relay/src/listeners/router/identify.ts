import { type ErrorCode, nameOf, type Route, type TokenAuthority } from '@sluice/contract';
import type { FastifyRequest } from 'fastify';
import { isSluiceError, SluiceError } from '../../errors.ts';
import type { Identity } from '../../identity/index.ts';
import type { Guard } from '../authority.ts';
import { isKnown } from '../door/index.ts';

export interface IdentifyParts {
  /** Throws as `identity/` says, and `rate_limited`. */
  readonly authenticate: (token: string) => Promise<Identity>;
  readonly guard: Guard;
  /** Told of every token that is not accepted, for the record. */
  readonly onRefused: (refusal: { code: ErrorCode; what: string; reason: string }) => void;
}

/** Lets only those in who carry a valid bearer token of the kind that the route wants, before a body is even read. */
export async function identify(
  { authenticate, guard, onRefused }: IdentifyParts,
  route: Route & { readonly authority: TokenAuthority },
  request: FastifyRequest,
): Promise<Identity> {
  try {
    const identity = await authenticate(bearerOf(request));
    isKnown(request);
    guard(identity, route.authority);
    return identity;
  } catch (error) {
    // Who sends too much has shown who they are.
    if (isSluiceError(error) && error.code === 'rate_limited') isKnown(request);
    else if (isSluiceError(error)) {
      onRefused({ code: error.code, what: nameOf(route), reason: error.message });
    }
    throw error;
  }
}

function bearerOf({ headers }: FastifyRequest): string {
  const [scheme = '', token = '', ...rest] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer' && token !== '' && rest.length === 0) return token;
  throw new SluiceError('token_invalid', 'no bearer token', { advice: 'send `Authorization: Bearer TOKEN`' });
}
