import { z } from 'zod';
import { isVisible } from '../../folded.ts';
import { SluiceError } from '../../errors.ts';
import { isAllowedRedirect } from '../redirect-uri.ts';

/**
 * What a program says of itself when it registers (RFC 7591, section 2). All of it is its own word; what is not known is
 * left alone. Each is a public client that has a code for a token, whatever else it would like to be.
 */
export const programMetadata = z.object({
  redirect_uris: z.array(z.url().max(500)).min(1).max(10),
  client_name: z.string().max(200).optional(),
  token_endpoint_auth_method: z.literal('none').catch('none').default('none'),
  grant_types: z.array(z.string().max(100)).max(20).optional(),
  response_types: z.array(z.string().max(100)).max(20).optional(),
});

/**
 * A program as it has registered, or as its document says. The first is kept by nobody but itself: its client id is what it
 * said, sealed.
 */
export const program = z.object({
  name: z.string(),
  redirectUris: z.array(z.string()),
  /** Or when its document was read. Milliseconds since the epoch. */
  registeredAt: z.number(),
  /** Where its document is, and so its client id; of one that has registered, nothing. */
  document: z.string().optional(),
});

export type Program = z.infer<typeof program>;

/** @throws SluiceError `request_malformed` for an address that people may not be sent to. */
export function readProgram(said: unknown, known: readonly string[], now: number): Program {
  const parsed = programMetadata.safeParse(said);
  if (!parsed.success) {
    throw new SluiceError('request_malformed', 'the registration is not as it should be (RFC 7591)', {
      advice: 'give `redirect_uris`, and a `client_name` of at most 200 characters',
    });
  }
  const { redirect_uris: redirectUris, client_name: name } = parsed.data;
  if (!redirectUris.every((uri) => isAllowedRedirect(uri, known))) {
    throw new SluiceError('request_malformed', 'a redirect URI is not one that the relay sends people to', {
      advice:
        'use the loopback interface, or have the address added to `identity.programs.redirectUris` of the configuration',
    });
  }
  return { name: shownName(name), redirectUris, registeredAt: now };
}

/** What a program is called before people: what nobody would see is no name. */
export function shownName(name = ''): string {
  return isVisible(name) ? name.trim() : 'a program without a name';
}
