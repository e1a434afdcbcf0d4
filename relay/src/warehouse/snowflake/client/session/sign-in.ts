import { platform, release } from 'node:os';
import { z } from 'zod';
import { isSluiceError, SluiceError } from '../../../../errors.ts';
import { quoted } from '../../../../text/index.ts';
import type { SessionParameters, SessionState } from '../../../session-state.ts';
import { type Envelope, parameterList, parseEnvelope, readAs } from '../answers/envelope.ts';
import { Exhausted } from '../attempts.ts';
import { unavailable } from '../failures/unavailable.ts';
import type { UpstreamStart } from '../upstream.ts';
import { type Account, COMMON_HEADERS, pathWith } from './account.ts';

/** What a sign-in gives. The tokens are secret. */
export interface SignedIn {
  readonly tokens: SessionTokens;
  readonly masterValidSeconds: number;
  readonly state: SessionState;
  readonly parameters: SessionParameters;
}

export interface SessionTokens {
  readonly session: string;
  /** Null where there is none: the session is not renewed then. */
  readonly master: string | null;
}

/**
 * The account sends results in the formats that the client it is asked by reads, and knows only its own clients: the relay
 * says that it is the Go driver, as others do that are none of them, and its own name as the application's. Its
 * parameters are `GO_QUERY_RESULT_FORMAT` and so on.
 */
const CLIENT = { CLIENT_APP_ID: 'Go', CLIENT_APP_VERSION: '1.19.1' } as const;

const APPLICATION = 'Sluice';

/** A token as it goes into a header. */
export const tokenText = z.string().regex(/^[\x21\x23-\x7e]{1,16384}$/);
const name = z.string().nullish();

const signedIn = z.object({
  token: tokenText,
  masterToken: tokenText.nullish(),
  masterValidityInSeconds: z.number().positive().nullish(),
  parameters: parameterList,
  sessionInfo: z
    .object({ databaseName: name, schemaName: name, warehouseName: name, roleName: name })
    .nullish(),
});

/** The account does not give the role that was asked for. */
const OF_ROLES: ReadonlySet<string> = new Set(['390186', '390189']);

/** Signs in (driver protocol, section 2). @throws SluiceError as `Upstream.openSession` says. */
export type SignIn = (start: UpstreamStart, signal: AbortSignal) => Promise<SignedIn>;

/** How long a refusal of the credential holds: an account locks a user out who tries again and again. Milliseconds. */
const REFUSED_MS = 15_000;

export function createSignIn(account: Account): SignIn {
  let refused: { readonly error: SluiceError; readonly until: number } | null = null;
  return async (start, signal) => {
    if (refused !== null && account.elapsed() < refused.until) throw refused.error;
    try {
      const signedIn = await signInOnce(account, start, signal);
      refused = null;
      return signedIn;
    } catch (error) {
      if (error instanceof CredentialRefused) {
        refused = { error: error.shown, until: account.elapsed() + REFUSED_MS };
        throw error.shown;
      }
      throw error;
    }
  };
}

/** The account does not take the credential, for whatever is asked for. */
class CredentialRefused extends Error {
  override readonly name = 'CredentialRefused';
  readonly shown: SluiceError;

  constructor(shown: SluiceError) {
    super(shown.code);
    this.shown = shown;
  }
}

async function signInOnce(account: Account, start: UpstreamStart, signal: AbortSignal): Promise<SignedIn> {
  let answer = await ask(account, start, signal);
  // What was remembered of the credential may have been withdrawn since.
  if (!answer.success && account.credential.refused?.() === true) answer = await ask(account, start, signal);
  if (!answer.success) throw refusal(account, start, answer);
  const { token, masterToken, masterValidityInSeconds, parameters, sessionInfo } = readAs(
    signedIn,
    answer.data,
  );
  return {
    tokens: { session: token, master: masterToken ?? null },
    masterValidSeconds: masterValidityInSeconds ?? 4 * 3_600,
    state: {
      database: sessionInfo?.databaseName ?? null,
      schema: sessionInfo?.schemaName ?? null,
      warehouse: sessionInfo?.warehouseName ?? null,
      role: sessionInfo?.roleName ?? null,
    },
    parameters,
  };
}

async function ask(account: Account, start: UpstreamStart, signal: AbortSignal): Promise<Envelope> {
  const requestId = account.newId();
  try {
    const { answer } = await account.repeat(async ({ count }) => {
      const data = {
        ...CLIENT,
        ACCOUNT_NAME: account.name,
        CLIENT_ENVIRONMENT: { APPLICATION, OS: platform(), OS_VERSION: release() },
        SESSION_PARAMETERS: start.parameters,
        ...(await presented(account, signal)),
      };
      const query = {
        requestId,
        request_guid: account.newId(),
        databaseName: start.database,
        schemaName: start.schema,
        warehouse: start.warehouse,
        roleName: start.role,
        retryCount: count === 0 ? null : String(count),
      };
      return await account.http.send(
        {
          method: 'POST',
          url: account.url + pathWith('/session/v1/login-request', query),
          headers: { ...COMMON_HEADERS, accept: 'application/json' },
          body: JSON.stringify({ data }),
          withinMs: account.limits.signInMs,
          mostBytes: account.limits.answerBytes,
        },
        signal,
      );
    }, signal);
    return parseEnvelope(answer.bytes);
  } catch (error) {
    if (error instanceof Exhausted) throw unavailable('the warehouse does not answer');
    throw error;
  }
}

async function presented({ credential, onNotice }: Account, signal: AbortSignal) {
  try {
    return await credential.present(signal);
  } catch (error) {
    // Where the credential is kept is for the people who run the relay, not for its clients.
    if (!isSluiceError(error)) throw error;
    onNotice({ kind: 'sign_in_refused', credential: credential.name, code: error.code });
    throw new SluiceError(
      'warehouse_unavailable',
      'the relay has no credential to sign in to the warehouse with',
      {
        advice: ADVICE,
        cause: error,
      },
    );
  }
}

const ADVICE = 'the people who run the relay look at its credential: `sluice doctor --upstream`';

function refusal({ credential, onNotice }: Account, { role }: UpstreamStart, { code }: Envelope): Error {
  const known = code != null && /^\d{6}$/.test(code) ? code : 'unknown';
  if (OF_ROLES.has(known) && role !== null) {
    return new SluiceError(
      'statement_failed',
      `the account does not give the relay’s user the role ${quoted(role)}`,
      {
        advice: 'the people who run the relay grant it, or map another one',
        warehouse: { code: known, sqlState: '08001' },
      },
    );
  }
  onNotice({ kind: 'sign_in_refused', credential: credential.name, code: known });
  return new CredentialRefused(
    new SluiceError('warehouse_unavailable', `the warehouse does not let the relay sign in (${known})`, {
      advice: ADVICE,
    }),
  );
}
