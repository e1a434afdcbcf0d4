import {
  createAuthenticator,
  createClientDocuments,
  createIssuerClient,
  createProgramSignIn,
  createRelayIssuer,
  createRevocations,
  createSamlSignIn,
  identityId,
  relayKeysFromFile,
  samlPersonNames,
} from '../identity/index.ts';
import { createLimits, documentFetches } from '../limits/index.ts';
import { createGuard } from '../listeners/authority.ts';
import type { RelayContext } from './context.ts';
import type { Storage } from './storage.ts';

export type Identities = Awaited<ReturnType<typeof startIdentity>>;

/** Who asks, what their tokens are for, and how much they may ask for. */
export async function startIdentity(
  context: RelayContext,
  { store, recording, notices, refusals, policy, linkKeys }: Storage,
) {
  const { config, files, logger, now, newId, random, onError } = context;
  const limits = createLimits({ config: config.limits, now, onExceeded: refusals.exceeded });
  const revocations = await createRevocations({
    store,
    relaySession: recording.relaySession,
    notices,
    now,
    onError,
    clockToleranceMs: config.identity.clockTolerance * 1_000,
  });
  const saml = await openSaml();
  const authenticate = createAuthenticator({
    config: config.identity,
    revocations,
    onKnown: revocations.note,
    ...(saml && { relayIssuer: saml.relayIssuer }),
    now,
  });
  for (const { issuer, deciding, claims } of config.identity.issuers) {
    if (claims.kind === 'person' && deciding === null) {
      logger.warn(
        { issuer },
        'nobody of this issuer may decide: its `deciding` does not say which tokens are for that',
      );
    }
  }
  const limited = (check: typeof authenticate) => async (token: string) => {
    const identity = await check(token);
    limits.request(identity.id, 0);
    return identity;
  };
  return {
    authenticate,
    /** Of programs: who sends too much is told so at once, and when to try again. */
    authenticateOrLimit: limited(authenticate),
    limited,
    /** Sign-in of programs that register themselves, for a relay that is reached there; null where it is not configured. */
    programSignIn(origin: () => string) {
      const { programs, issuers } = config.identity;
      if (programs === null) return null;
      const { redirectUris, documents: hosts } = programs;
      return createProgramSignIn({
        keys: linkKeys,
        redirectUris,
        documents:
          hosts === null
            ? null
            : createClientDocuments({ hosts, redirectUris, now, fetches: documentFetches() }),
        origin,
        issuers: createIssuerClient({ issuers }),
        authenticate,
        confirmIdentity: revocations.check,
        async onSignedIn({ id }, { name, document }) {
          const detail = {
            identity: id,
            program: name,
            ...(document === undefined ? {} : { document }),
          };
          await recording.append(recording.relaySession, { type: 'notice', what: 'signed_in', detail });
        },
        now,
        random,
      });
    },
    guard: createGuard({ signIn: () => policy.current().signIn, now }),
    limits,
    revocations,
    saml,
  };

  /** SAML sign-in, and the relay as the issuer of the tokens that it ends in. */
  async function openSaml() {
    const { saml: settings, clockTolerance } = config.identity;
    const { publicUrl } = config.listen;
    if (settings === null || publicUrl === null) return null;
    const relayIssuer = await createRelayIssuer({
      url: publicUrl,
      personNames: samlPersonNames(settings),
      keys: relayKeysFromFile(files.tokenKeys),
      now,
      newId,
    });
    const signIn = await createSamlSignIn({
      config: settings,
      publicUrl,
      clockToleranceMs: clockTolerance * 1_000,
      relayIssuer,
      async onSignedIn(subject) {
        const detail = { identity: identityId(publicUrl, subject) };
        await recording.append(recording.relaySession, { type: 'notice', what: 'signed_in', detail });
      },
      now,
      random,
    });
    return { signIn, relayIssuer };
  }
}
