import { createHash, randomBytes } from 'node:crypto';
import { person } from '../../approval/testing.ts';
import { SluiceError } from '../../errors.ts';
import type { Identity } from '../identity.ts';
import type { ClientDocuments } from './client-documents.ts';
import type { IssuerClient } from './issuer-client.ts';
import { createProgramSignIn, type ProgramSignIn } from './program-sign-in.ts';
import type { SealingKeys } from './sealed-by.ts';

export const ISSUER = 'https://login.example';
/** Where the program that signs its person in waits for them. */
export const BACK = 'http://127.0.0.1:49152/back';
/** Another place of its own. */
export const OTHER_BACK = 'http://localhost/other';
/** What their browser was given. */
export const BROWSER = randomBytes(32).toString('base64url');
const VERIFIER = randomBytes(32).toString('base64url');

export type Started = Parameters<IssuerClient['start']>;
type Finished = Parameters<IssuerClient['finish']>;
type Renewed = Parameters<IssuerClient['renew']>;

/** A person, their browser and their issuer, and relays on one store. */
export interface SigningIn {
  time: number;
  origin: string;
  /** Whom the issuer's tokens are of. */
  who: Identity;
  /** Refresh tokens of the issuer's: the first, and the next one. */
  given: string | null;
  next: string | null;
  /** What was issued before is out. */
  revokedBefore: number;
  readonly keys: Map<string, Uint8Array>;
  readonly sealing: SealingKeys;
  /** Null: the relay reads none. */
  documents: ClientDocuments | null;
  readonly signedIn: readonly string[];
  /** What the issuer was sent: with browsers, for what they came back with, and for refresh tokens. */
  readonly started: readonly Started[];
  readonly finished: readonly Finished[];
  readonly renewed: readonly Renewed[];
  relay(onSignedIn?: () => Promise<void>): ProgramSignIn;
  /** A program that has registered, and what it sends its person's browser with. */
  program(one?: ProgramSignIn): Promise<{
    readonly one: ProgramSignIn;
    readonly query: Readonly<Record<string, string>> & { client_id: string };
  }>;
  /** Up to the page on which they agree. */
  asked(one?: ProgramSignIn, change?: Record<string, string>): Promise<Asked>;
  /** Up to where the issuer has sent the browser back. */
  callback(one?: ProgramSignIn, change?: Record<string, string>): Promise<Asked & { readonly came: URL }>;
  /** Up to the code that the program has for a token. */
  grant(
    one?: ProgramSignIn,
    change?: Record<string, string>,
  ): Promise<{ readonly one: ProgramSignIn; readonly grant: Grant }>;
}

export interface Asked {
  readonly one: ProgramSignIn;
  readonly clientId: string;
  readonly page: string;
  /** The request, sealed, as the page has it. */
  readonly request: string;
}

export type Grant = Record<
  'grant_type' | 'code' | 'client_id' | 'redirect_uri' | 'code_verifier' | 'resource',
  string
>;

export function signingIn(): SigningIn {
  const time = 1_800_000_000_000;
  const keys = new Map<string, Uint8Array>([['k1', randomBytes(32)]]);
  const [signedIn, started, finished, renewed]: [string[], Started[], Finished[], Renewed[]] = [
    [],
    [],
    [],
    [],
  ];
  const issuers: IssuerClient = {
    issuers: [ISSUER],
    async start(...sent) {
      started.push(sent);
      const [issuer, { state }] = sent;
      return new URL(`${issuer}/authorize?state=${state}`);
    },
    async finish(...sent) {
      finished.push(sent);
      return { token: 'the issuer’s token', refresh: at.given };
    },
    async renew(...sent) {
      renewed.push(sent);
      return { token: 'the next token', refresh: at.next };
    },
  };
  const at: SigningIn = {
    time,
    origin: 'https://sluice.example',
    who: { ...person('ada', [], { mayDecide: false }), issuer: ISSUER, expiresAt: time + 3_600_000 },
    given: 'refresh-1',
    next: 'refresh-2',
    revokedBefore: 0,
    keys,
    sealing: {
      current() {
        const [id, key] = [...keys].at(-1)!;
        return { id, key };
      },
      find: async (id) => keys.get(id) ?? null,
    },
    documents: null,
    signedIn,
    started,
    finished,
    renewed,
    relay: (onSignedIn) =>
      createProgramSignIn({
        keys: at.sealing,
        redirectUris: ['vscode://sluice.sluice/mcp'],
        documents: at.documents,
        origin: () => at.origin,
        issuers,
        authenticate: async () => at.who,
        confirmIdentity: ({ issuedAt }) => {
          if (issuedAt < at.revokedBefore) throw new SluiceError('identity_revoked', 'out');
        },
        onSignedIn: onSignedIn ?? (async ({ id }, { name }) => void signedIn.push(`${id} ${name}`)),
        now: () => at.time,
        random: randomBytes,
      }),
    async program(one = at.relay()) {
      const { clientId } = await one.register({ redirect_uris: [BACK, OTHER_BACK], client_name: 'Agent' });
      const query = {
        response_type: 'code',
        client_id: clientId,
        redirect_uri: BACK,
        code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
        code_challenge_method: 'S256',
      };
      return { one, query };
    },
    async asked(given, change = {}) {
      const { one, query } = await at.program(given);
      const page = await one.ask({ ...query, ...change }, BROWSER);
      const request = /name="request" value="([^"]*)"/.exec(page)![1]!;
      return { one, clientId: query.client_id, page, request };
    },
    async callback(given, change) {
      const asked = await at.asked(given, change);
      const to = await asked.one.answer({ request: asked.request, issuer: ISSUER }, BROWSER);
      const came = new URL(`${at.origin}/oauth/callback?code=c`);
      came.searchParams.set('state', to.searchParams.get('state')!);
      return { ...asked, came };
    },
    async grant(given, change) {
      const { one, clientId, came } = await at.callback(given, change);
      const grant = {
        grant_type: 'authorization_code',
        code: (await one.callback(came, BROWSER)).searchParams.get('code')!,
        client_id: clientId,
        redirect_uri: BACK,
        code_verifier: VERIFIER,
        resource: `${at.origin}/mcp`,
      };
      return { one, grant };
    },
  };
  return at;
}
